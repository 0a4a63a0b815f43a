import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeyFile } from '../../bin/commands/key/key-file';
import { isSecret, secretHash } from '../../lambda/router/access/key-secret';
import { newKey } from '../../lambda/router/access/new-key';
import type { KeyRecord } from '../../lambda/shared/store/key-port';
import { openStore } from '../../lambda/shared/store/open';
import { type AwsAccount, startAwsAccount } from '../fixtures/aws-account';
import { type DeployedTables, startDynamoDb } from '../fixtures/dynamodb';
import { anAttribution } from '../lambda/shared/an-attribution';
import { aPolicy, SET } from './a-policy';
import { run, scratch } from './command-line';

const folder = scratch();
afterAll(() => folder.remove());

let files = 0;
const aFile = (): string => join(folder.path, `keys-${files++}.json`);

interface Listed extends Omit<KeyRecord, 'hash'> {
  readonly state: string;
}

async function create(where: readonly string[], ...options: string[]): Promise<KeyRecord & { secret: string }> {
  const { code, out, err } = await run(['key', 'create', '--customer', 'acme', ...options, ...where, '--json']);
  // Most of these stores have no policy.
  expect([code, err.replace(/^warning: nobody could check .*\n/, '')]).toEqual([0, '']);
  return JSON.parse(out);
}

async function listed(where: readonly string[]): Promise<readonly Listed[]> {
  const { code, out } = await run(['key', 'list', ...where, '--json']);
  expect(code).toBe(0);
  return JSON.parse(out).keys;
}

describe.each([
  ['a file', () => ['--keys', aFile()]],
  ['a folder', () => ['--store', join(folder.path, `store-${files++}`)]],
])('keys in %s', (_name, aPlace) => {
  it('are made, listed and revoked', async () => {
    const where = aPlace();
    const first = await create(where);
    const second = await create(where, '--operator', '--task', 'triage', '--task', 'open', '--tier', 'small');
    expect(first.secret).not.toBe(second.secret);
    expect(isSecret(first.secret)).toBe(true);
    expect(await listed(where)).toMatchObject([
      { id: first.id, customer: 'acme', operator: false, state: 'active' },
      { id: second.id, operator: true, tasks: ['triage', 'open'], tiers: ['small'], state: 'active' },
    ]);

    const revoked = await run(['key', 'revoke', first.id, ...where, '--json']);
    expect(JSON.parse(revoked.out)).toEqual({ id: first.id, revokedAt: expect.stringMatching(/Z$/) });
    expect((await listed(where)).map(({ state }) => state)).toEqual(['revoked', 'active']);
    const again = await run(['key', 'revoke', first.id, ...where]);
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('was revoked already')]);
    expect((await listed(where))[0]?.revokedAt).toBe(JSON.parse(revoked.out).revokedAt);
  });

  it('show their secret once, alone on stdout, and neither it nor its hash ever again', async () => {
    const where = aPlace();
    const made = await run(['key', 'create', '--customer', 'acme', ...where]);
    const secret = made.out.trim();
    expect([isSecret(secret), made.code]).toEqual([true, 0]);
    expect(made.err).toMatch(/^Key key-[0-9a-f]{16} for customer acme\./);
    expect(made.err).not.toContain(secret);
    const [id] = (await listed(where)).map((key) => key.id);
    const later = [
      await run(['key', 'list', ...where]),
      await run(['key', 'list', ...where, '--json']),
      await run(['key', 'revoke', id as string, ...where, '--json']),
      await run(['key', 'revoke', 'key-0', ...where]),
    ];
    const told = JSON.stringify([made.err, later]);
    for (const marker of [secret, secretHash(secret), secretHash(secret).slice(0, 12)])
      expect(told).not.toContain(marker);
  });

  it('are a table for people, with what limits them', async () => {
    const where = aPlace();
    const limits = ['--tier', 'small', '--user-tier', 'gold', '--residency', 'vpc', '--requests-per-minute', '60'];
    const { id } = await create(where, ...limits, '--expires', '90d');
    const { out } = await run(['key', 'list', ...where]);
    const [heading, row] = out.split('\n');
    expect(heading).toMatch(/^id +customer +state +limits +created +expires$/);
    expect(row).toMatch(
      new RegExp(`^${id} +acme +active +tiers small, user tier gold, residency vpc, 60 a minute +\\S+Z +\\S+Z$`),
    );
  });

  it('name one that is not there', async () => {
    const where = aPlace();
    await create(where);
    const { code, err } = await run(['key', 'revoke', 'key-nobody', ...where]);
    expect([code, err]).toEqual([1, expect.stringContaining('has no key key-nobody; tierwise key list shows')]);
  });
});

describe('a key', () => {
  it.each([
    ['90d', 90 * 86_400_000],
    ['12h', 12 * 3_600_000],
  ])('expires after %s', async (given, ms) => {
    const atMs = Date.now();
    const { expiresAt } = await create(['--keys', aFile()], '--expires', given);
    expect(Math.abs(Date.parse(expiresAt as string) - atMs - ms)).toBeLessThan(30_000);
  });

  it.each([
    ['2999-01-31', '2999-01-31T00:00:00.000Z'],
    ['2999-01-31T18:30Z', '2999-01-31T18:30:00.000Z'],
    ['2999-01-31T18:30:00+02:00', '2999-01-31T16:30:00.000Z'],
  ])('expires at %s', async (given, expected) => {
    expect((await create(['--keys', aFile()], '--expires', given)).expiresAt).toBe(expected);
  });

  it('is listed as expired once it is', async () => {
    const file = aFile();
    const expiresAt = new Date(Date.now() - 1000).toISOString();
    await openKeyFile(file).add(newKey({ customer: 'acme', operator: false, expiresAt }, 0).record);
    expect((await listed(['--keys', file]))[0]?.state).toBe('expired');
  });

  it.each([
    ['no customer', [], "required option '--customer <name>' not specified"],
    ['a customer with a space', ['--customer', 'acme ltd'], '1 to 128 visible ASCII characters without spaces'],
    ['a customer called as the erased are', ['--customer', '(erased)'], 'neither - nor (erased)'],
    ['an empty customer', ['--customer', ''], '--customer is empty: give 1 to 128 visible ASCII'],
    ['an empty task', ['--customer', 'a', '--task', ''], '--task is empty: an id of the policy has'],
    ['an empty user tier', ['--customer', 'a', '--user-tier', ''], '--user-tier is empty: give 1 to'],
    ['an empty residency', ['--customer', 'a', '--residency', ''], '--residency is empty: allowed are vpc'],
    ['an empty date', ['--customer', 'a', '--expires', ''], '--expires is empty: give a time'],
    ['a residency of its own', ['--customer', 'a', '--residency', 'moon'], 'allowed are vpc, region, geography, any'],
    ['a task that is no id', ['--customer', 'a', '--task', 'Ticket Triage'], 'small letters, digits and hyphens'],
    ['a tier that is no id', ['--customer', 'a', '--tier', 'x-1'], 'small letters, digits and hyphens'],
    ['a user tier with a control', ['--customer', 'a', '--user-tier', 'go\tld'], '1 to 128 printable characters'],
    ['no requests at all', ['--customer', 'a', '--requests-per-minute', '0'], 'a whole number from 1 to 1000000'],
    ['an expiry that is none', ['--customer', 'a', '--expires', 'soon'], 'such as 12h or 90d'],
    ['a day that is none', ['--customer', 'a', '--expires', '2999-02-31'], 'an ISO date such as 2027-01-31'],
    ['a time without a zone', ['--customer', 'a', '--expires', '2999-02-01T10:00'], 'an ISO date such as'],
    ['an expiry in the past', ['--customer', 'a', '--expires', '2020-01-01'], 'lies in the past'],
    ['a file and a folder', ['--customer', 'a', '--store', 'x'], 'Give --keys or --store, not both'],
    ['a file and a stack', ['--customer', 'a', '--stack', 'x'], 'Give --keys or --stack, not both'],
  ])('is refused with %s, and nothing is written', async (_name, options, word) => {
    const file = aFile();
    const { code, out, err } = await run(['key', 'create', ...options, '--keys', file]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(word);
    expect(existsSync(file)).toBe(false);
  });

  it('needs a place', async () => {
    for (const args of [['create', '--customer', 'a'], ['list'], ['revoke', 'key-0']]) {
      const { code, err } = await run(['key', ...args]);
      expect([code, err]).toEqual([1, expect.stringContaining('--stack NAME for a deployed stack, or --keys FILE')]);
    }
  });

  it('is only made for what the policy in force has', async () => {
    const path = join(folder.path, 'published');
    const policy = folder.file(
      'published.yaml',
      aPolicy().replace('owner: desk', 'owner: desk\nuserTiers: [free, gold]'),
    );
    expect((await run(['publish', policy, '--store', path], SET)).code).toBe(0);
    const refused: readonly (readonly [string, string, string])[] = [
      ['--task', 'triaj', 'no task "triaj"; it has triage.'],
      ['--tier', 'tiny', 'no tier "tiny"; it has small, large.'],
      ['--user-tier', 'glod', 'no user tier "glod"; it has free, gold.'],
    ];
    for (const [option, value, word] of refused) {
      const { code, err } = await run(['key', 'create', '--customer', 'a', option, value, '--store', path]);
      expect([code, err]).toEqual([1, expect.stringContaining(word)]);
    }
    await create(['--store', path], '--task', 'triage', '--tier', 'small', '--user-tier', 'gold');
    expect(await listed(['--store', path])).toHaveLength(1);
  });
});

async function aStoreWithoutKeys(): Promise<string> {
  const path = join(folder.path, 'no-keys');
  const store = await openStore({ kind: 'directory', path });
  await store.attributions.put(anAttribution({ requestId: 'one' }));
  await store.close();
  return path;
}

describe('a place without keys', () => {
  it('says so', async () => {
    const file = folder.file('empty.json', '{"schema": 1, "keys": []}');
    for (const where of [
      ['--keys', file],
      ['--store', await aStoreWithoutKeys()],
    ]) {
      expect((await run(['key', 'list', ...where])).out).toBe(`${where[1]} has no keys yet.\n`);
      expect((await run(['key', 'list', ...where, '--json'])).out).toBe('{"keys":[]}\n');
    }
  });

  it('is no file at all until the first is made, folder and all', async () => {
    const file = join(folder.path, 'deep', 'down', 'keys.json');
    for (const args of [['list'], ['revoke', 'key-0']]) {
      const { code, err } = await run(['key', ...args, '--keys', file]);
      expect([code, err]).toEqual([
        1,
        `${file}: no such file; tierwise key create --customer C --keys ${file} makes it.\n`,
      ]);
    }
    await create(['--keys', file]);
    expect(await listed(['--keys', file])).toHaveLength(1);
  });
});

describe('a file of keys', () => {
  it('holds hashes alone, is only its owner’s to read, and keeps the mode it was given', async () => {
    const file = aFile();
    const { secret, id } = await create(['--keys', file]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      schema: 1,
      keys: [{ id, hash: secretHash(secret) }],
    });
    expect(readFileSync(file, 'utf8')).not.toContain(secret.slice(3, 20));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o640);
    await create(['--keys', file]);
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  it('loses none of those that are made at once', async () => {
    const file = aFile();
    const made = await Promise.all(Array.from({ length: 12 }, () => create(['--keys', file])));
    expect((await listed(['--keys', file])).map(({ id }) => id).sort()).toEqual(made.map(({ id }) => id).sort());
  });

  it('gives no id and no hash to two', async () => {
    const keys = openKeyFile(aFile());
    const { record } = newKey({ customer: 'acme', operator: false }, 0);
    const other = newKey({ customer: 'acme', operator: false }, 0).record;
    expect(await keys.add(record)).toBe(true);
    expect(await keys.add({ ...other, id: record.id })).toBe(false);
    expect(await keys.add({ ...other, hash: record.hash })).toBe(false);
    expect(await keys.list()).toEqual([record]);
  });

  const whole = newKey({ customer: 'acme', operator: false }, 0).record;
  it.each([
    ['no JSON', '{"keys": [', 'is not JSON'],
    ['something else', '{"schema": 1}', 'holds no keys'],
    ['another schema', '{"schema": 2, "keys": []}', 'holds no keys'],
    ['a limit nobody knows', keysText({ ...whole, maxRequests: 3 }), 'keys[0].maxRequests: there is no such member'],
    [
      'a residency nobody knows',
      keysText({ ...whole, residency: 'eu' }),
      'keys[0].residency: must be one of vpc, region',
    ],
    ['a hash that is none', keysText({ ...whole, hash: 'secret-as-it-is' }), 'keys[0].hash: must be the SHA-256'],
    ['a date that is none', keysText({ ...whole, expiresAt: 'tomorrow' }), 'keys[0].expiresAt: must be an ISO date'],
    ['a text for a list', keysText({ ...whole, tasks: 'triage' }), 'keys[0].tasks: must be a list'],
    ['no key', '{"schema": 1, "keys": [null]}', 'keys[0]: is not a key'],
  ])('is refused where it holds %s, and not changed', async (_name, text, word) => {
    const file = aFile();
    writeFileSync(file, text);
    for (const args of [['list'], ['create', '--customer', 'a'], ['revoke', 'key-0']]) {
      const { code, err } = await run(['key', ...args, '--keys', file]);
      expect([code, err]).toEqual([1, expect.stringContaining(`${file}: ${word}`)]);
      expect(err).not.toContain('secret-as-it-is');
    }
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('says what to do where it cannot be written', async () => {
    const { code, err } = await run([
      'key',
      'create',
      '--customer',
      'a',
      '--keys',
      `${folder.file('flat', '')}/keys.json`,
    ]);
    expect([code, err]).toEqual([1, expect.stringContaining('is a file; name a folder')]);
  });
});

function keysText(...keys: readonly object[]): string {
  return JSON.stringify({ schema: 1, keys });
}

describe('keys of a deployed stack', () => {
  let db: DeployedTables;
  let account: AwsAccount;

  beforeAll(async () => {
    db = await startDynamoDb();
    const outputs = {
      PolicyTableName: db.tables.policyTable,
      AttributionTableName: db.tables.attributionTable,
      AccessTableName: db.tables.accessTable,
      DeploymentFixed: JSON.stringify({ region: 'eu-central-1', tiers: {}, residency: { '*': 'any' } }),
    };
    account = await startAwsAccount(() => {
      const member = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
      return { body: { Stacks: { member: { StackName: 's', Outputs: { member } } } } };
    });
    Object.assign(process.env, account.variables, { AWS_ENDPOINT_URL_DYNAMODB: db.endpoint });
  });
  afterAll(async () => {
    for (const name of [...Object.keys(account.variables), 'AWS_ENDPOINT_URL_DYNAMODB']) delete process.env[name];
    await account.close();
    await db.stop();
  });

  it('go into its own table, where its router finds them by their hash', async () => {
    const { id, secret } = await create(['--stack', 'Desk']);
    const store = await openStore({ kind: 'dynamodb', ...db.tables, region: 'eu-central-1' });
    expect(await store.keys.byHash(secretHash(secret))).toMatchObject({ id, customer: 'acme' });
    expect((await run(['key', 'revoke', id, '--stack', 'Desk'])).code).toBe(0);
    expect((await store.keys.byHash(secretHash(secret)))?.revokedAt).toBeDefined();
    await store.close();
    expect(await listed(['--stack', 'Desk'])).toMatchObject([{ id, state: 'revoked' }]);
  });
});
