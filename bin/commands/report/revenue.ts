import { readInput, sourceName, type Terminal, UserError } from '../command';
import { readCsv } from './read-csv';

const HEADING = 'customer';

/** What each customer brings in, in USD a month: JSON `{customer: usd}`, or CSV with a customer and an amount in each line. */
export async function readRevenue(file: string, terminal: Terminal): Promise<ReadonlyMap<string, number>> {
  const text = await readInput(file, terminal);
  const rows = text.trimStart().startsWith('{') ? rowsOfJson(text, file) : rowsOfCsv(text, file);
  const revenue = new Map<string, number>();
  for (const { customer, usd, where } of rows) {
    const amount = amountOf(usd);
    if (amount === undefined)
      throw wrong(
        file,
        where,
        `has ${JSON.stringify(usd)}; give USD a month from 0${isCommaed(usd) ? ', with a point and no comma in it' : ''}`,
      );
    if (revenue.has(customer)) throw wrong(file, where, `names ${JSON.stringify(customer)} a second time`);
    revenue.set(customer, amount);
  }
  if (revenue.size === 0)
    throw wrong(file, '', 'names no customer; write lines such as acme,1200, or JSON {"acme": 1200}');
  return revenue;
}

interface Row {
  readonly customer: string;
  readonly usd: unknown;
  readonly where: string;
}

function rowsOfJson(text: string, file: string): Row[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrong(file, '', `is no JSON: ${(error as Error).message}`);
  }
  return Object.entries(value as object).map(([customer, usd]) => ({
    customer,
    usd,
    where: `customer ${JSON.stringify(customer)}`,
  }));
}

/** A first line of headings is passed over. */
function rowsOfCsv(text: string, file: string): Row[] {
  const lines = readCsv(text).filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  const isHeading = lines[0]?.cells[0]?.trim().toLowerCase() === HEADING;
  return lines.slice(isHeading ? 1 : 0).map(({ cells, line }) => {
    const [customer = '', usd = ''] = cells.map((cell) => cell.trim());
    if (cells.length !== 2 || customer === '')
      throw wrong(
        file,
        `line ${line}`,
        'is no customer and amount; write lines such as acme,1200.50: a comma between the two, a point in the number',
      );
    return { customer, usd, where: `line ${line}` };
  });
}

function amountOf(usd: unknown): number | undefined {
  const amount = typeof usd === 'string' && usd !== '' ? Number(usd) : usd;
  return typeof amount === 'number' && Number.isFinite(amount) && amount >= 0 ? amount : undefined;
}

/** As spreadsheets of many countries write decimals, and of others thousands. */
function isCommaed(usd: unknown): boolean {
  return typeof usd === 'string' && /^[\d.]*,[\d.,]*$/.test(usd);
}

function wrong(file: string, where: string, what: string): UserError {
  const place = where === '' ? sourceName(file) : `${sourceName(file)}, ${where},`;
  return new UserError(`--revenue: ${place} ${what}.`, { file });
}
