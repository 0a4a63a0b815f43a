/** What the router's function weighs and what its start costs: both are paid before a first request is answered. */

import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { type Bench, type BenchOptions, type BenchReport, median } from './bench';

const FOLDER = resolve(import.meta.dirname, '../../dist/lambda/router');
const ENTRY = join(FOLDER, 'index.mjs');
/** Above this the function's start is felt. */
const LIMIT_BYTES = 600_000;
/** Chunks that are not read at the start and are smaller share a line. */
const SHOWN_BYTES = 20_000;

interface Chunk {
  readonly file: string;
  readonly bytes: number;
  /** Read before the first request; the others when a policy needs them. */
  readonly atStart: boolean;
}

/** Every file of the bundle, and which of them the entry imports statically. */
async function chunks(): Promise<Chunk[]> {
  const { metafile } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const inputs = new Map(Object.entries(metafile.inputs).map(([path, input]) => [resolve(path), input]));
  const atStart = new Set<string>();
  const visit = (file: string): void => {
    const input = inputs.get(file);
    if (input === undefined || atStart.has(file)) return;
    atStart.add(file);
    for (const { path, kind } of input.imports) if (kind === 'import-statement') visit(resolve(path));
  };
  visit(ENTRY);
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).map((file) => join(FOLDER, file));
  return files
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => ({ file: relative(FOLDER, file), bytes: statSync(file).size, atStart: atStart.has(file) }))
    .sort((first, second) => Number(second.atStart) - Number(first.atStart) || second.bytes - first.bytes);
}

interface Start {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Stands in for what the platform puts there, and times one import. */
const IMPORTING = `
  globalThis.awslambda = { streamifyResponse: (handler) => handler, HttpResponseStream: { from: (stream) => stream } };
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await import(process.env.MEASURED);
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000 }), () => process.exit(0));
`;
const EMPTY = 'data:text/javascript,export{}';

async function importIn(measured: string): Promise<Start> {
  const env = { PATH: process.env.PATH, MEASURED: measured, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
  const args = ['--input-type=module', '--eval', IMPORTING];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return JSON.parse(stdout) as Start;
}

async function starts(runs: number): Promise<{ readonly bundle: Start; readonly empty: Start }> {
  const taken: { readonly bundle: Start; readonly empty: Start }[] = [];
  for (let run = 0; run < runs; run += 1) {
    taken.push({ empty: await importIn(EMPTY), bundle: await importIn(pathToFileURL(ENTRY).href) });
  }
  const of = (which: 'bundle' | 'empty'): Start => ({
    wallMs: median(taken.map((one) => one[which].wallMs)),
    cpuMs: median(taken.map((one) => one[which].cpuMs)),
  });
  return { bundle: of('bundle'), empty: of('empty') };
}

function sum(chunks: readonly Chunk[]): number {
  return chunks.reduce((bytes, chunk) => bytes + chunk.bytes, 0);
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}

async function run({ quick, progress }: BenchOptions): Promise<BenchReport> {
  progress('bundle: importing it in fresh processes');
  const all = await chunks();
  const staticBytes = sum(all.filter(({ atStart }) => atStart));
  const shown = all.filter(({ bytes, atStart }) => atStart || bytes >= SHOWN_BYTES);
  const { bundle: ours, empty } = await starts(quick ? 5 : 15);
  const table = [
    ['', 'kB', 'read'],
    ...shown.map(({ file, bytes, atStart }) => [file, kilobytes(bytes), atStart ? 'at start' : 'when needed']),
    [`${all.length - shown.length} smaller ones`, kilobytes(sum(all) - sum(shown)), 'when needed'],
    ['index.mjs with its static imports', kilobytes(staticBytes), `limit ${kilobytes(LIMIT_BYTES)}`],
  ];
  const notes = [
    `import() of the bundle: ${ours.wallMs.toFixed(0)} ms, ${ours.cpuMs.toFixed(0)} ms of processor time; ` +
      `of an empty module: ${empty.wallMs.toFixed(0)} ms, ${empty.cpuMs.toFixed(0)} ms.`,
  ];
  if (staticBytes > LIMIT_BYTES)
    notes.push(`${kilobytes(staticBytes)} kB are over the limit of ${kilobytes(LIMIT_BYTES)} kB.`);
  return {
    result: { staticBytes, limitBytes: LIMIT_BYTES, chunks: all, importing: { bundle: ours, empty } },
    table,
    notes,
  };
}

export const bundle: Bench = { name: 'bundle', about: "bytes of the router's bundle and the cost of its start", run };
