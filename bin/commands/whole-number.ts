import { InvalidArgumentError } from 'commander';
import { UserError } from './command';

/** A number that the user gave with `name`, or an error that says which are allowed. */
export function wholeNumber(name: string, given: string, least: number, most: number): number {
  const number = wholeWithin(given, least, most);
  if (number === undefined) throw new UserError(`${name} ${given}: give a whole number from ${least} to ${most}.`);
  return number;
}

/** Parses an option's number. */
export function wholeOption(least: number, most: number): (given: string) => number {
  return (given) => {
    const number = wholeWithin(given, least, most);
    if (number === undefined) throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
    return number;
  };
}

function wholeWithin(given: string, least: number, most: number): number | undefined {
  const number = Number(given);
  return /^\d+$/.test(given) && number >= least && number <= most ? number : undefined;
}
