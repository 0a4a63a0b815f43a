import { type Fleet, house } from './fleet';
import { type Line, ledgerOf, PURPOSES, type Purpose } from './ledger';
import type { Scenario } from './scenario';

/** Sums over lines of the bill. */
export interface Sums {
  /** Requests answered. */
  readonly requests: number;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly usd: number;
}

/** What a month of calls to tiers costs, GPUs and their idle hours included, the router's own parts not. */
export interface Bill {
  readonly lines: readonly Line[];
  readonly fleets: Readonly<Record<string, Fleet>>;
  readonly usd: number;
  /** What caches keep it from being dearer by. */
  readonly cachingUsd: number;
  readonly unserved: number;
}

export function billOf(scenario: Scenario): Bill {
  const { lines, fleets, unserved } = house(scenario, ledgerOf(scenario));
  const usd = sumUsd(lines);
  const cachingUsd = lines.reduce((sum, line) => sum + line.uncachedUsd, 0) - usd;
  return { lines, fleets, usd, cachingUsd, unserved };
}

export function sumsOf(lines: readonly Line[]): Sums {
  const total = { requests: 0, calls: 0, inputTokens: 0, outputTokens: 0, usd: 0 };
  for (const line of lines) {
    total.requests += line.requests;
    total.calls += line.calls;
    total.inputTokens += line.inputTokens;
    total.outputTokens += line.outputTokens;
    total.usd += line.usd;
  }
  return total;
}

export function sumUsd(lines: readonly Line[]): number {
  return lines.reduce((sum, { usd }) => sum + usd, 0);
}

export function byPurpose(lines: readonly Line[]): Record<Purpose, Sums> {
  const sums = PURPOSES.map((purpose) => [purpose, sumsOf(lines.filter((line) => line.purpose === purpose))]);
  return Object.fromEntries(sums) as Record<Purpose, Sums>;
}
