/** `npm run bench [-- NAME... --quick --json --list]`: the project's own measurements, into `out/bench.json`. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import type { Bench, BenchOptions, BenchReport } from './bench';
import { bundle } from './bundle';
import { decision } from './decision';
import { dispatch } from './dispatch';
import { fuzz } from './fuzz';
import { month } from './month';
import { profile } from './profile';
import { soakBench } from './soak';
import { speed } from './speed';

const ROOT = resolve(import.meta.dirname, '../..');
const BENCHES: readonly Bench[] = [decision, dispatch, bundle, speed, profile, fuzz, soakBench, month];
const FLAGS = ['--quick', '--json', '--list', '--help'];
/** Options that are followed by a number. */
const NUMBERS = ['--minutes', '--rate', '--requests'];

const USAGE = `npm run bench [-- NAME... ] [--quick] [--json] [--list]

Without a name all run, in quick mode. Results go to out/bench.json.
  --quick   fewer rounds and shorter warm-ups
  --json    one JSON document on stdout, nothing else there
  --list    the names
  --minutes N, --rate N   of the soak: how long, and how many requests a second
  --requests N            of the month
`;

function listed(): string {
  return BENCHES.map(({ name, about }) => `${name.padEnd(10)} ${about}\n`).join('');
}

function aligned(table: BenchReport['table']): string {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return table.map((row) => `${line(row).trimEnd()}\n`).join('');
}

/** What is measured must be what the sources say. */
function buildBundles(): void {
  execFileSync(resolve(ROOT, 'node_modules/.bin/tsx'), ['bin/build.ts', '--bundles', '--quiet'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
}

type Chosen = Omit<BenchOptions, 'progress'> & { readonly json: boolean };

async function runAll(chosen: readonly Bench[], { json, ...options }: Chosen): Promise<void> {
  buildBundles();
  const results: Record<string, unknown> = {};
  for (const bench of chosen) {
    const report = await bench.run({ ...options, progress: (message) => process.stderr.write(`${message}\n`) });
    results[bench.name] = report.result;
    if (json) continue;
    process.stdout.write(`\n${bench.name}: ${bench.about}\n${aligned(report.table)}`);
    for (const note of report.notes) process.stdout.write(`${note}\n`);
  }
  const machine = { node: process.version, processor: cpus()[0]?.model, cores: cpus().length };
  const document = { at: new Date().toISOString(), mode: options.quick ? 'quick' : 'full', machine, ...results };
  mkdirSync(resolve(ROOT, 'out'), { recursive: true });
  writeFileSync(resolve(ROOT, 'out/bench.json'), `${JSON.stringify(document, null, 1)}\n`);
  if (json) process.stdout.write(`${JSON.stringify(document)}\n`);
}

/** Takes the options that have a number out of the arguments. */
function numbersIn(args: string[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const option of NUMBERS) {
    const at = args.indexOf(option);
    if (at === -1) continue;
    const [, given] = args.splice(at, 2);
    if (!(Number(given) > 0)) throw new Error(`${option} ${given ?? ''}: give a number above 0.`);
    numbers.set(option, Number(given));
  }
  return numbers;
}

async function main(args: string[]): Promise<void> {
  const numbers = numbersIn(args);
  const names = args.filter((argument) => !argument.startsWith('--'));
  const known = (argument: string): boolean =>
    FLAGS.includes(argument) || BENCHES.some(({ name }) => name === argument);
  const unknown = args.filter((argument) => !known(argument));
  if (unknown.length > 0) {
    process.stderr.write(`${unknown.join(', ')}: there is no such bench or option.\n\n${USAGE}\n${listed()}`);
    process.exitCode = 1;
  } else if (args.includes('--help')) process.stdout.write(`${USAGE}\n${listed()}`);
  else if (args.includes('--list')) process.stdout.write(listed());
  else {
    const chosen = names.length === 0 ? BENCHES : BENCHES.filter(({ name }) => names.includes(name));
    const quick = args.includes('--quick') || names.length === 0;
    const minutes = numbers.get('--minutes');
    const perSecond = numbers.get('--rate');
    const requests = numbers.get('--requests');
    const load = {
      ...(minutes !== undefined && { minutes }),
      ...(perSecond !== undefined && { perSecond }),
      ...(requests !== undefined && { requests }),
    };
    await runAll(chosen, { quick, json: args.includes('--json'), ...load });
  }
}

void main(process.argv.slice(2));
