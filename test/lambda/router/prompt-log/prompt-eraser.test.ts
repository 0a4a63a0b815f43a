import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openPromptEraser, type PromptEraser } from '../../../../lambda/router/prompt-log/prompt-eraser';
import { transcriptOf } from '../../../../lambda/router/prompt-log/transcript';
import { type AwsAccount, startAwsAccount } from '../../../fixtures/aws-account';
import { S3Listing } from '../../../fixtures/s3-listing';
import { anExchange, keepingPolicy } from './an-exchange';

let bucket: S3Listing;
let account: AwsAccount;
let eraser: PromptEraser;

beforeAll(async () => {
  account = await startAwsAccount((asked) => bucket.answer(asked));
  for (const [name, value] of Object.entries(account.variables)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await account.close();
});
beforeEach(() => {
  bucket = new S3Listing('prompts');
  eraser = openPromptEraser('prompts', 'eu-central-1');
});
afterEach(() => eraser.close());

/** Where the router puts a request of the customer. */
function placeOf(id: string, customer: string, days: number, owner = 'data office'): string {
  const exchange = anExchange();
  const policy = keepingPolicy();
  const prompts = { kmsKey: 'key', expires: '2026-12-31', owner };
  const request = { ...exchange.request, id, caller: { customer } };
  const attribution = { ...policy.attribution, prompts };
  const heard = { status: 200, text: '{}', isCut: false };
  return transcriptOf({ ...exchange, request, policy: { ...policy, attribution } }, heard, days).key;
}

describe('prompts of a customer', () => {
  it('go from every folder of every owner, and those of others stay, whatever their names', async () => {
    const mine = ['a', 'b', 'c', 'd', 'e'].map((id) => placeOf(id, 'acme & sons', 32));
    mine.push(placeOf('f', 'acme & sons', 1), placeOf('g', 'acme & sons', 32, 'owner of before'));
    const others = ['acme', 'acme & sons 2', 'data office', '-'].map((customer) => placeOf('x', customer, 32));
    for (const key of [...mine, ...others]) bucket.keys.add(key);
    expect(await eraser.count('acme & sons')).toBe(7);
    expect(bucket.keys.size).toBe(11);
    expect(await eraser.remove('acme & sons')).toBe(7);
    expect([...bucket.keys].sort()).toEqual(others.sort());
    expect(await eraser.remove('acme & sons')).toBe(0);
  });

  it('that the bucket does not let go of are told, without their names', async () => {
    const key = placeOf('a', 'acme', 32);
    bucket.keys.add(key);
    bucket.kept.add(key);
    await expect(eraser.remove('acme')).rejects.toThrow(
      /^the bucket for prompts does not let go of an object: AccessDenied$/,
    );
  });
});
