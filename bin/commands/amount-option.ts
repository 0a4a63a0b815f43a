import { InvalidArgumentError } from 'commander';

/** Parses an option's amount, `of` something: `USD a month`. */
export function amountFromZero(of: string): (given: string) => number {
  return (given) => {
    const amount = amountIn(given);
    if (amount >= 0) return amount;
    throw new InvalidArgumentError(`Give ${of} from 0.`);
  };
}

export function amountAboveZero(of: string): (given: string) => number {
  return (given) => {
    const amount = amountIn(given);
    if (amount > 0) return amount;
    throw new InvalidArgumentError(`Give ${of} above 0.`);
  };
}

/** NaN where it is none. JavaScript takes blanks for 0. */
function amountIn(given: string): number {
  const amount = given.trim() === '' ? Number.NaN : Number(given);
  return Number.isFinite(amount) ? amount : Number.NaN;
}
