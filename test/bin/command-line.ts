import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runTierwise } from '../../bin/tierwise';

/** The command line as it ships: the bundle, in a process of its own. */
const COMMAND = resolve(import.meta.dirname, '../../dist/bin/tierwise.mjs');

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export type Variables = Readonly<Record<string, string>>;

function environment(variables: Variables): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...variables };
}

/** Runs one command in this process: the same parsing, printing and exit code, without the bundle and its start. */
export async function run(args: readonly string[], variables: Variables = {}, input = ''): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await runTierwise(args, {
    out: (line) => {
      out += `${line}\n`;
    },
    err: (line) => {
      err += `${line}\n`;
    },
    readStdin: async () => input,
    environment: variables,
  });
  return { code, out, err };
}

/** Runs one command to its end. */
export function tierwise(args: readonly string[], variables: Variables = {}, input = ''): Promise<Ran> {
  return new Promise((done) => {
    const child = execFile(process.execPath, [COMMAND, ...args], { env: environment(variables) }, (error, out, err) => {
      done({ code: error === null ? 0 : Number(error.code), out, err });
    });
    child.stdin?.end(input);
  });
}

export interface Serving {
  readonly url: string;
  readonly stderr: () => string;
  /** Sends the signal and resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `tierwise serve` on a free port and waits until it says that it is ready. */
export function serve(args: readonly string[], variables: Variables = {}): Promise<Serving> {
  const child: ChildProcess = spawn(process.execPath, [COMMAND, 'serve', '--port', '0', ...args], {
    env: environment(variables),
  });
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  let err = '';
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((done, fail) => {
    let out = '';
    child.stdout?.on('data', (chunk) => {
      out += chunk;
      const url = /tierwise ready (http:\S+)/.exec(out)?.[1];
      if (url === undefined) return;
      const stop = (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
        child.kill(signal);
        return exited;
      };
      done({ url, stop, stderr: () => err });
    });
    void exited.then((code) => fail(new Error(`serve ended with ${code}: ${err}`)));
  });
}

/** A folder that is gone when the test is over. */
export function scratch(): { readonly path: string; file(name: string, content: string): string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'tierwise-'));
  return {
    path,
    file(name, content) {
      const file = join(path, name);
      writeFileSync(file, content);
      return file;
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
