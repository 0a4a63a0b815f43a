import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aPolicy, SET } from '../a-policy';
import { run, type Serving, scratch, serve } from '../command-line';

const folder = scratch();
const STORE = join(folder.path, 'store');
const ASK = { model: 'auto', messages: [{ role: 'user', content: 'I was charged twice.' }] };

let server: Serving;
beforeAll(async () => {
  server = await serve(['--store', STORE, '--refresh', '0.2'], SET);
});
afterAll(async () => {
  await server.stop();
  folder.remove();
});

function ask(path: string): Promise<Response> {
  return fetch(`${server.url}${path}`, { method: 'POST', body: JSON.stringify(ASK) });
}

describe('a server without a policy', () => {
  it('says so, to who started it and to callers, until one is published', async () => {
    const said = `tierwise: no policy is in force, so every request is refused until one is published: tierwise publish FILE --store ${STORE}\n`;
    await expect.poll(server.stderr, { timeout: 20_000 }).toContain(said);
    const refused = await ask('/v1/chat/completions');
    expect([refused.status, await refused.json()]).toMatchObject([503, { error: { code: 'tiers_unavailable' } }]);

    const policy = folder.file('policy.yaml', aPolicy());
    expect((await run(['publish', policy, '--store', STORE], SET)).code).toBe(0);
    await expect.poll(async () => (await ask('/v1/route')).status, { timeout: 20_000 }).toBe(200);
  });
});

describe('a server whose store cannot be reached, and that has no policy of its own', () => {
  it('does not speak of a policy that stays in force, and names the tables it will look at', async () => {
    const environment = {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1',
    };
    const apart = await serve(['--store', 'dynamodb', '--table-prefix', 'desk-'], environment);
    await expect
      .poll(apart.stderr, { timeout: 20_000 })
      .toContain('tierwise publish FILE --store dynamodb --table-prefix desk-\n');
    expect(apart.stderr()).toMatch(/the store cannot be reached, and no policy is in force: .*ECONNREFUSED/);
    expect(apart.stderr()).not.toContain('stays in force');
    await apart.stop();
  });
});
