import { hashShare } from '../../statistics/hash-share';

/** What stands for a tier on a sheet, so that whoever judges its answer does not know whose it is. */
export function reviewCode(row: string, tier: string): string {
  const digits = Math.floor(hashShare(`whose ${row} ${tier}`) * 2 ** 32).toString(16);
  return `${row}#${digits.padStart(8, '0')}`;
}

/** The row and tier of a code, or undefined where no tier has it. */
export function readReviewCode(
  code: string,
  tiers: readonly string[],
): { readonly row: string; readonly tier: string } | undefined {
  const row = code.slice(0, Math.max(0, code.lastIndexOf('#')));
  const tier = tiers.find((one) => reviewCode(row, one) === code);
  return tier === undefined ? undefined : { row, tier };
}
