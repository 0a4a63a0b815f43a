import type { Locale } from './field-extraction-trades';

const MONTHS: Readonly<Record<Locale, readonly string[]>> = {
  en: [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
  us: [],
  de: [
    'Januar',
    'Februar',
    'März',
    'April',
    'Mai',
    'Juni',
    'Juli',
    'August',
    'September',
    'Oktober',
    'November',
    'Dezember',
  ],
  fr: [
    'janvier',
    'février',
    'mars',
    'avril',
    'mai',
    'juin',
    'juillet',
    'août',
    'septembre',
    'octobre',
    'novembre',
    'décembre',
  ],
  es: [
    'enero',
    'febrero',
    'marzo',
    'abril',
    'mayo',
    'junio',
    'julio',
    'agosto',
    'septiembre',
    'octubre',
    'noviembre',
    'diciembre',
  ],
};

const DAY_MS = 86_400_000;

export function addDays(date: string | Date, days: number): Date {
  return new Date(new Date(date).getTime() + days * DAY_MS);
}

export function isoDate(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** A date as people of the locale write it: 4 March 2026, 03/04/2026, 04.03.2026, 4 mars 2026, 4 de marzo de 2026. */
export function writeDate(date: Date, locale: Locale): string {
  const [year, month, day] = isoDate(date).split('-') as [string, string, string];
  const name = MONTHS[locale][Number(month) - 1] ?? month;
  if (locale === 'us') return `${month}/${day}/${year}`;
  if (locale === 'de') return `${day}.${month}.${year}`;
  if (locale === 'es') return `${Number(day)} de ${name} de ${year}`;
  return `${Number(day)} ${name} ${year}`;
}

/** An amount as people of the locale write it: £1,234.50, 1.234,50 €, 1 234,50 €. */
export function writeMoney(cents: number, locale: Locale, currency: string): string {
  const whole = String(Math.trunc(cents / 100)).replace(
    /\B(?=(\d{3})+$)/g,
    { en: ',', us: ',', de: '.', fr: ' ', es: '.' }[locale],
  );
  const hundredths = String(cents % 100).padStart(2, '0');
  if (locale === 'en' || locale === 'us')
    return `${{ GBP: '£', USD: '$', EUR: '€' }[currency] ?? currency}${whole}.${hundredths}`;
  return `${whole},${hundredths} ${currency === 'EUR' ? '€' : currency}`;
}
