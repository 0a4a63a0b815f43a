import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { accountOf } from '../../lambda/router/budgets/accounts';
import type { AccountStanding } from '../../lambda/shared/store/budget-port';
import { openStore } from '../../lambda/shared/store/open';
import type { Attribution } from '../../lib/core/types';
import type { Budget } from '../../lib/core/types-policy';
import type { Host } from '../fixtures/hosts/host';
import { startOpenAiHost } from '../fixtures/hosts/openai-host';
import type { HostReply } from '../fixtures/hosts/script';
import { aPolicy } from './a-policy';
import { scratch, tierwise } from './command-line';
import { type ServingGroup, serveInGroup } from './serving-group';

const BUDGET: Budget = {
  id: 'everything',
  scope: 'all',
  limitUsd: 1,
  period: 'month',
  onExhausted: 'refuse',
  reserve: 'expected',
};
const folder = scratch();
let host: Host;
let policy: string;
let places = 0;
/** What the tier has been asked and has not answered yet. */
const waiting = new Map<string, (reply: HostReply) => void>();

beforeAll(async () => {
  host = await startOpenAiHost(({ body }) => new Promise((answer) => waiting.set(JSON.stringify(body), answer)));
  const text = aPolicy().replace(`\${SMALL_URL}`, `${host.url}/v1`);
  policy = folder.file('policy.yaml', `${text}budgets: [${JSON.stringify(BUDGET)}]\n`);
});
afterAll(async () => {
  await host.close();
  folder.remove();
});

async function serving(workers: number): Promise<{ readonly group: ServingGroup; readonly store: string }> {
  const store = join(folder.path, `store-${places++}`);
  return { group: await serveInGroup(['--policy', policy, '--store', store, '--workers', `${workers}`]), store };
}

interface UnderWay {
  readonly answer: Promise<Response>;
  /** Has the tier answer it. */
  release(): void;
}

/** A request that the tier has, and answers when it is told to. */
async function underWay({ url }: ServingGroup): Promise<UnderWay> {
  const content = `Which label has ${randomUUID()}?`;
  const answer = fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }] }),
  });
  // What becomes of it is for the test to say, which waits for it later.
  answer.catch(() => {});
  const reply = await vi.waitUntil(() => [...waiting].find(([asked]) => asked.includes(content))?.[1], PATIENCE);
  return { answer, release: () => reply({ kind: 'answer', answer: { text: 'billing' } }) };
}

const PATIENCE = { timeout: 20_000, interval: 20 };

/** Once nobody listens any more: every process has heard that it is to end. */
async function closing({ url }: ServingGroup): Promise<void> {
  await vi.waitUntil(async () => !(await isListening(url)), PATIENCE);
}

async function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Holds up this whole process, so that nothing else can make it longer. */
function rest(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** A router may be making a folder in its place just now. */
function putFileInPlaceOf(path: string): void {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    renameSync(path, `${path}-moved-${attempt}`);
    try {
      writeFileSync(path, 'no folder any more');
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
    }
  }
}

async function recordOf(answer: Response, path: string): Promise<Attribution | undefined> {
  const store = await openStore({ kind: 'directory', path });
  const record = await store.attributions.get(answer.headers.get('x-request-id') ?? '');
  await store.close();
  return record;
}

async function standingOf(path: string): Promise<AccountStanding> {
  const store = await openStore({ kind: 'directory', path });
  const nowMs = Date.now();
  const { id } = accountOf(BUDGET, { task: 'triage' }, nowMs);
  const standing = await store.budgets.read(id, nowMs);
  await store.close();
  return standing;
}

describe.concurrent('tierwise serve', () => {
  // The longest, as it tries for ten seconds, and so the first.
  it('tells by its exit code that a worker could not store a record', async () => {
    const { group, store } = await serving(2);
    const { answer, release } = await underWay(group);
    putFileInPlaceOf(store);
    group.signalAll('SIGINT');
    release();
    expect((await answer).status).toBe(200);
    expect(await group.exited).toBe(2);
    expect(group.stderr()).toContain('1 attribution record could not be stored');
  });

  it.each([
    ['Ctrl-C of one process', 1, 'signalAll', 'SIGINT'],
    ['Ctrl-C of several, which reaches each of them', 2, 'signalAll', 'SIGINT'],
    ['what stops a whole unit', 2, 'signalAll', 'SIGTERM'],
    ['what reaches the first of several alone', 2, 'signalFirst', 'SIGTERM'],
  ] as const)('finishes what is under way at %s, and keeps its record', async (_name, workers, to, signal) => {
    const { group, store } = await serving(workers);
    const { answer, release } = await underWay(group);
    group[to](signal);
    await closing(group);
    release();
    const response = await answer;
    expect(response.status).toBe(200);
    await response.text();
    expect(await group.exited).toBe(0);
    await group.ended;
    expect(await recordOf(response, store)).toMatchObject({ status: 200, tier: 'small' });
    const standing = await standingOf(store);
    expect(standing.heldUsd).toBe(0);
    expect(standing.spentUsd).toBeGreaterThan(0);
  });

  it.each([1, 2])('of %d workers takes a Ctrl-C that an npm above it passes on too for one', async (workers) => {
    const { group } = await serving(workers);
    const { answer, release } = await underWay(group);
    group.signalAll('SIGINT');
    rest(10);
    group.signalFirst('SIGINT');
    await closing(group);
    release();
    expect((await answer).status).toBe(200);
    expect(await group.exited).toBe(0);
  });

  it.each([1, 2])('of %d workers ends at once at the second Ctrl-C', async (workers) => {
    const { group } = await serving(workers);
    const { answer } = await underWay(group);
    group.signalAll('SIGINT');
    await closing(group);
    // What comes sooner is taken for the same press.
    await sleep(400);
    group.signalAll('SIGINT');
    // The tier never answers.
    await expect(answer).rejects.toThrow();
    expect(await group.exited).toBe(1);
    await group.ended;
  });

  it('ends in good order, all of it, when the process that leads the workers is killed', async () => {
    const { group, store } = await serving(2);
    const { answer, release } = await underWay(group);
    group.signalFirst('SIGKILL');
    await closing(group);
    // Time for the workers to see that nobody leads them.
    await sleep(300);
    release();
    const response = await answer;
    expect(response.status).toBe(200);
    await response.text();
    await group.ended;
    expect(await recordOf(response, store)).toMatchObject({ status: 200, tier: 'small' });
  });

  it('says why it does not start where a worker cannot, and leaves none behind', async () => {
    const { url, signalFirst, ended } = await serveInGroup(['--policy', policy]);
    const { port } = new URL(url);
    const { code, out, err } = await tierwise(['serve', '--policy', policy, '--port', port, '--workers', '2']);
    signalFirst('SIGTERM');
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(`Port ${port} is taken`);
    expect(err).toContain('A worker could not start (exit code 1).');
    await ended;
  });

  it('says whose limits each worker counts by itself, and where they count together', async () => {
    const keys = folder.file('keys.json', '{"schema": 1, "keys": []}');
    const store = join(folder.path, 'counted-together');
    const [apart, together] = await Promise.all([
      serveInGroup(['--policy', policy, '--keys', keys, '--workers', '2']),
      serveInGroup(['--policy', policy, '--keys', keys, '--workers', '2', '--store', store]),
    ]);
    for (const { signalAll } of [apart, together]) signalAll('SIGINT');
    expect([await apart.exited, await together.exited]).toEqual([0, 0]);
    expect(apart.stderr()).toMatch(
      /^tierwise: with --store memory each of the 2 workers counts the requests of a key by itself/,
    );
    expect(together.stderr()).toBe('');
  });
});
