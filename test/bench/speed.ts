/**
 * What the router adds to a call and what it costs, beside a bare proxy on the same machine in the same minutes. Phases
 * and targets are interleaved, so that what else the machine does falls on all alike. Trust processor time and ratios;
 * throughput on few cores also holds what the generator and the model server use.
 */

import { type Bench, type BenchOptions, type BenchReport, median } from './bench';
import type { LoadResult } from './speed/load';
import { PHASES, type Phase, WARM_UP, WARM_UP_STREAM } from './speed/phases';
import { cpuSeconds, residentMiB, TELLS_COST } from './speed/process-figures';
import { buildProcesses, Generator } from './speed/processes';
import { startTargets, type Target } from './speed/targets';

interface Row {
  readonly load: LoadResult;
  readonly cpuSeconds: number | undefined;
}

/** By phase and target, one row for each round. */
type Rows = Map<string, Row[]>;

interface Measure {
  readonly title: string;
  readonly phase: string;
  /** Of one round; the result is the median over the rounds. */
  readonly value: (row: Row) => number | undefined;
  /** Shown as what is added to the same round's direct call. */
  readonly added?: true;
  readonly digits: number;
}

const perThousand = ({ load, cpuSeconds: seconds }: Row): number | undefined =>
  seconds === undefined ? undefined : (seconds / load.requests) * 1000;
const perThousandChunks = ({ load, cpuSeconds: seconds }: Row): number | undefined =>
  seconds === undefined ? undefined : (seconds / load.chunks) * 1000;
const perSecond = ({ load }: Row): number => load.requests / load.seconds;

const MEASURES: readonly Measure[] = [
  { title: 'CPU s / 1k requests, c=16', phase: 'c=16', value: perThousand, digits: 3 },
  { title: 'requests / s, c=16', phase: 'c=16', value: perSecond, digits: 0 },
  { title: 'CPU s / 1k requests, 64 KB prompt', phase: '64 KB prompt', value: perThousand, digits: 3 },
  { title: 'added ms p50 at 200/s', phase: '200/s', value: ({ load }) => load.latencyMs.p50, added: true, digits: 2 },
  { title: 'added ms p99 at 200/s', phase: '200/s', value: ({ load }) => load.latencyMs.p99, added: true, digits: 2 },
  {
    title: 'first chunk added ms p50',
    phase: 'streams 20/s',
    value: ({ load }) => load.firstMs.p50,
    added: true,
    digits: 2,
  },
  {
    title: 'chunk delay added ms p50',
    phase: 'streams 20/s',
    value: ({ load }) => load.delayMs.p50,
    added: true,
    digits: 3,
  },
  { title: 'CPU s / 1k chunks, 20 streams/s', phase: 'streams 20/s', value: perThousandChunks, digits: 3 },
  { title: 'CPU s / 1k chunks, burst', phase: 'burst', value: perThousandChunks, digits: 4 },
  { title: 'CPU s / 1k requests, fallback', phase: 'fallback', value: perThousand, digits: 3 },
  { title: 'requests / s, fallback', phase: 'fallback', value: perSecond, digits: 0 },
];

/** V8 settles after thousands of requests; fewer make any figure wrong, however long one measures. */
const FULL = { rounds: 5, warmUp: 8000, share: 1 };
const QUICK = { rounds: 3, warmUp: 3000, share: 0.3 };

async function warmUp(targets: readonly Target[], generator: Generator, count: number): Promise<void> {
  for (const { server } of targets) {
    const load = { port: server.port, seconds: 30, atMost: count };
    await generator.run({ ...WARM_UP, ...load });
    await generator.run({ ...WARM_UP_STREAM, ...load, atMost: count / 8 });
  }
}

async function measure(target: Target, phase: Phase, share: number, generator: Generator): Promise<Row> {
  const { pid, port } = target.server;
  const before = cpuSeconds(pid);
  const load = await generator.run({ ...phase.load, port, seconds: phase.seconds * share });
  const after = cpuSeconds(pid);
  if (load.errors > 0) throw new Error(`${target.name}, ${phase.name}: ${load.errors} requests failed`);
  return { load, cpuSeconds: before === undefined || after === undefined ? undefined : after - before };
}

async function round(targets: readonly Target[], share: number, generator: Generator, rows: Rows): Promise<void> {
  for (const phase of PHASES) {
    for (const target of targets) {
      if (phase.needsFallback && target.name !== 'tierwise') continue;
      const key = keyOf(phase.name, target.name);
      rows.set(key, [...(rows.get(key) ?? []), await measure(target, phase, share, generator)]);
    }
  }
}

function keyOf(phase: string, target: Target['name']): string {
  return `${phase} ${target}`;
}

/** The measure's figure of each round. */
function figures({ phase, value, added }: Measure, target: Target['name'], rows: Rows): number[] {
  const direct = rows.get(keyOf(phase, 'direct')) ?? [];
  return (rows.get(keyOf(phase, target)) ?? []).flatMap((row, index) => {
    const figure = value(row);
    const base = added ? value(direct[index] as Row) : 0;
    return figure === undefined || base === undefined ? [] : [figure - base];
  });
}

interface Line {
  readonly title: string;
  readonly floor: number | null;
  readonly tierwise: number | null;
  readonly ratio: number | null;
}

function lineOf(measured: Measure, rows: Rows): Line {
  const floors = figures(measured, 'floor', rows);
  const ours = figures(measured, 'tierwise', rows);
  const shown = (values: readonly number[]): number | null => (values.length === 0 ? null : median(values));
  const floor = shown(floors);
  const tierwise = shown(ours);
  return {
    title: measured.title,
    floor,
    tierwise,
    ratio: floor !== null && floor > 0 && tierwise !== null ? tierwise / floor : null,
  };
}

function memory(targets: readonly Target[], when: 'now' | 'peak'): Line {
  const of = (name: Target['name']): number | null => {
    const target = targets.find((one) => one.name === name) as Target;
    return residentMiB(target.server.pid)?.[when] ?? null;
  };
  const [floor, tierwise] = [of('floor'), of('tierwise')];
  const title = when === 'now' ? 'memory after start, MiB' : 'memory at its peak, MiB';
  return { title, floor, tierwise, ratio: floor !== null && tierwise !== null ? tierwise / floor : null };
}

function report(lines: readonly Line[], settings: typeof FULL): BenchReport {
  const digits = new Map(MEASURES.map((one) => [one.title, one.digits]));
  const cell = (value: number | null, places: number): string => (value === null ? '-' : value.toFixed(places));
  const table = lines.map(({ title, floor, tierwise, ratio }) => {
    const places = digits.get(title) ?? 0;
    return [title, cell(floor, places), cell(tierwise, places), cell(ratio, 2)];
  });
  const notes = [
    `Medians of ${settings.rounds} rounds after ${settings.warmUp} requests each; floor: a bare node:http proxy.`,
  ];
  if (!TELLS_COST) notes.push('This system has no /proc: processor time and memory were not measured.');
  return { result: { ...settings, lines }, table: [['', 'floor', 'tierwise', 'ratio'], ...table], notes };
}

async function run({ quick, progress }: BenchOptions): Promise<BenchReport> {
  const settings = quick ? QUICK : FULL;
  await buildProcesses();
  const targets = await startTargets();
  const generator = new Generator();
  try {
    const rows: Rows = new Map();
    const started = memory(targets.all, 'now');
    progress('speed: warming up');
    await warmUp(targets.all, generator, settings.warmUp);
    for (let index = 0; index < settings.rounds; index += 1) {
      progress(`speed: round ${index + 1} of ${settings.rounds}`);
      await round(targets.all, settings.share, generator, rows);
    }
    const lines = MEASURES.map((one) => lineOf(one, rows));
    return report([...lines, started, memory(targets.all, 'peak')], settings);
  } finally {
    generator.stop();
    targets.stop();
  }
}

export const speed: Bench = { name: 'speed', about: 'latency, processor time and memory beside a bare proxy', run };
