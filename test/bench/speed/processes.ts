import { type ChildProcess, fork, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import type { Load, LoadResult } from './load';

const ROOT = resolve(import.meta.dirname, '../../..');
const BUILT = resolve(ROOT, 'out/bench');
export const COMMAND = resolve(ROOT, 'dist/bin/tierwise.mjs');

/** Bundles the processes of this bench: a loader that compiles them as they start would be measured with them. */
export async function buildProcesses(): Promise<void> {
  const entryPoints = ['upstream', 'proxy', 'load'].map((name) => resolve(import.meta.dirname, `${name}.ts`));
  const outExtension = { '.js': '.mjs' };
  await build({ entryPoints, outdir: BUILT, bundle: true, platform: 'node', format: 'esm', outExtension });
}

export interface Server {
  readonly pid: number;
  readonly port: number;
  stop(): void;
}

/** Starts a process that prints `ready URL` once it listens. */
export function startServer(file: string, args: readonly string[]): Promise<Server> {
  const script = file.startsWith('/') ? file : resolve(BUILT, file);
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (bytes) => said.push(String(bytes)));
  return new Promise((done, fail) => {
    child.stdout.on('data', (bytes) => {
      said.push(String(bytes));
      const port = /ready http:\/\/[^:]+:(\d+)/.exec(said.join(''))?.[1];
      if (port !== undefined) done({ pid: child.pid as number, port: Number(port), stop: () => child.kill('SIGKILL') });
    });
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`${script} ended with ${code}: ${said.join('')}`)));
  });
}

/** The load generator as a function. */
export class Generator {
  private readonly child: ChildProcess = fork(resolve(BUILT, 'load.mjs'), { execArgv: [] });

  run(load: Load): Promise<LoadResult> {
    return new Promise((done, fail) => {
      const ended = (code: number | null): void => fail(new Error(`the load generator ended with ${code}`));
      this.child.once('exit', ended);
      this.child.once('message', (result) => {
        this.child.off('exit', ended);
        done(result as LoadResult);
      });
      this.child.send(load);
    });
  }

  stop(): void {
    this.child.disconnect();
  }
}
