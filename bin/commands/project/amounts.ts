import { ASSUMPTION_NAMES, type Assumptions, assumptionFault } from '../../../lib/core/analysis/project/assumptions';
import { RATE_NAMES, type Rates } from '../../../lib/core/analysis/project/rates';
import { readInput, sourceName, type Terminal, UserError } from '../command';

const HOURS_A_DAY = 24;

/** `--hidden name=usd`: any name, an amount that is no credit. */
export function hiddenCostsOf(given: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    given.map((text) => {
      const [name, usd] = pairOf('--hidden', text);
      if (usd < 0) throw new UserError(`--hidden ${text}: give USD a month from 0.`);
      return [name, usd];
    }),
  );
}

export function assumptionsOf(given: readonly string[]): Partial<Assumptions> {
  return Object.fromEntries(
    given.map((text) => {
      const [name, value] = pairOf('--assume', text);
      const known = ASSUMPTION_NAMES.find((each) => each === name);
      if (known === undefined) throw unknown('--assume', text, ASSUMPTION_NAMES);
      const fault = assumptionFault(known, value);
      if (fault !== undefined) throw new UserError(`--assume ${text}: ${fault}.`);
      return [known, value];
    }),
  );
}

export function ratesOf(given: readonly string[]): Partial<Rates> {
  return Object.fromEntries(
    given.map((text) => {
      const [name, usd] = pairOf('--rate', text);
      const known = RATE_NAMES.find((each) => each === name);
      if (known === undefined) throw unknown('--rate', text, RATE_NAMES);
      if (usd < 0) throw new UserError(`--rate ${text}: give USD from 0.`);
      return [known, usd];
    }),
  );
}

/** 24 numbers, as a JSON list or with commas, spaces or lines between them. */
export async function readHourly(file: string, terminal: Terminal): Promise<readonly number[]> {
  const text = await readInput(file, terminal);
  const words = text.split(/[\s,[\]]+/).filter((word) => word !== '');
  const hourly = words.map(Number);
  const wrong = hourly.findIndex((number) => !Number.isFinite(number) || number < 0);
  if (wrong >= 0)
    throw new UserError(`${sourceName(file)}: number ${wrong + 1} is "${words[wrong]}"; give requests from 0.`, {
      file,
    });
  if (hourly.length !== HOURS_A_DAY)
    throw new UserError(`${sourceName(file)}: holds ${hourly.length} numbers; give 24, one for each hour of the day.`, {
      file,
    });
  if (hourly.every((number) => number === 0))
    throw new UserError(`${sourceName(file)}: every hour is 0; give requests by hour.`, { file });
  return hourly;
}

function pairOf(option: string, text: string): readonly [string, number] {
  const at = text.lastIndexOf('=');
  const name = text.slice(0, Math.max(0, at)).trim();
  const value = text.slice(at + 1).trim();
  const number = Number(value);
  if (at < 1 || name === '' || value === '' || !Number.isFinite(number))
    throw new UserError(`${option} ${text}: write it as name=number.`);
  return [name, number];
}

function unknown(option: string, text: string, allowed: readonly string[]): UserError {
  return new UserError(`${option} ${text}: there is no such name; allowed: ${allowed.join(', ')}.`);
}
