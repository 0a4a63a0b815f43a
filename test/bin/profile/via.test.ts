import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../bin/commands/command';
import { scratch } from '../command-line';
import { aCorpus, aPolicyText, sorting } from './a-corpus';
import { type FakeHost, fakeHost } from './fake-host';
import { profile } from './run-profile';

const folder = scratch();
const hosts: FakeHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});
afterAll(() => folder.remove());

async function aRouter(...args: Parameters<typeof fakeHost>): Promise<FakeHost> {
  const host = await fakeHost(...args);
  hosts.push(host);
  return host;
}

let runs = 0;

function inputs(host: FakeHost, rows: number, change: (text: string) => string = (text) => text) {
  runs += 1;
  const out = join(folder.path, `out-${runs}`);
  const policy = folder.file(`p-${runs}.yaml`, change(aPolicyText('http://127.0.0.1:9/v1')));
  const corpus = folder.file(`c-${runs}.jsonl`, aCorpus(rows));
  return { out, args: ['--policy', policy, '--corpus', corpus, '--out', out, '--via', host.baseUrl] };
}

/** With what an answer of the journal was asked. */
function manifestIn(out: string) {
  return JSON.parse(readFileSync(join(out, 'answers.jsonl'), 'utf8').split('\n')[0] ?? '').manifest;
}

describe('a profile through a deployed router', () => {
  it('keeps which policy the router routed by', async () => {
    const router = await aRouter(sorting);
    const { args, out } = inputs(router, 5);
    const { error, err } = await profile(args);
    expect(error).toBeUndefined();
    expect(err).not.toContain('warning: the router');
    expect(manifestIn(out)).toMatchObject({ via: router.baseUrl, router: { id: 'sorting', version: '7' } });
  });

  it.each<[string, (text: string) => string, string]>([
    [
      'whose model the router does not have',
      (text) => text.replace('model: mid-model', 'model: newer-model'),
      'mid: the policy here says newer-model, and no tier of the router has that model',
    ],
    [
      'that the router does not have',
      (text) => text.replaceAll(/\bmid\b(?!-model)/g, 'middle'),
      'middle: the router has no such tier, or not for this key',
    ],
  ])('refuses a tier %s, and asks nothing', async (_what, change, message) => {
    const router = await aRouter(sorting);
    const { args, out } = inputs(router, 5, change);
    const { error } = await profile(args);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain(message);
    expect((error as UserError).message).not.toContain('small:');
    expect(router.asked).toEqual([]);
    expect(existsSync(join(out, 'answers.jsonl'))).toBe(false);
  });

  it('minds only the tiers that it asks', async () => {
    const router = await aRouter(sorting);
    const { args } = inputs(router, 5, (text) => text.replace('model: mid-model', 'model: newer-model'));
    expect((await profile([...args, '--tiers', 'small,large'])).error).toBeUndefined();
  });

  it('says where prompts are those of another policy', async () => {
    const router = await aRouter(sorting);
    const prompted = inputs(router, 2, (text) =>
      text.replace('expectedOutputTokens', 'prompts: { small: "Be brief." }\n    expectedOutputTokens'),
    );
    expect((await profile(prompted.args)).err).toContain('see that those of sort are the same there');
    router.router = { ...router.router, policy: { id: 'other', version: '1' } };
    expect((await profile(inputs(router, 2).args)).err).toContain('the router routes by policy other');
  });

  it('is not gone on with under another version of its policy', async () => {
    const router = await aRouter(sorting);
    const { args } = inputs(router, 5);
    expect((await profile(args)).error).toBeUndefined();
    const before = router.router;
    router.router = { ...before, policy: { id: 'sorting', version: '8' } };
    const { error } = await profile([...args, '--resume']);
    expect(String(error)).toContain("the router's policy was sorting, version 7, and is sorting, version 8");
    router.router = before;
    expect((await profile([...args, '--resume'])).error).toBeUndefined();
    expect(router.asked).toHaveLength(15);
  });

  it('ends when another version comes into force, keeps no answer of that one, and counts it as paid', async () => {
    let router: FakeHost | undefined;
    const other = await aRouter((asked, nth) => {
      if (nth === 20 && router) router.router = { ...router.router, policy: { id: 'sorting', version: '8' } };
      return sorting(asked);
    });
    router = other;
    const { args, out } = inputs(other, 40);
    const { error } = await profile([...args, '--concurrency', '1']);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain(
      "Version 8 of the router's policy came into force during the run, which began under 7",
    );
    const kept = readFileSync(join(out, 'answers.jsonl'), 'utf8').trimEnd().split('\n').length - 1;
    expect(kept).toBe(20);
    expect(other.asked.length).toBeLessThan(25);

    const asked = other.asked.length;
    other.router = { ...other.router, policy: { id: 'sorting', version: '7' } };
    const again = await profile([...args, '--resume']);
    expect(again.error).toBeUndefined();
    expect(again.err).toMatch(
      /^\d+ calls? (was|were) under way when the run before was ended.*counted as paid: \$0\.0/m,
    );
    expect(other.asked.length - asked).toBe(3 * 40 - kept);
  });

  it.each<[string, string, RegExp]>([
    ['nothing', 'http://127.0.0.1:9', /--via: http:\/\/127\.0\.0\.1:9\/health cannot be reached: /],
    ['no router', '', /\/v1\/health does not answer as a router does \(HTTP 200\)/],
  ])('says that %s is there', async (_what, address, message) => {
    const host = await aRouter(sorting);
    const { args } = inputs(host, 2);
    const url = address === '' ? `${host.baseUrl}/v1/v1` : address;
    const { error } = await profile([...args.slice(0, -1), url]);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(message);
  });
});
