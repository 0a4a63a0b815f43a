import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';

const PAUSE_MS = 5000;
/** What a timer may be early, by the clock of another process. */
const EARLY_MS = 50;

interface Said {
  readonly what: string;
  readonly atMs: number;
}

/** One that leads a worker which ends with `code` after so long; never ready where that is at once. */
function leading(livesMs: number, code: number) {
  const child = spawn(process.execPath, [
    '--import',
    'tsx',
    join(import.meta.dirname, 'led.ts'),
    `${livesMs}`,
    `${code}`,
  ]);
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  const said = (): Said[] =>
    [...out.matchAll(/^(.+) @(\d+)$/gm)].map(([, what = '', atMs]) => ({ what, atMs: Number(atMs) }));
  const heard = async (count: number): Promise<Said[]> => {
    await vi.waitUntil(() => said().length >= count, { timeout: 30_000 });
    return said();
  };
  return { exited, heard, stop: () => void child.kill('SIGTERM') };
}

describe.concurrent('who leads workers', () => {
  it('does not start a worker again and again that ends as soon as it serves', async () => {
    const { exited, heard, stop } = leading(10, 3);
    const [first, ready, lost, second] = await heard(4);
    stop();
    expect([first, ready, lost, second].map((one) => one?.what)).toEqual([
      'started',
      'ready at http://router',
      'lost by exit code 3',
      'started',
    ]);
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(PAUSE_MS - EARLY_MS);
    expect(await exited).toBe(0);
  });

  it('puts another at once in the place of one that had served for a while', async () => {
    const { exited, heard, stop } = leading(PAUSE_MS + 500, 1);
    const [, , lost, second] = await heard(4);
    stop();
    expect([lost?.what, second?.what]).toEqual(['lost by exit code 1', 'started']);
    expect((second?.atMs ?? 0) - (lost?.atMs ?? 0)).toBeLessThan(PAUSE_MS / 2);
    expect(await exited).toBe(0);
  });

  it.each([
    [0, 1],
    [1, 1],
    [2, 2],
  ])('ends with a worker that ends with %d before it serves, and with code %d', async (code, expected) => {
    const { exited, heard } = leading(0, code);
    expect(await exited).toBe(expected);
    expect((await heard(2)).at(-1)?.what).toBe(`A worker could not start (exit code ${code}).`);
  });
});
