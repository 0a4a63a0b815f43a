import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRuntime, type Runtime } from '../../../../lambda/router/runtime';
import { openMemoryStore } from '../../../../lambda/shared/store/memory';
import { parseDeployment } from '../../../../lib/core/policy/deployment';
import { type AwsAccount, startAwsAccount } from '../../../fixtures/aws-account';
import type { Host } from '../../../fixtures/hosts/host';
import { startOpenAiHost } from '../../../fixtures/hosts/openai-host';
import { answering } from '../../../fixtures/hosts/script';
import { S3Objects } from '../../../fixtures/s3-objects';
import { PLANTED } from './an-exchange';

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/prompts';
const NEVER = new AbortController().signal;
const PROMPT = `${PLANTED}-asked`;
const ANSWER = `${PLANTED}-answered`;
const KEEPING = `attribution: { prompts: { kmsKey: "\${PROMPT_KEY}", owner: data office, expires: ${inDays(40)} } }`;

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

function policyText(more: string): string {
  return `schema: 1
policy: desk
owner: ai-platform
tiers:
  small: { provider: openai-compatible, baseUrl: "\${SMALL_URL}", model: small-model, location: vpc, retention: 0, contextWindow: 32768, price: { input: 1, output: 2 } }
tasks:
  triage: { owner: support, audit: { inputs: one, acceptable: two, consequence: low }, route: direct, ladder: [small], oracle: [{ kind: length, min: 1 }] }
  secret: { owner: support, audit: { inputs: one, acceptable: two, consequence: low }, route: direct, ladder: [small], oracle: [{ kind: length, min: 1 }], maxRetention: 1 }
default: { task: triage }
${more}
`;
}

describe('prompts and answers, through the whole router', () => {
  const objects = new S3Objects('prompts');
  const lines: string[] = [];
  let host: Host;
  let account: AwsAccount;

  beforeAll(async () => {
    host = await startOpenAiHost(() => answering({ text: ANSWER }));
  });
  afterAll(() => host.close());
  beforeEach(async () => {
    objects.objects.clear();
    lines.length = 0;
    account = await startAwsAccount((asked) => objects.answer(asked));
    for (const [name, value] of Object.entries(account.variables)) vi.stubEnv(name, value);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await account.close();
  });

  function deployment(hasPlace: boolean) {
    const small = { provider: 'openai-compatible', baseUrl: host.url, location: 'vpc' };
    return parseDeployment(
      JSON.stringify({
        tiers: { small },
        residency: { '*': 'any' },
        ...(hasPlace && { prompts: { bucket: 'prompts', key: KEY } }),
      }),
    );
  }

  async function serving(more: string, hasPlace: boolean, use: (runtime: Runtime) => Promise<void>) {
    const store = openMemoryStore();
    const runtime = await createRuntime({
      router: 'desk',
      openStore: async () => store,
      fallback: { text: policyText(more), file: 'desk.yaml' },
      variables: { SMALL_URL: host.url, PROMPT_KEY: KEY },
      ...(hasPlace && { deployment: deployment(true) }),
      refreshMs: 60_000,
      access: { callers: 'trusted' },
      emit: (line) => lines.push(line),
      warn: (message) => lines.push(message),
    });
    try {
      await use(runtime);
    } finally {
      await runtime.close();
    }
    return store;
  }

  async function ask({ app, keep, flush }: Runtime, more: object = {}, headers: Record<string, string> = {}) {
    const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: PROMPT }], ...more });
    const served = await app({ method: 'POST', path: '/v1/chat/completions', headers, body, left: NEVER });
    let text = typeof served.response.body === 'string' ? served.response.body : '';
    if (typeof served.response.body !== 'string')
      for await (const bytes of served.response.body) text += Buffer.from(bytes).toString();
    expect(served.response.status).toBe(200);
    await keep(served);
    expect(await flush(10_000)).toBe(0);
    return { id: served.response.headers['x-request-id'] ?? '', text };
  }

  async function health({ app }: Runtime) {
    const { response } = await app({ method: 'GET', path: '/health', headers: {}, body: '', left: NEVER });
    return JSON.parse(response.body as string);
  }

  it('stand nowhere by default: in no object, record, metric or warning', async () => {
    const store = await serving('', true, async (runtime) => {
      const { id } = await ask(runtime);
      await ask(runtime, { stream: true });
      expect(await health(runtime)).not.toHaveProperty('prompts');
      lines.push(JSON.stringify(await runtime.policy()?.prepared.policy), id);
    });
    const record = await store.attributions.get(lines.at(-1) ?? '');
    expect(record?.tier).toBe('small');
    expect([...objects.objects.keys()]).toEqual([]);
    expect(`${JSON.stringify(record)} ${lines.join(' ')}`).not.toContain(PLANTED);
  });

  it('are kept, encrypted by the key of the deployment, where policy and deployment say so', async () => {
    await serving(KEEPING, true, async (runtime) => {
      const whole = await ask(runtime, {}, { 'x-tierwise-customer': 'acme' });
      const streamed = await ask(runtime, { stream: true });
      expect(streamed.text).toContain('[DONE]');
      const keys = [...objects.objects.keys()];
      expect(keys).toHaveLength(2);
      expect(keys[0]).toMatch(new RegExp(`^keep-32-days/data%20office/acme/[0-9-]+/${whole.id}\\.json$`));
      for (const { body, headers } of objects.objects.values()) {
        expect(headers).toMatchObject({
          'x-amz-server-side-encryption': 'aws:kms',
          'x-amz-server-side-encryption-aws-kms-key-id': KEY,
        });
        expect(body.toString()).toContain(PROMPT);
        expect(body.toString()).toContain(PLANTED);
      }
      const { request, answer } = JSON.parse([...objects.objects.values()][0]?.body.toString() ?? '');
      expect(request.messages[0].content).toBe(PROMPT);
      expect(answer.choices[0].message.content).toBe(ANSWER);
      expect((await health(runtime)).prompts).toEqual({ state: 'kept', expires: inDays(40) });
    });
    expect(lines.join(' ')).not.toContain(PLANTED);
  });

  it('of a request that was tightened to the VPC, or whose task lets nobody keep it, are not kept', async () => {
    await serving(KEEPING, true, async (runtime) => {
      await ask(runtime, { model: 'auto:secret' });
      await ask(runtime, {}, { 'x-tierwise-residency': 'vpc' });
      await ask(runtime, { metadata: { residency: 'vpc' }, stream: true });
      expect([...objects.objects.keys()]).toEqual([]);
    });
  });

  it('are kept no longer once the day has come, and answers go on', async () => {
    const over = KEEPING.replace(inDays(40), inDays(0));
    await serving(over, true, async (runtime) => {
      await ask(runtime);
      expect((await health(runtime)).prompts).toMatchObject({ state: 'expired' });
    });
    expect([...objects.objects.keys()]).toEqual([]);
    expect(lines.filter((line) => line.includes('its time was over'))).toHaveLength(1);
  });

  it('are not kept without a deployment that has a place for them, and it is said', async () => {
    await serving(KEEPING, false, async (runtime) => {
      await ask(runtime);
      await ask(runtime);
      expect((await health(runtime)).prompts).toMatchObject({ state: 'nowhere' });
    });
    expect([...objects.objects.keys()]).toEqual([]);
    expect(lines.filter((line) => line.includes('this router has no place for them'))).toHaveLength(1);
  });

  it('are reason to refuse a policy where the deployment has no place for them', async () => {
    const starting = createRuntime({
      router: 'desk',
      openStore: async () => openMemoryStore(),
      fallback: { text: policyText(KEEPING), file: 'desk.yaml' },
      variables: { SMALL_URL: host.url, PROMPT_KEY: KEY },
      deployment: deployment(false),
      refreshMs: 60_000,
      warn: () => {},
    });
    await expect(starting).rejects.toThrow('this deployment has no place for prompts, so none may be kept');
  });
});
