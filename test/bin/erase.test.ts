import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newKey } from '../../lambda/router/access/new-key';
import { createRuntime } from '../../lambda/router/runtime';
import { startServer } from '../../lambda/router/server';
import { openStore } from '../../lambda/shared/store/open';
import { rollUpStore } from '../../lambda/watch/watcher';
import { HOUR_MS } from '../../lib/core/durations';
import { ERASED } from '../../lib/core/telemetry/rollup/erased';
import type { Host } from '../fixtures/hosts/host';
import { startOpenAiHost } from '../fixtures/hosts/openai-host';
import { answering } from '../fixtures/hosts/script';
import { anAttribution } from '../lambda/shared/an-attribution';
import { aPolicy } from './a-policy';
import { run, scratch } from './command-line';

/** How long ago the router served, by the clock of its store: all of it is settled. */
const AGO_MS = 3 * HOUR_MS;
const CUSTOMERS = ['acme', 'globex'] as const;

const folder = scratch();
let host: Host;
beforeAll(async () => {
  host = await startOpenAiHost(() => answering({ text: 'billing' }));
});
afterAll(async () => {
  await host.close();
  folder.remove();
});

let places = 0;
const aPlace = () => join(folder.path, `place-${places++}`);

interface Served {
  readonly path: string;
  readonly requests: Readonly<Record<string, readonly string[]>>;
  readonly keyIds: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** A router on a socket, with a key for each customer: three requests each in a session, and a word on the first. */
async function served(): Promise<Served> {
  const path = aPlace();
  const nowMs = () => Date.now() - AGO_MS;
  const store = await openStore({ kind: 'directory', path, nowMs });
  const text = aPolicy().replace(`\${SMALL_URL}`, `${host.url}/v1`).replace('    route: direct', STICKY);
  const runtime = await createRuntime({
    router: 'desk',
    openStore: async () => store,
    fallback: { text: text + BUDGETS + NO_CONTROL, file: 'policy.yaml' },
    variables: {},
    refreshMs: 60_000,
    warn: (message) => expect.unreachable(message),
  });
  const { app, newRequestId } = runtime;
  const afterwards = (one: Parameters<typeof runtime.keep>[0]) => void runtime.keep(one);
  const server = await startServer({
    app,
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: () => 1e6,
    newRequestId,
    afterwards,
  });
  const found = {
    requests: {} as Record<string, string[]>,
    keyIds: {} as Record<string, string>,
    secrets: {} as Record<string, string>,
  };
  for (const customer of CUSTOMERS) {
    const { record, secret } = newKey({ customer, operator: false, requestsPerMinute: 100 }, nowMs());
    await store.keys.add(record);
    Object.assign(found.keyIds, { [customer]: record.id });
    Object.assign(found.secrets, { [customer]: secret });
    found.requests[customer] = await ask(server.url, secret, customer);
  }
  await server.close(10_000);
  expect(await runtime.settle(10_000)).toBe(0);
  expect(await runtime.flush(10_000)).toBe(0);
  await rollUpStore(store, { nowMs: () => nowMs() + HOUR_MS });
  await runtime.close();
  return { path, ...found };
}

const STICKY = '    session: { sticky: true }\n    route: direct';
const BUDGETS =
  'budgets: [{ id: each, scope: customer, limitUsd: 5, period: day }, { scope: all, limitUsd: 9, period: day }]\n';
/** A request drawn by chance would go to another host too, and this test counts what each has had. */
const NO_CONTROL = 'control: { share: 0 }\n';

async function ask(url: string, apiKey: string, customer: string): Promise<string[]> {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
  const ids: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    const { response } = await client.chat.completions
      .create(
        { model: 'auto', messages: [{ role: 'user', content: `Which label is number ${n}?` }] },
        { headers: { 'x-tierwise-session': `session-of-${customer}` } },
      )
      .withResponse();
    ids.push(response.headers.get('x-request-id') ?? '');
  }
  // A record is there a moment after its answer, and on a busy machine later than its caller is waited for.
  await vi.waitFor(async () => expect(await tell(url, apiKey, ids[0] ?? '')).toBe(200), { timeout: 10_000 });
  return ids;
}

async function tell(url: string, apiKey: string, requestId: string): Promise<number> {
  const told = await fetch(`${url}/v1/feedback`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({ request_id: requestId, outcome: 'accepted' }),
  });
  return told.status;
}

/** Every file below a folder, by its name and what is in it. */
function filesBelow(path: string): string {
  return readdirSync(path, { recursive: true })
    .map(String)
    .map((name) => (statSync(join(path, name)).isFile() ? `${name}\n${readFileSync(join(path, name), 'utf8')}` : name))
    .join('\n');
}

async function json(...args: string[]) {
  const { code, out } = await run([...args, '--json']);
  expect(code).toBe(0);
  return JSON.parse(out);
}

describe('tierwise erase', () => {
  it('takes everything of a customer out of a store that a router has served from, and nothing else', async () => {
    const { path, requests, keyIds, secrets } = await served();
    const where = ['--store', path];
    const report = () => json('report', '--by', 'customer', '--since', '24h', ...where);
    const before = await report();
    const marks = ['acme', keyIds.acme ?? '', ...(requests.acme ?? [])];
    for (const mark of marks) expect(filesBelow(path)).toContain(mark);

    const refused = await run(['erase', '--customer', 'acme', '--yes', ...where]);
    expect(refused).toEqual({ code: 1, out: '', err: expect.stringContaining(`1 live key: ${keyIds.acme}.`) });
    const erasure = await json(
      'erase',
      '--customer',
      'acme',
      '--yes',
      '--revoke-keys',
      '--reason',
      'ticket 7',
      ...where,
    );
    expect(erasure).toMatchObject({
      schema: 1,
      customer: 'acme',
      dryRun: false,
      deleted: { records: 3, feedback: 1, sessions: 1, accounts: 1, keys: 1 },
      keysRevoked: [keyIds.acme],
      remaining: { records: 0, feedback: 0 },
      hosts: [{ tier: 'small', location: 'vpc', retentionDays: null, calls: 3 }],
    });

    const left = filesBelow(path);
    for (const mark of marks) expect(left).not.toContain(mark);
    for (const mark of ['globex', keyIds.globex ?? '', ...(requests.globex ?? [])]) expect(left).toContain(mark);
    const after = await report();
    expect(after.total).toEqual({ ...before.total, saving: expect.anything() });
    const rowsOf = (document: typeof before) =>
      Object.fromEntries(document.rows.map((row: { name: string; costUsd: number }) => [row.name, row.costUsd]));
    expect(rowsOf(after)).toEqual({ [ERASED]: rowsOf(before).acme, globex: rowsOf(before).globex });
    expect((await json('report', '--residency', '--customer', 'acme', '--since', '24h', ...where)).places).toEqual([]);
    const keys = (await json('key', 'list', ...where)).keys;
    expect(keys.map(({ customer }: { customer: string }) => customer)).toEqual(['globex']);
    expect((await run(['explain', requests.acme?.[0] ?? '', ...where])).code).toBe(1);
    expect((await json('explain', requests.globex?.[0] ?? '', ...where)).feedback).toMatchObject({
      outcome: 'accepted',
    });
    expect(Object.keys(secrets)).toEqual([...CUSTOMERS]);

    const { erasures } = await json('erase', '--history', ...where);
    expect(erasures).toMatchObject([{ reason: 'ticket 7', deleted: { records: 3 }, finishedAt: erasure.finishedAt }]);
    const history = await run(['erase', '--history', ...where]);
    expect(history.out).toMatch(/\d UTC +\d.* UTC +\S+ +3 +1 +0 +ticket 7\n$/);
    const again = await json('erase', '--customer', 'acme', '--yes', ...where);
    expect(new Set(Object.values(again.deleted))).toEqual(new Set([0]));
  });

  it('says in words what went, what is left and who else has something, and nothing of what it was', async () => {
    const { path, requests, keyIds } = await served();
    const foreseen = await run(['erase', '--customer', 'acme', '--dry-run', '--store', path]);
    expect(foreseen.out).toContain('What would go of acme; nothing was changed');
    expect(foreseen.out).toContain(`Live keys, which --revoke-keys would revoke: ${keyIds.acme}.`);
    expect(filesBelow(path)).toContain('acme');

    const store = await openStore({ kind: 'directory', path });
    await store.attributions.put(anAttribution({ requestId: 'just-now', customer: 'acme' }));
    await store.close();
    const { code, out, err } = await run(['erase', '--customer', 'acme', '--yes', '--revoke-keys', '--store', path]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^acme is erased in part: see what is LEFT, .* UTC\n\nDeleted\n {2}records of requests +3\n {2}words of feedback +1\n/,
    );
    expect(out).toMatch(/\nSums that lost the name\n {2}minutes +\d+\n/);
    expect(out).toMatch(/\nLEFT: 1 record and 0 words of feedback, .* Run the same command again after .* UTC\.\n/);
    expect(out).toMatch(/\nHosts that prompts went to.*\n.*\n {2}small +vpc +not said +3 /);
    expect(out).toMatch(/\nNot reached from here\n {2}Routers that run: /);
    for (const id of requests.acme ?? []) expect(out).not.toContain(id);
  });
});
