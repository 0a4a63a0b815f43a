import type { Locale } from './field-extraction-trades';

/**
 * How firms write their papers. The slots are filled by `field-extraction.ts`; `{table}` is the list of
 * what was sold. What is asked for: the sender, the paper's own number and date, what it comes to with taxes, and the day
 * by which to pay.
 */
export interface Layout {
  readonly level: 'easy' | 'medium' | 'hard';
  readonly locale: Locale;
  readonly currency: 'EUR' | 'USD' | 'GBP' | 'CHF';
  /** How the paper tells when to pay: by a date, so many days after its own date, or not at all. */
  readonly due: 'date' | 'days' | 'none';
  readonly text: string;
}

export const LAYOUTS: readonly Layout[] = [
  {
    level: 'easy',
    locale: 'en',
    currency: 'GBP',
    due: 'date',
    text: '{vendor}\n{place}\n\nINVOICE {number}\nDate: {date}\nTo: {customer}\n\n{table}\n\nNet {net}\nVAT {rate}% {tax}\nTotal {total}\n\nPayable by {due}. {remark}',
  },
  {
    level: 'easy',
    locale: 'us',
    currency: 'USD',
    due: 'date',
    text: '{vendor}, {place}\nInvoice #: {number}\nInvoice date: {date}\nDue date: {due}\nBill to: {customer}\n\n{table}\n\nSubtotal {net}\nSales tax {tax}\nTOTAL DUE {total}\n\n{remark}',
  },
  {
    level: 'easy',
    locale: 'en',
    currency: 'EUR',
    due: 'none',
    text: '*** {vendor} ***\n{place}\nReceipt {number}\n{date} {time}\n\n{table}\n\nTOTAL {total}\nincl. VAT {rate}% {tax}\nPaid by card ending {other}\n{remark}',
  },
  {
    level: 'easy',
    locale: 'de',
    currency: 'EUR',
    due: 'date',
    text: '{vendor} · {place}\n\nRechnung Nr. {number}\nDatum: {date}\nAn: {customer}\n\n{table}\n\nSumme netto {net}\nMwSt. {rate} % {tax}\nRechnungsbetrag {total}\n\nBitte überweisen Sie bis zum {due}.',
  },
  {
    level: 'medium',
    locale: 'en',
    currency: 'GBP',
    due: 'date',
    text: 'Subject: Your order with us\n\nDear {customer},\n\nthank you for the order you placed on {earlier}. Everything left our house today, {date}. Our invoice has the number {number}; your own order number {other} stands on the parcel.\n\n{table}\n\nWith VAT at {rate}% ({tax}) this makes {total}, which we should like to see by {due}.\n\n{remark}\n\n{vendor}',
  },
  {
    level: 'medium',
    locale: 'de',
    currency: 'CHF',
    due: 'days',
    text: '{vendor}\n{place}\n\nKunde {customer}, Kundennummer {other}\nLieferschein vom {earlier}\nRechnung {number} vom {date}\n\n{table}\n\nZwischensumme {net}\nzuzüglich Steuer {rate} %: {tax}\nzu zahlen {total}\n\nZahlbar innerhalb von {days} Tagen ab Rechnungsdatum ohne Abzug.',
  },
  {
    level: 'medium',
    locale: 'fr',
    currency: 'EUR',
    due: 'date',
    text: '{vendor}\n{place}\n\nFacture n° {number}, établie le {date}\nClient : {customer} (réf. {other})\nCommande du {earlier}\n\n{table}\n\nTotal HT {net}\nTVA {rate} % {tax}\nTotal TTC {total}\n\nÀ régler avant le {due}.',
  },
  {
    level: 'medium',
    locale: 'es',
    currency: 'EUR',
    due: 'date',
    text: '{vendor} ({place})\n\nFACTURA {number}\nFecha de emisión: {date}\nFecha del pedido: {earlier}\nCliente: {customer}, n.º {other}\n\n{table}\n\nBase imponible {net}\nIVA {rate} % {tax}\nTotal factura {total}\n\nVencimiento: {due}',
  },
  {
    level: 'medium',
    locale: 'us',
    currency: 'USD',
    due: 'date',
    text: 'From: billing desk, {vendor}\nTo: {customer}\nSent: {earlier}\n\nHello, a heads-up that your agreement renews. We will draw {total} (tax of {tax} included) from the account on file on {due}. The bill itself is numbered {number} and dated {date}; agreement {other} stays as it is.\n\nWhat is in it:\n{table}\n\n{remark}',
  },
  {
    level: 'medium',
    locale: 'en',
    currency: 'EUR',
    due: 'days',
    text: '{vendor} | {place} | consignment {other}\n\nFreight bill {number}\nLoaded {earlier}, billed {date}\nConsignee {customer}\n\n{table}\n\nNet {net} / VAT {rate}% {tax} / Gross {total}\nTerms: {days} days from date of bill. {remark}',
  },
  {
    level: 'hard',
    locale: 'en',
    currency: 'GBP',
    due: 'date',
    text: '{vendor}, {place}\n\nThis invoice, {number} of {date}, replaces invoice {other} of {earlier}, in which the wrong customer was named. Kindly destroy the latter; its amount of {decoy} was never due.\n\nFor {customer}:\n{table}\n\nVAT at {rate}% on {net} comes to {tax}, and the whole to {total}. The date for payment stays {due}.\n\n{remark}',
  },
  {
    level: 'hard',
    locale: 'us',
    currency: 'USD',
    due: 'days',
    text: '{vendor}\n{place}\n\nStatement for {customer}\nInvoice {number} issued {date}, net {days}\nPrevious invoice {other} ({earlier}) {decoy}, paid, thank you\n\n{table}\n\nTaxable {net}\nTax {tax}\nInvoice total {total}\nLess deposit received {deposit}\nBalance to pay {balance}\n{remark}',
  },
  {
    level: 'hard',
    locale: 'de',
    currency: 'EUR',
    due: 'days',
    text: 'Sehr geehrte Damen und Herren von {customer},\n\nzu unserem Angebot {other} vom {earlier} über {decoy} haben Sie uns am Telefon um eine Änderung gebeten, die wir gern berücksichtigt haben. Wir berechnen Ihnen mit Nummer {number} unter dem heutigen Datum, {date}:\n\n{table}\n\nAuf den Nettobetrag von {net} entfallen {tax} Umsatzsteuer ({rate} %), zusammen also {total}. Ihre Anzahlung von {deposit} ist eingegangen, es bleiben {balance}. Wir bitten um Zahlung binnen {days} Tagen.\n\n{vendor}, {place}',
  },
  {
    level: 'hard',
    locale: 'fr',
    currency: 'EUR',
    due: 'days',
    text: 'Madame, Monsieur,\n\nsuite à notre devis {other} du {earlier} ({decoy}), accepté avec une modification, voici ce que vous nous devez pour {customer}. La pièce porte le numéro {number} et la date du {date}.\n\n{table}\n\nSoit {net} hors taxes, {tax} de TVA à {rate} %, {total} en tout, dont {deposit} déjà versés ; reste {balance}. Paiement à {days} jours à compter de la date de la pièce.\n\n{vendor}, {place}',
  },
  {
    level: 'hard',
    locale: 'en',
    currency: 'EUR',
    due: 'none',
    text: "> On {earlier} {customer} wrote:\n> Could you resend the receipt? The one with {other} at the top is somebody else's, and {decoy} is not what we spent.\n\nOf course, and sorry. Here is yours, from {date}, it has been settled in cash so nothing is open:\n\n{vendor}, {place}, no. {number}\n{table}\n{total} with {rate}% VAT in it ({tax}), given {tendered}, change {change}\n\n{remark}",
  },
];
