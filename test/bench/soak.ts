/**
 * The router for minutes under load while its hosts fail and its callers leave: memory and sockets stay flat, every request
 * has one record, what is booked is what was served, and budgets hold. Callers and hosts are other processes; the callers'
 * clock waits for nobody.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { resolve } from 'node:path';
import type { AccountStanding } from '../../lambda/shared/store/budget-port';
import type { Bench, BenchOptions, BenchReport } from './bench';
import { Callers, type CallersResult } from './soak/callers';
import { type Comparison, compare, type KeptRecord, PRICE, type ServedCall } from './soak/ledger';
import type { RouterNews, RouterSample } from './soak/router';

const MINUTES = 10;
const QUICK_MINUTES = 1 / 3;
const PER_SECOND = 200;
const FAULTS = 0.05;
/** Of all: somewhat more than one in fifty. */
const LEAVING = 0.021;
/** Share of those who leave of whose calls nobody knows whether they had. */
const LOST_MOMENTS = 0.01;
/** Samples taken in all, and the share of the first that are the warm-up. */
const SAMPLES = 40;
const WARM_UP = 0.3;
/** MiB that a heap may seem to grow by over the run: V8 compiles and shapes go on settling for minutes. */
const HEAP_NOISE_MIB = 3;
/** Half of what the heaviest customer would spend, so that its budget ends in the middle. */
const HEAVY_USD_PER_REQUEST = 2.8e-5;

function policyOf(upstream: number, requests: number): string {
  const tier = (path: string): object => ({
    provider: 'openai-compatible',
    baseUrl: `http://127.0.0.1:${upstream}/${path}/v1`,
    model: path,
    location: 'vpc',
    contextWindow: 8192,
    maxOutputTokens: 64,
    price: PRICE,
    timeouts: { connectMs: 1000, firstTokenMs: 2000, stallMs: 1000, totalMs: 4000 },
    retries: 1,
  });
  const audit = { inputs: 'anything', acceptable: 'anything', consequence: 'low' };
  const task = { owner: 'soak', audit, route: 'static', ladder: ['small', 'large'], oracle: [] };
  const limitUsd = (requests * 0.3 * HEAVY_USD_PER_REQUEST) / 2;
  return JSON.stringify({
    schema: 1,
    policy: 'soak',
    owner: 'soak',
    tiers: { small: tier('small'), large: tier('large') },
    tasks: { open: task },
    default: { task: 'open' },
    budgets: [
      { id: 'customers', scope: 'customer', limitUsd, period: 'month', reserve: 'worst' },
      { id: 'everybody', scope: 'all', limitUsd: 1000, period: 'month', reserve: 'expected' },
    ],
  });
}

function start(file: string, argument: string): ChildProcess {
  const script = resolve(import.meta.dirname, 'soak', file);
  return fork(script, [argument], { execArgv: ['--expose-gc', '--import', 'tsx'] });
}

/** The next message that has what is looked for. */
function heard<News, Found>(child: ChildProcess, look: (news: News) => Found | undefined): Promise<Found> {
  return new Promise((done, fail) => {
    const ended = (code: number | null): void => fail(new Error(`a process of the soak ended with ${code}`));
    const listen = (news: unknown): void => {
      const found = look(news as News);
      if (found === undefined) return;
      child.off('message', listen);
      child.off('exit', ended);
      done(found);
    };
    child.on('message', listen);
    child.once('exit', ended);
  });
}

interface Soaked {
  readonly callers: CallersResult;
  readonly comparison: Comparison;
  readonly samples: readonly RouterSample[];
  readonly socketsAtEnd: number;
  readonly standing: AccountStanding;
  readonly limitUsd: number;
  /** The most that any customer has spent. */
  readonly mostSpentUsd: number;
  readonly warnings: readonly string[];
  readonly attempts: number;
}

async function soak(seconds: number, perSecond: number, progress: BenchOptions['progress']): Promise<Soaked> {
  const upstream = start('upstream.ts', String(FAULTS));
  const port = await heard(upstream, (news: { port?: number }) => news.port);
  const policy = policyOf(port, seconds * perSecond);
  const router = start('router.ts', policy);
  try {
    const url = await heard(router, (news: RouterNews) => news.url);
    const records: KeptRecord[] = [];
    const warnings: string[] = [];
    router.on('message', ({ records: some, warning }: RouterNews) => {
      records.push(...(some ?? []));
      if (warning !== undefined) warnings.push(warning);
    });
    const sampleNow = (): Promise<RouterSample> => {
      const sampled = heard(router, (news: RouterNews) => news.sample);
      router.send('sample');
      return sampled;
    };
    const samples: RouterSample[] = [];
    const sampling = setInterval(() => void sampleNow().then((one) => samples.push(one)), (seconds * 1000) / SAMPLES);
    const callers = await new Callers({ url, seconds, perSecond, leaving: LEAVING }).run();
    clearInterval(sampling);
    progress(`${callers.sent.size} requests sent, ${records.length} records so far`);
    // What callers have left is over with its call, and written down a moment later.
    await new Promise((done) => setTimeout(done, 5000));
    const flushed = heard(router, (news: RouterNews) => news.standing);
    router.send('flush');
    const standing = await flushed;
    const socketsAtEnd = (await sampleNow()).sockets;
    const calls = (await (await fetch(`http://127.0.0.1:${port}/ledger`)).json()) as ServedCall[];
    const spent = new Map<string, number>();
    for (const { customer, costUsd } of records) spent.set(customer, (spent.get(customer) ?? 0) + costUsd);
    return {
      callers,
      comparison: compare(callers.sent, callers.left, records, calls),
      samples,
      socketsAtEnd,
      standing,
      limitUsd: JSON.parse(policy).budgets[0].limitUsd,
      mostSpentUsd: Math.max(...spent.values()),
      warnings,
      attempts: records.reduce((sum, { attempts }) => sum + attempts, 0),
    };
  } finally {
    router.disconnect();
    upstream.disconnect();
  }
}

/** Growth over all samples by the line that fits them best, in the samples' unit. */
function growth(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let above = 0;
  let below = 0;
  for (const [at, value] of values.entries()) {
    above += (at - middle) * (value - mean);
    below += (at - middle) ** 2;
  }
  return (above / below) * (values.length - 1);
}

interface Check {
  readonly name: string;
  readonly found: string;
  readonly holds: boolean;
}

function checksOf({ callers, comparison, samples, socketsAtEnd, standing, ...rest }: Soaked): readonly Check[] {
  const warm = samples.slice(Math.floor(samples.length * WARM_UP));
  const heapMiB = growth(warm.map((one) => one.heapMiB));
  const sockets = growth(warm.map((one) => one.sockets));
  const bookedUsd = comparison.recordedUsd + comparison.leftRecordedUsd;
  const usd = (amount: number): string => amount.toFixed(9);
  return [
    { name: 'heap growth once warm, MiB', found: heapMiB.toFixed(2), holds: heapMiB < HEAP_NOISE_MIB },
    { name: 'sockets growth once warm', found: sockets.toFixed(1), holds: sockets < callers.mostAtOnce / 4 },
    { name: 'sockets at the end', found: String(socketsAtEnd), holds: socketsAtEnd <= callers.mostAtOnce },
    { name: 'requests without a record', found: String(comparison.unrecorded), holds: comparison.unrecorded === 0 },
    { name: 'requests with two', found: String(comparison.recordedTwice), holds: comparison.recordedTwice === 0 },
    {
      name: 'booked less served, USD',
      found: usd(comparison.recordedUsd - comparison.servedUsd),
      holds: Math.abs(comparison.recordedUsd - comparison.servedUsd) < 1e-9 && comparison.misbooked === 0,
    },
    {
      name: 'the same where caller or router gave up',
      found: usd(comparison.leftRecordedUsd - comparison.leftServedUsd),
      holds: comparison.leftOverbooked === 0,
    },
    {
      name: 'of them without the prompts that were read',
      found: String(comparison.leftUnderbooked),
      // What leaves this process in the moment in which its caller does may be read, and not be known to have left.
      holds: comparison.leftUnderbooked <= callers.left.size * LOST_MOMENTS,
    },
    {
      name: 'booked in the budget less recorded, USD',
      found: usd(standing.spentUsd - bookedUsd),
      // A budget counts in whole billionths, rounded for each call.
      holds: Math.abs(standing.spentUsd - bookedUsd) < rest.attempts * 0.5e-9 + 1e-9 && standing.heldUsd === 0,
    },
    {
      name: 'most spent by a customer, of the limit',
      found: (rest.mostSpentUsd / rest.limitUsd).toFixed(6),
      holds: rest.mostSpentUsd <= rest.limitUsd,
    },
    { name: 'answers that looked whole and were not', found: String(callers.liars), holds: callers.liars === 0 },
    { name: 'answers 500', found: String(callers.statuses[500] ?? 0), holds: !callers.statuses[500] },
    { name: 'warnings', found: String(rest.warnings.length), holds: rest.warnings.length === 0 },
  ];
}

async function run({ quick, progress, minutes, perSecond = PER_SECOND }: BenchOptions): Promise<BenchReport> {
  const seconds = (minutes ?? (quick ? QUICK_MINUTES : MINUTES)) * 60;
  progress(`soak: ${Math.round(seconds)} s at ${perSecond} requests a second`);
  const soaked = await soak(seconds, perSecond, progress);
  const { callers, comparison, samples, warnings, attempts } = soaked;
  const checks = checksOf(soaked);
  const failed = checks.filter(({ holds }) => !holds);
  if (failed.length > 0) process.exitCode = 1;
  const { sent, left, ...seen } = callers;
  const result = {
    seconds,
    perSecond,
    faults: FAULTS,
    leaving: LEAVING,
    requests: sent.size,
    left: left.size,
    attempts,
    ...seen,
    comparison,
    samples,
    warnings: warnings.slice(0, 20),
    checks,
  };
  return {
    result,
    table: [['', 'found', 'holds'], ...checks.map(({ name, found, holds }) => [name, found, holds ? 'yes' : 'NO'])],
    notes: [
      `${sent.size} requests, ${left.size} callers left, ${attempts} calls to tiers; statuses ${JSON.stringify(callers.statuses)}; ` +
        `${callers.brokenStreams} streams ended with their error; ${callers.p50Ms.toFixed(0)} / ${callers.p99Ms.toFixed(0)} ms p50 / p99.`,
      ...warnings.slice(0, 5),
    ],
  };
}

export const soakBench: Bench = {
  name: 'soak',
  about: 'minutes of load, faults and leaving callers: nothing leaks, every cent is booked, budgets hold',
  run,
};
