import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const COMMAND = resolve(import.meta.dirname, '../../../../dist/bin/tierwise.mjs');

/** `tierwise serve` as it ships, with everything it says. */
export interface ServedProcess {
  readonly url: string;
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves with the exit code. */
  stop(): Promise<number | null>;
}

export function startServedProcess(
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<ServedProcess> {
  const env = { PATH: process.env.PATH, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...variables };
  const child = spawn(process.execPath, [COMMAND, 'serve', '--port', '0', ...args], { env });
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  let out = '';
  let err = '';
  child.stderr.on('data', (bytes) => {
    err += bytes;
  });
  return new Promise((done, fail) => {
    child.stdout.on('data', (bytes) => {
      out += bytes;
      const url = /tierwise ready (http:\S+)/.exec(out)?.[1];
      if (url === undefined) return;
      const stop = (): Promise<number | null> => {
        child.kill('SIGTERM');
        return exited;
      };
      done({ url, out: () => out, err: () => err, stop });
    });
    void exited.then((code) => fail(new Error(`serve ended with ${code}: ${err}`)));
  });
}
