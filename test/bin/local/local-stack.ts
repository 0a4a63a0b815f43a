import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The local stack as a process, in a group of its own as a shell starts it. */
export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves once what was printed matches; rejects when the process ends first. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Signals the whole group, as Ctrl-C in a terminal does. */
  interrupt(signal: NodeJS.Signals): void;
}

/** Runs `bin/local/main.ts` from source in one process, so that its id is the one that matters. */
export function startLocal(command: string, flags: readonly string[] = [], variables: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(process.execPath, ['--import', 'tsx', 'bin/local/main.ts', command, ...flags], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const ended = new Promise<Ended>((done) => child.once('close', (code, signal) => done({ code, signal })));
  return {
    process: child,
    ended,
    out: () => out,
    err: () => err,
    printed: (pattern) =>
      new Promise((done, fail) => {
        const look = (): void => {
          const match = pattern.exec(out);
          if (match !== null) done(match);
        };
        child.stdout.on('data', look);
        void ended.then(({ code }) => fail(new Error(`ended with ${code}: ${err}`)));
        look();
      }),
    interrupt: (signal) => process.kill(-(child.pid as number), signal),
  };
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Every process of this machine that lives; one that has ended and waits for its parent to notice does not. */
function processes(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const [, state, parent] =
        /^\d+ \(.*\) (\S) (\d+) /s.exec(readFileSync(join('/proc', name, 'stat'), 'utf8')) ?? [];
      const command = readFileSync(join('/proc', name, 'cmdline'), 'utf8').replaceAll('\0', ' ');
      return state === 'Z' || state === 'X' ? [] : [{ pid: Number(name), parent: Number(parent), command }];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}

/** Whether this machine tells of its processes in the way these tests read. */
export const SEES_PROCESSES = existsSync('/proc/self/stat');

export function isAlive(pid: number): boolean {
  return processes().some((process) => process.pid === pid);
}

/** The process in which the stack runs the router's bundle, once there is one. */
export function functionHostOf(started: Started): number | undefined {
  return childOf(started, 'function-host');
}

/** The process that synthesizes the stack, while it does. */
export function synthesisOf(started: Started): number | undefined {
  return childOf(started, 'app.ts');
}

function childOf({ process: { pid } }: Started, name: string): number | undefined {
  return processes().find(({ parent, command }) => parent === pid && command.includes(name))?.pid;
}
