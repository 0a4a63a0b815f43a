import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const COMMAND = resolve(import.meta.dirname, '../../dist/bin/tierwise.mjs');

/** `tierwise serve` as a shell runs it: one group of processes, each of which Ctrl-C reaches. */
export interface ServingGroup {
  readonly url: string;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The exit code of the process that was started; null where a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Resolves once none of its processes is left. */
  readonly ended: Promise<void>;
  /** To every process, as a terminal sends it. */
  signalAll(signal: NodeJS.Signals): void;
  /** To the process that was started alone, as `docker stop` sends it. */
  signalFirst(signal: NodeJS.Signals): void;
}

export function serveInGroup(args: readonly string[]): Promise<ServingGroup> {
  const child = spawn(process.execPath, [COMMAND, 'serve', '--port', '0', ...args], {
    detached: true,
    env: { PATH: process.env.PATH, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  const pid = child.pid as number;
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  // What it prints goes on while any of its processes lives.
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((done, fail) => {
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
      const url = /tierwise ready (http:\S+)/.exec(out)?.[1];
      if (url === undefined) return;
      done({
        url,
        stdout: () => out,
        stderr: () => err,
        exited,
        ended,
        signalAll: (signal) => void process.kill(-pid, signal),
        signalFirst: (signal) => void process.kill(pid, signal),
      });
    });
    void exited.then((code) => fail(new Error(`serve ended with ${code}: ${err}`)));
  });
}
