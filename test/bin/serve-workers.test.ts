import { randomUUID } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
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
import type { SeenRequest } from '../fixtures/hosts/script';
import { aPolicy } from './a-policy';
import { scratch, tierwise } from './command-line';
import { type ServingGroup, serveInGroup } from './serving-group';

const TIER_MS = 4000;
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

beforeAll(async () => {
  host = await startOpenAiHost(() => ({ kind: 'answer', answer: { text: 'billing' }, delayMs: TIER_MS }));
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

/** A request that the tier has and has not answered yet. */
async function underWay({ url }: ServingGroup): Promise<{ readonly answer: Promise<Response> }> {
  const content = `Which label has ${randomUUID()}?`;
  const answer = fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }] }),
  });
  // What becomes of it is for the test to say, which waits for it later.
  answer.catch(() => {});
  const asks = ({ body }: SeenRequest): boolean => JSON.stringify(body).includes(content);
  await vi.waitUntil(() => host.seen.some(asks), { timeout: 10_000 });
  return { answer };
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
  it.each([
    ['Ctrl-C of one process', 1, 'signalAll', 'SIGINT'],
    ['Ctrl-C of several, which reaches each of them', 2, 'signalAll', 'SIGINT'],
    ['what stops a whole unit', 2, 'signalAll', 'SIGTERM'],
    ['what reaches the first of several alone', 2, 'signalFirst', 'SIGTERM'],
  ] as const)('finishes what is under way at %s, and keeps its record', async (_name, workers, to, signal) => {
    const { group, store } = await serving(workers);
    const { answer } = await underWay(group);
    group[to](signal);
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
    const { answer } = await underWay(group);
    group.signalAll('SIGINT');
    await sleep(20);
    group.signalFirst('SIGINT');
    expect((await answer).status).toBe(200);
    expect(await group.exited).toBe(0);
  });

  it.each([1, 2])('of %d workers ends at once at the second Ctrl-C', async (workers) => {
    const { group } = await serving(workers);
    const { answer } = await underWay(group);
    group.signalAll('SIGINT');
    await sleep(1000);
    const pressedAtMs = performance.now();
    group.signalAll('SIGINT');
    await expect(answer).rejects.toThrow();
    expect(await group.exited).toBe(1);
    await group.ended;
    expect(performance.now() - pressedAtMs).toBeLessThan(TIER_MS - 1000);
  });

  it('ends in good order, all of it, when the process that leads the workers is killed', async () => {
    const { group, store } = await serving(2);
    const { answer } = await underWay(group);
    group.signalFirst('SIGKILL');
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

  it('tells by its exit code that a worker could not store a record', async () => {
    const { group, store } = await serving(2);
    const { answer } = await underWay(group);
    putFileInPlaceOf(store);
    group.signalAll('SIGINT');
    expect((await answer).status).toBe(200);
    expect(await group.exited).toBe(2);
    expect(group.stderr()).toContain('1 attribution records could not be stored');
  });
});
