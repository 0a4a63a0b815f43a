import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDirectoryStore } from '../../../../lambda/shared/store/directory';
import { SPENT_ACCOUNT, SPENT_AT_MS } from './spent-account';

const UNTIL_MS = SPENT_AT_MS + 600_000;
const LIMIT_MICRO = Math.round(SPENT_ACCOUNT.limitUsd * 1e6);

interface Spender {
  readonly lines: readonly string[];
  begin(): void;
  kill(): void;
  /** Resolves once so many lines are there, or the process has ended. */
  after(lines: number): Promise<void>;
  readonly ended: Promise<void>;
}

function startSpender(folder: string, count: number): Promise<Spender> {
  const script = join(__dirname, 'spending-process.ts');
  const args = ['--import', 'tsx', script, folder, String(count), String(UNTIL_MS)];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const waiting: { readonly lines: number; readonly resolve: () => void }[] = [];
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return new Promise((resolve) => {
    const spender: Spender = {
      lines,
      begin: () => child.stdin?.end('go\n'),
      kill: () => child.kill('SIGKILL'),
      after: (wanted) => {
        const enough = new Promise<void>((done) => waiting.push({ lines: wanted, resolve: done }));
        return Promise.race([enough, ended]);
      },
      ended,
    };
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      if (line === 'ready') return resolve(spender);
      lines.push(line);
      for (const one of waiting) if (lines.length >= one.lines) one.resolve();
    });
  });
}

function heldBy(spenders: readonly Spender[]): number {
  const lines = spenders.flatMap(({ lines }) => lines);
  return lines.filter((line) => line !== 'refused').reduce((sum, line) => sum + Number(line), 0);
}

describe('an account in a folder that processes spend from together', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tierwise-store-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const heldMicro = async (): Promise<number> => {
    const { heldUsd } = await openDirectoryStore(folder).budgets.read(SPENT_ACCOUNT.id, SPENT_AT_MS);
    return Math.round(heldUsd * 1e6);
  };

  it('is spent to its limit and never beyond, and every answer is true', async () => {
    const spenders = await Promise.all([1, 2, 3].map(() => startSpender(folder, 800)));
    for (const spender of spenders) spender.begin();
    await Promise.all(spenders.map(({ ended }) => ended));

    expect(spenders.map(({ lines }) => lines.length)).toEqual([800, 800, 800]);
    expect(heldBy(spenders)).toBe(LIMIT_MICRO);
    expect(await heldMicro()).toBe(LIMIT_MICRO);
  });

  it('goes on where processes are killed in the middle of a write, and forgets nothing that was answered', async () => {
    const spenders = await Promise.all([1, 2, 3, 4].map(() => startSpender(folder, 100_000)));
    for (const spender of spenders) spender.begin();
    for (const [index, spender] of spenders.entries()) {
      await spender.after(10 + 7 * index);
      spender.kill();
      await spender.ended;
    }
    const last = await startSpender(folder, 50);
    last.begin();
    await last.ended;

    expect(last.lines).toHaveLength(50);
    // Of each that was killed one answer at most was under way.
    const answered = heldBy([...spenders, last]);
    const held = await heldMicro();
    expect(held).toBeGreaterThanOrEqual(answered);
    expect(held).toBeLessThanOrEqual(Math.min(LIMIT_MICRO, answered + 4 * 5));
    const left = await readdir(join(folder, 'access', 'tally'));
    expect(left.filter((name) => name.endsWith('.json.lock'))).toEqual([]);
  });
});
