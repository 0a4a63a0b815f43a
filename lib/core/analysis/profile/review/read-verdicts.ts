import { type CsvRow, readCsv } from './csv';
import { readReviewCode } from './review-code';

export interface HumanVerdict {
  readonly row: string;
  readonly tier: string;
  readonly pass: boolean;
}

export interface VerdictsRead {
  readonly verdicts: readonly HumanVerdict[];
  /** Rows of the sheet that nobody has judged. */
  readonly open: number;
  /** What is wrong with the sheet, each with its line. */
  readonly faults: readonly { readonly line: number; readonly message: string }[];
}

const WORDS: Readonly<Record<string, boolean>> = {
  pass: true,
  passed: true,
  yes: true,
  ok: true,
  true: true,
  '1': true,
  fail: false,
  failed: false,
  no: false,
  false: false,
  '0': false,
};

/** What people have said on a sheet, in whatever program they filled it in; `tiers` are all that an answer may be from. */
export function readVerdicts(text: string, tiers: readonly string[]): VerdictsRead {
  const [heading, ...rows] = readCsv(text);
  const columns = (heading?.cells ?? []).map((name) => name.trim().toLowerCase());
  const [id, verdict] = [columns.indexOf('id'), columns.indexOf('verdict')];
  if (id < 0 || verdict < 0) {
    const message = 'the first line has to name the columns, id and verdict among them';
    return { verdicts: [], open: 0, faults: [{ line: 1, message }] };
  }
  const found = new Map<string, HumanVerdict>();
  const faults: { line: number; message: string }[] = [];
  let open = 0;
  for (const row of rows) {
    const read = readRow(row, row.cells[id]?.trim() ?? '', row.cells[verdict]?.trim() ?? '', tiers);
    if (read === undefined) open += 1;
    else if ('message' in read) faults.push(read);
    else {
      const key = JSON.stringify([read.row, read.tier]);
      const before = found.get(key);
      if (before !== undefined && before.pass !== read.pass) {
        faults.push({ line: row.line, message: `${row.cells[id]} is judged twice, and not alike` });
      }
      found.set(key, read);
    }
  }
  return { verdicts: [...found.values()], open, faults };
}

function readRow(
  { line }: CsvRow,
  code: string,
  word: string,
  tiers: readonly string[],
): HumanVerdict | { line: number; message: string } | undefined {
  if (word === '') return undefined;
  const pass = Object.hasOwn(WORDS, word.toLowerCase()) ? WORDS[word.toLowerCase()] : undefined;
  if (pass === undefined) return { line, message: `"${word}" is no verdict; write pass or fail` };
  const place = readReviewCode(code, tiers);
  if (place === undefined) return { line, message: `"${code}" names no answer of a tier of the policy` };
  return { ...place, pass };
}
