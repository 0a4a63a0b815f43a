/**
 * What `dispatch` is worth under load: a bursty hour before a GPU of one's own, with a cloud to spill to, in virtual time.
 * The hosts are fakes with figures of a small vLLM; the decision, the polling and the estimates are the router's own.
 */

import type { Bench, BenchOptions, BenchReport } from './bench';
import { type Chooser, type Outcome, simulate, type World } from './dispatch/simulate';
import { burstyTrace } from './dispatch/trace';

const SEED = 5;

/** A small GPU that two requests a second leave half idle and bursts of twelve a second swamp. */
export function burstyWorld(minutes: number, seed = SEED): World {
  return {
    arrivals: burstyTrace({ seed, minutes, calm: 2, burst: 12, everySeconds: 120, burstSeconds: 20 }),
    budgetMs: 1000,
    vllm: { places: 24, prefillTokensPerSecond: 12_000, decodeTokensPerSecond: 45, slowdown: 1.4 },
    gpuHourlyUsd: 1,
    cloud: { input: 0.33, output: 2.75 },
  };
}

const CHOOSERS: Readonly<Record<string, Chooser>> = {
  'always GPU': { kind: 'always', tier: 'gpu' },
  'round robin': { kind: 'round-robin' },
  'always cloud': { kind: 'always', tier: 'cloud' },
  dispatch: { kind: 'dispatch', residency: 'any', instances: 1 },
  'dispatch, 4 instances': { kind: 'dispatch', residency: 'any', instances: 4 },
  'dispatch, 20 instances': { kind: 'dispatch', residency: 'any', instances: 20 },
  'dispatch, GPU only': { kind: 'dispatch', residency: 'vpc', instances: 1 },
};

function rowOf(
  name: string,
  { firstTokenMs, inBudget, cloudShare, gpuUsd, cloudUsd, served, refused }: Outcome,
): string[] {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const { p50, p95, p99 } = firstTokenMs;
  return [
    name,
    ...[p50, p95, p99].map((ms) => ms.toFixed(0)),
    percent(inBudget),
    percent(cloudShare),
    percent(refused / (served + refused)),
    (gpuUsd + cloudUsd).toFixed(2),
  ];
}

async function run({ quick, progress }: BenchOptions): Promise<BenchReport> {
  const world = burstyWorld(quick ? 20 : 60);
  const result: Record<string, Outcome> = {};
  const table = [['first token, ms', 'p50', 'p95', 'p99', 'in budget', 'in cloud', 'refused', 'USD']];
  for (const [name, chooser] of Object.entries(CHOOSERS)) {
    progress(`dispatch: ${name}`);
    result[name] = await simulate(world, chooser);
    table.push(rowOf(name, result[name]));
  }
  const notes = [
    `${world.arrivals.length} requests; the budget to the first token is ${world.budgetMs} ms. USD: the GPU by the hour ` +
      `and the cloud by the token.`,
    'GPU only: prompts that may not leave; what the GPU cannot begin in time is refused with 503 and Retry-After.',
  ];
  return { result, table, notes };
}

export const dispatch: Bench = { name: 'dispatch', about: 'a GPU with a queue and a cloud, under bursts of load', run };
