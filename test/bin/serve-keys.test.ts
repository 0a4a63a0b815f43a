import { writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openKeyFile } from '../../bin/commands/key/key-file';
import { newKey } from '../../lambda/router/access/new-key';
import type { KeyStore } from '../../lambda/shared/store/key-port';
import { openStore } from '../../lambda/shared/store/open';
import type { Host } from '../fixtures/hosts/host';
import { startOpenAiHost } from '../fixtures/hosts/openai-host';
import { answering } from '../fixtures/hosts/script';
import { aPolicy } from './a-policy';
import { type Serving, scratch, serve, tierwise } from './command-line';

const folder = scratch();
/** A machine may have no address of IPv6. */
const HAS_IPV6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'));
const both = (one: string, six: string): string[] => (HAS_IPV6 ? [one, six] : [one]);
const MESSAGES = [{ role: 'user' as const, content: 'Which label?' }];
/** Milliseconds, and as `--refresh` takes it. */
const REFRESH_MS = 200;
const REFRESH = ['--refresh', '0.2'];

let host: Host;
let policy: readonly string[];
const running: Serving[] = [];
let places = 0;

beforeAll(async () => {
  host = await startOpenAiHost(() => answering({ text: 'billing' }));
  const text = aPolicy().replace(`\${SMALL_URL}`, `${host.url}/v1`);
  policy = ['--policy', folder.file('policy.yaml', text)];
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});
afterAll(async () => {
  await host.close();
  folder.remove();
});

async function serving(...args: readonly string[]): Promise<Serving> {
  const server = await serve([...policy, ...REFRESH, ...args]);
  running.push(server);
  return server;
}

const aPath = (): string => join(folder.path, `place-${places++}`);

async function give(keys: Pick<KeyStore, 'add'>, limits: { requestsPerMinute?: number } = {}) {
  const { record, secret } = newKey({ customer: 'acme', operator: false, ...limits }, Date.now());
  await keys.add(record);
  return { secret, id: record.id };
}

/** Of a request with this secret, and of one without any. */
async function status({ url }: Serving, secret?: string): Promise<number> {
  const headers: Record<string, string> = secret === undefined ? {} : { authorization: `Bearer ${secret}` };
  // What listens on every address is asked at one.
  const at = url.replace('0.0.0.0', '127.0.0.1').replace('[::]', '[::1]');
  const body = JSON.stringify({ model: 'auto', messages: MESSAGES });
  return (await fetch(`${at}/v1/chat/completions`, { method: 'POST', headers, body })).status;
}

describe('tierwise serve --keys', () => {
  it('answers the OpenAI client with a key of the file, and nobody else', async () => {
    const file = aPath();
    const { secret } = await give(openKeyFile(file));
    const server = await serving('--keys', file);
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: secret, maxRetries: 0 });
    const answer = await client.chat.completions.create({ model: 'auto', messages: MESSAGES });
    expect(answer.choices[0]?.message.content).toBe('billing');
    expect([await status(server), await status(server, 'unused')]).toEqual([401, 401]);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    expect(server.stderr()).toBe('');
  });

  it('reads the file again: a key is taken and refused within the refresh time, without a restart', async () => {
    const file = aPath();
    const keys = openKeyFile(file);
    await give(keys);
    const server = await serving('--keys', file);
    const { secret, id } = await give(keys);
    expect(await status(server, secret)).toBe(200);
    await keys.revoke(id, Date.now());
    await new Promise((resolve) => setTimeout(resolve, REFRESH_MS + 50));
    expect(await status(server, secret)).toBe(401);
  });

  it('goes on for the keys it knows when the file breaks, takes no others, and says so once', async () => {
    const file = aPath();
    const keys = openKeyFile(file);
    const [known, other] = [await give(keys), await give(keys)];
    const server = await serving('--keys', file);
    expect(await status(server, known.secret)).toBe(200);
    writeFileSync(file, '{"keys": "all"}');
    await new Promise((resolve) => setTimeout(resolve, REFRESH_MS + 50));
    expect([await status(server, known.secret), await status(server, other.secret)]).toEqual([200, 503]);
    expect(server.stderr()).toBe(
      `tierwise: callers' keys cannot be looked up: ${file}: holds no keys; expected {"schema": 1, "keys": [...]}.\n`,
    );
  });

  it('holds keys to their requests a minute, counted in a store that all of its processes share', async () => {
    const [file, store] = [aPath(), aPath()];
    const { secret } = await give(openKeyFile(file), { requestsPerMinute: 5 });
    const servers = [await serving('--keys', file, '--store', store), await serving('--keys', file, '--store', store)];
    const ask = async (at: number): Promise<number> => status(servers[at % 2] as Serving, secret);
    const first = await Promise.all(Array.from({ length: 20 }, (_, at) => ask(at)));
    // A minute may have ended in between.
    const taken = first.filter((code) => code === 200).length;
    expect([5, 10]).toContain(taken);
    expect(first.filter((code) => code === 429)).toHaveLength(20 - taken);
  });

  it.each([
    ['is not there', () => aPath(), 'no such file; tierwise key create --customer C --keys'],
    ['holds no keys', () => folder.file('broken.json', '[]'), 'holds no keys'],
  ])('does not start with a file that %s', async (_name, aFile, word) => {
    const { code, err } = await tierwise(['serve', '--port', '0', ...policy, '--keys', aFile()]);
    expect([code, err]).toEqual([1, expect.stringContaining(word)]);
  });
});

describe('tierwise serve on an address that other machines reach', () => {
  it.each([
    ['memory', () => []],
    ['a folder without keys', () => ['--store', aPath()]],
  ])('does not start with a store in %s', async (_name, where) => {
    for (const address of ['0.0.0.0', '::', '192.0.2.1', 'example.org']) {
      const { code, err } = await tierwise(['serve', '--port', '0', ...policy, '--host', address, ...where()]);
      expect([code, err]).toEqual([
        1,
        expect.stringContaining(`--host ${address}: without keys the router listens on`),
      ]);
      expect(err).toContain('tierwise key create');
    }
  });

  it.each(both('0.0.0.0', '::'))('listens on %s once there is a key, which everybody needs then', async (address) => {
    const path = aPath();
    const store = await openStore({ kind: 'directory', path });
    const { secret } = await give(store.keys);
    await store.close();
    const server = await serving('--host', address, '--store', path);
    expect([await status(server), await status(server, secret)]).toEqual([401, 200]);
  });

  it('listens with a file of keys', async () => {
    const file = aPath();
    const { secret } = await give(openKeyFile(file));
    const server = await serving('--host', '0.0.0.0', '--keys', file);
    expect([await status(server), await status(server, secret)]).toEqual([401, 200]);
  });
});

describe('tierwise serve on loopback', () => {
  it.each([...both('127.0.0.1', '::1'), 'localhost'])('asks for no key on %s', async (address) => {
    const server = await serving('--host', address);
    expect([await status(server), await status(server, 'unused')]).toEqual([200, 200]);
  });

  it('asks for one from when the store has its first, and still when that is revoked', async () => {
    const path = aPath();
    const server = await serving('--store', path);
    expect(await status(server)).toBe(200);
    const store = await openStore({ kind: 'directory', path });
    const { secret, id } = await give(store.keys);
    await expect.poll(() => status(server), { timeout: 20_000 }).toBe(401);
    expect(await status(server, secret)).toBe(200);
    await store.keys.revoke(id, Date.now());
    await store.close();
    await expect.poll(() => status(server, secret), { timeout: 20_000 }).toBe(401);
    expect(await status(server)).toBe(401);
    await server.stop();
    expect(await status(await serving('--store', path))).toBe(401);
  });
});
