import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerStage } from '../../bin/commands/stage';
import { openBucket } from '../../bin/stage/s3-bucket';
import { sendFile } from '../../bin/stage/send';
import { type AwsAccount, startAwsAccount } from '../fixtures/aws-account';
import { S3Objects } from '../fixtures/s3-objects';
import { scratch } from './command-line';

/** The command against an S3 on real sockets, with the real client. */

let account: AwsAccount;
let s3: S3Objects;
let folder: ReturnType<typeof scratch>;

beforeAll(async () => {
  account = await startAwsAccount((asked) => {
    if (asked.service === 'sts')
      return { body: { Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/ops' } };
    return s3.answer(asked);
  });
  for (const [name, value] of Object.entries(account.variables)) vi.stubEnv(name, value);
});

beforeEach(() => {
  s3 = new S3Objects();
  folder = scratch();
  account.asked.length = 0;
});

afterEach(() => folder.remove());

afterAll(async () => {
  vi.unstubAllEnvs();
  await account.close();
});

function write(files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

const MODEL = { 'config.json': '{}', 'tokenizer.json': '{"t":1}', 'model.safetensors': 'weights' };

interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly error?: string;
}

async function stage(...args: string[]): Promise<Outcome> {
  const out: string[] = [];
  const err: string[] = [];
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  registerStage(program, {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    readStdin: () => Promise.reject(new Error('nothing is read')),
    environment: {},
  });
  const told = () => ({ out: out.join('\n'), err: err.join('\n') });
  try {
    await program.parseAsync(['node', 'tierwise', 'stage', ...args]);
    return told();
  } catch (error) {
    return { ...told(), error: (error as Error).message };
  }
}

function stored(): Record<string, string> {
  return Object.fromEntries([...s3.objects].map(([key, { body }]) => [key, body.toString()]));
}

describe('tierwise stage weights', () => {
  it('uploads what a load needs, and nothing else', async () => {
    write({ ...MODEL, 'README.md': 'read', 'pytorch_model.bin': 'old', '.cache/config.json': '{}' });
    const { out, err, error } = await stage('weights', '--from', folder.path, '--to', 's3://weights/llama/8b');
    expect(error).toBeUndefined();
    expect(stored()).toEqual({
      'llama/8b/config.json': '{}',
      'llama/8b/tokenizer.json': '{"t":1}',
      'llama/8b/model.safetensors': 'weights',
    });
    expect(out).toBe('s3://weights/llama/8b/ holds 3 files of the model: 3 sent, 0 there already.');
    expect(err.split('\n').at(-1)).toMatch(/^100 %/);
  });

  it('leaves alone what is there already, and sends what changed', async () => {
    write(MODEL);
    const args = ['weights', '--from', folder.path, '--to', 's3://weights/llama', '--json'];
    await stage(...args);
    write({ 'config.json': '[]' });
    const { out } = await stage(...args);
    expect(JSON.parse(out)).toEqual({
      ok: true,
      target: 's3://weights/llama/',
      region: 'eu-central-1',
      files: [
        { name: 'config.json', bytes: 2, result: 'sent' },
        { name: 'model.safetensors', bytes: 7, result: 'there already' },
        { name: 'tokenizer.json', bytes: 7, result: 'there already' },
      ],
    });
    expect(stored()['llama/config.json']).toBe('[]');
  });

  it("reads the revision in force of a model's folder in the hub's cache, through its links", async () => {
    write({ 'blobs/abc': 'weights', 'refs/main': 'two\n', 'snapshots/one/config.json': 'old' });
    write({ 'snapshots/two/config.json': '{}', 'snapshots/two/tokenizer.json': '{}' });
    symlinkSync('../../blobs/abc', join(folder.path, 'snapshots/two/model.safetensors'));
    await stage('weights', '--from', folder.path, '--to', 's3://weights');
    expect(stored()).toEqual({ 'config.json': '{}', 'tokenizer.json': '{}', 'model.safetensors': 'weights' });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'without weights',
      { 'config.json': '{}', 'tokenizer.json': '{}' },
      /no model that vLLM could stream: \*\.safetensors/,
    ],
    ['of several revisions, none in force', { 'snapshots/a/x': '', 'snapshots/b/x': '' }, /2 revisions; name one/],
  ])('refuses a folder %s', async (_, files, message) => {
    write(files);
    expect((await stage('weights', '--from', folder.path, '--to', 's3://weights')).error).toMatch(message);
    expect(account.asked).toEqual([]);
  });

  it('refuses a folder and a bucket that are not there, and a place that is not in S3', async () => {
    const gone = join(folder.path, 'gone');
    expect((await stage('weights', '--from', gone, '--to', 's3://weights')).error).toMatch(/gone: no such folder/);
    write(MODEL);
    s3.answer = () => ({ error: 'NotFound', status: 404 });
    const to = (place: string) => stage('weights', '--from', folder.path, '--to', place);
    expect((await to('s3://weights')).error).toMatch(/no bucket weights that we may read/);
    expect((await to('weights')).error).toMatch(/s3:\/\/BUCKET\/PREFIX/);
  });
});

describe('a large file', () => {
  const CONTENT = 'aaaaabbbbbccccc##';
  const OPTIONS = { partBytes: 5, concurrency: 2 };

  async function send(content = CONTENT): Promise<string> {
    const path = folder.file('model.safetensors', content);
    const bucket = await openBucket('weights', 'eu-central-1');
    return sendFile(bucket, { name: 'model.safetensors', path, bytes: content.length }, 'm', OPTIONS);
  }

  function partsSent(): number[] {
    return account.asked
      .filter(({ operation, input }) => operation === 'PUT /weights/m' && input.partNumber !== undefined)
      .map(({ input }) => Number(input.partNumber))
      .sort();
  }

  it('arrives in parts, and is known again', async () => {
    expect(await send()).toBe('sent');
    expect(stored()).toEqual({ m: CONTENT });
    expect(partsSent()).toEqual([1, 2, 3, 4]);
    expect(await send()).toBe('there already');
  });

  it('goes on where an upload was cut off', async () => {
    s3.broken.add(3);
    await expect(send()).rejects.toThrow(/AccessDenied/);
    expect(stored()).toEqual({});
    s3.broken.clear();
    const before = [...(s3.uploads.get('upload-1')?.parts.keys() ?? [])];
    account.asked.length = 0;
    expect(await send()).toBe('sent');
    expect(before.length).toBeGreaterThan(0);
    expect(partsSent()).toEqual([1, 2, 3, 4].filter((number) => !before.includes(number)));
    expect(stored()).toEqual({ m: CONTENT });
    expect(s3.uploads.size).toBe(0);
  });

  it('begins again when the file changed since its upload was cut off', async () => {
    s3.broken.add(4);
    await expect(send()).rejects.toThrow();
    s3.broken.clear();
    const changed = CONTENT.replace('a', 'A');
    expect(await send(changed)).toBe('sent');
    expect(stored()).toEqual({ m: changed });
    expect(s3.uploads.size).toBe(0);
    expect(await send(changed)).toBe('there already');
  });

  it('is known again in a bucket whose ETags say nothing', async () => {
    s3.opaque = true;
    await send();
    expect(await send()).toBe('there already');
  });
});

describe('tierwise stage image', () => {
  it('prints the commands, with the account and region filled in', async () => {
    const { out } = await stage('image', '--from', 'vllm/vllm-openai:v0.32.0');
    expect(out.split('\n').slice(-2)).toEqual([
      'docker push 111122223333.dkr.ecr.eu-central-1.amazonaws.com/vllm-openai:v0.32.0',
      '# then name this image: 111122223333.dkr.ecr.eu-central-1.amazonaws.com/vllm-openai:v0.32.0',
    ]);
  });

  it('needs no AWS when it is told the account and region', async () => {
    const given = ['--account', '999988887777', '--region', 'us-east-1', '--repository', 'inference/vllm', '--json'];
    const { out } = await stage('image', '--from', 'vllm/vllm-openai:v1', ...given);
    expect(JSON.parse(out).image).toBe('999988887777.dkr.ecr.us-east-1.amazonaws.com/inference/vllm:v1');
    expect(account.asked).toEqual([]);
  });

  it('refuses an image without a tag', async () => {
    expect((await stage('image', '--from', 'vllm/vllm-openai')).error).toMatch(/names no tag/);
  });
});
