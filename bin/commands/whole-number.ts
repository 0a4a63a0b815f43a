import { UserError } from './command';

/** A number that the user gave with `name`, or an error that says which are allowed. */
export function wholeNumber(name: string, given: string, least: number, most: number): number {
  const number = Number(given);
  if (/^\d+$/.test(given) && number >= least && number <= most) return number;
  throw new UserError(`${name} ${given}: give a whole number from ${least} to ${most}.`);
}
