import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPromptBucket } from '../../../../lambda/router/prompt-log/prompt-bucket';
import { createPromptLog, type PromptLogOptions } from '../../../../lambda/router/prompt-log/prompt-log';
import type { PromptBucket, Transcript } from '../../../../lambda/router/prompt-log/transcript';
import type { Response } from '../../../../lib/core/types';
import { aPolicy, aTask, aTier } from '../../../builders';
import { type AwsAccount, startAwsAccount } from '../../../fixtures/aws-account';
import { S3Objects } from '../../../fixtures/s3-objects';
import { anExchange, keepingPolicy, NOON_MS, PLANTED } from './an-exchange';

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/prompts';
const SILENT_POLICY = aPolicy({ tiers: [aTier({ id: 'small' })], tasks: [aTask({ id: 'triage', ladder: ['small'] })] });
const ANSWER: Response = { status: 200, headers: {}, body: JSON.stringify({ said: `${PLANTED} answer` }) };

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function textOf({ body }: Response): Promise<string> {
  if (typeof body === 'string') return body;
  let text = '';
  for await (const bytes of body) text += Buffer.from(bytes).toString();
  return text;
}

/** A log over a bucket that is a list. */
function aLog(options: Partial<PromptLogOptions> = {}) {
  const put: Transcript[] = [];
  const warnings: string[] = [];
  const bucket: PromptBucket = { put: async (transcript) => void put.push(transcript), close: () => {} };
  const warn = (message: string) => void warnings.push(message);
  return { log: createPromptLog({ bucket, nowMs: () => NOON_MS, warn, ...options }), put, warnings };
}

describe('the prompt log', () => {
  it('keeps nothing unless the policy says so, and leaves the response as it is', async () => {
    const { log, put, warnings } = aLog();
    expect(log.transcribe(anExchange({}, SILENT_POLICY), ANSWER)).toBe(ANSWER);
    expect(await log.flush(1000)).toBe(0);
    expect([put, warnings]).toEqual([[], []]);
    expect(log.standing(SILENT_POLICY)).toBeUndefined();
  });

  it('keeps what was asked and answered, for whom and until when', async () => {
    const { log, put } = aLog();
    expect(log.transcribe(anExchange(), ANSWER)).toBe(ANSWER);
    expect(await log.flush(1000)).toBe(0);
    expect(put.map(({ key }) => key)).toEqual(['keep-32-days/data%20office/acme%20%26%20sons/2026-11-22/req-1.json']);
    expect(JSON.parse(put[0]?.body ?? '')).toEqual({
      schema: 1,
      requestId: 'req-1',
      time: '2026-11-22T12:00:00.000Z',
      task: 'triage',
      customer: 'acme & sons',
      keyId: 'key-1',
      policy: 'test',
      owner: 'data office',
      expires: '2026-12-31',
      request: { model: 'auto', messages: [{ role: 'user', content: `${PLANTED} prompt` }] },
      status: 200,
      answer: { said: `${PLANTED} answer` },
    });
  });

  it('hands a stream on byte by byte, and keeps it once it has ended', async () => {
    const { log, put } = aLog();
    const response = log.transcribe(anExchange(), { ...ANSWER, body: pieces('data: 1\n\n', 'data: 2\n\n') });
    expect(put).toEqual([]);
    expect(await textOf(response)).toBe('data: 1\n\ndata: 2\n\n');
    await log.flush(1000);
    expect(JSON.parse(put[0]?.body ?? '').answer).toBe('data: 1\n\ndata: 2\n\n');
  });

  it('keeps what has left of a stream that its caller broke off, and closes it', async () => {
    const { log, put } = aLog();
    let isClosed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.from('more ');
      } finally {
        isClosed = true;
      }
    }
    const { body } = log.transcribe(anExchange(), { ...ANSWER, body: endless() });
    let seen = 0;
    for await (const _ of body as AsyncIterable<Uint8Array>) if (++seen === 3) break;
    await log.flush(1000);
    expect(isClosed).toBe(true);
    expect(JSON.parse(put[0]?.body ?? '').answer).toBe('more more more ');
  });

  it('lets a stream fail as it fails', async () => {
    const { log } = aLog();
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('so far');
      throw new Error('cut');
    }
    await expect(textOf(log.transcribe(anExchange(), { ...ANSWER, body: failing() }))).rejects.toThrow('cut');
  });

  it('cuts an answer that is very long, and says so', async () => {
    const { log, put } = aLog();
    const response = log.transcribe(anExchange(), { ...ANSWER, body: pieces(...Array(6).fill('x'.repeat(1_000_000))) });
    expect(await textOf(response)).toHaveLength(6_000_000);
    await log.flush(1000);
    const { answer, isCut } = JSON.parse(put[0]?.body ?? '');
    expect([answer.length, isCut]).toEqual([4_000_000, true]);
  });

  it('keeps nothing from the day on that the policy names, and says so once', async () => {
    let nowMs = Date.parse('2026-12-30T23:59:59Z');
    const { log, put, warnings } = aLog({ nowMs: () => nowMs });
    log.transcribe(anExchange(), ANSWER);
    expect(log.standing(keepingPolicy())?.state).toBe('kept');
    nowMs = Date.parse('2026-12-31');
    for (let time = 0; time < 3; time++) expect(log.transcribe(anExchange(), ANSWER)).toBe(ANSWER);
    await log.flush(1000);
    expect(put).toHaveLength(1);
    expect(log.standing(keepingPolicy())).toEqual({ owner: 'data office', expires: '2026-12-31', state: 'expired' });
    expect(warnings).toEqual([
      'policy version test wants prompts to be kept, and none is: its time was over on 2026-12-31',
    ]);
  });

  it('keeps nothing where the deployment has no place for it, and says so once', () => {
    const warnings: string[] = [];
    const log = createPromptLog({ nowMs: () => NOON_MS, warn: (message) => void warnings.push(message) });
    for (let time = 0; time < 3; time++) expect(log.transcribe(anExchange(), ANSWER)).toBe(ANSWER);
    expect(log.standing(keepingPolicy())?.state).toBe('nowhere');
    expect(warnings).toEqual([
      'policy version test wants prompts to be kept, and none is: this router has no place for them: deploy it with promptLog',
    ]);
  });

  it('keeps no prompt that must stay in the VPC', async () => {
    const { log, put } = aLog();
    expect(log.transcribe(anExchange({ residency: 'vpc' }), ANSWER)).toBe(ANSWER);
    await log.flush(1000);
    expect(put).toEqual([]);
  });

  it('loses a prompt rather than an answer where it cannot be written, and tells of it without telling it', async () => {
    const failure = Object.assign(new Error(`cannot write ${PLANTED}`), { name: 'AccessDenied' });
    const { log, warnings } = aLog({ bucket: { put: () => Promise.reject(failure), close: () => {} } });
    expect(log.transcribe(anExchange(), ANSWER)).toBe(ANSWER);
    expect(await log.flush(1000)).toBe(0);
    expect(warnings).toEqual(['a prompt is not kept: AccessDenied']);
  });

  it('loses prompts rather than memory while the bucket does not answer', async () => {
    const bucket: PromptBucket = { put: () => new Promise(() => {}), close: () => {} };
    const { log, warnings } = aLog({ bucket, mostWaitingBytes: 700 });
    for (let time = 0; time < 5; time++) log.transcribe(anExchange(), ANSWER);
    expect(await log.flush(20)).toBe(2);
    expect(warnings).toEqual(Array(3).fill('a prompt is not kept: too many wait'));
  });

  it('writes a few at a time', async () => {
    let [open, most] = [0, 0];
    const put = async () => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, 5));
      open -= 1;
    };
    const { log } = aLog({ bucket: { put, close: () => {} } });
    for (let time = 0; time < 40; time++) log.transcribe(anExchange(), ANSWER);
    expect(await log.flush(5000)).toBe(0);
    expect([open, most]).toEqual([0, 8]);
  });
});

describe('the bucket for prompts', () => {
  const objects = new S3Objects('prompts');
  let account: AwsAccount;

  beforeEach(async () => {
    account = await startAwsAccount((asked) => objects.answer(asked));
    for (const [name, value] of Object.entries(account.variables)) vi.stubEnv(name, value);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await account.close();
  });

  it('takes every object encrypted with the key of the deployment', async () => {
    const bucket = createPromptBucket({ bucket: 'prompts', key: KEY });
    const { log, warnings } = aLog({ bucket });
    log.transcribe(anExchange(), ANSWER);
    expect(await log.flush(10_000)).toBe(0);
    bucket.close();
    expect(warnings).toEqual([]);
    const [[key, stored] = []] = [...objects.objects];
    expect(key).toMatch(/^keep-32-days\/.*\/req-1\.json$/);
    expect(stored?.headers).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': KEY,
      'content-type': 'application/json',
    });
    expect(stored?.body.toString()).toContain(PLANTED);
  });
});
