import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Arrival, dryRun, prepare, type Routed, type RoutePorts, route } from '../../lib/core/route';
import type { Decision } from '../../lib/core/types';
import type { TierState } from '../../lib/core/types-live';
import type { Capability, Location, Policy, Residency, Task, Tier } from '../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../builders';
import { type Act, type ScriptedProvider, scriptedProvider } from '../fixtures/scripted-provider';

type Script = Readonly<Record<string, readonly Act[]>>;

function portsOf(provider: ScriptedProvider): RoutePorts {
  let requests = 0;
  return {
    providers: { 'openai-compatible': provider },
    nowMs: () => Date.UTC(2026, 10, 22),
    random: () => 0,
    pause: () => Promise.resolve(),
    newRequestId: () => `req-${++requests}`,
  };
}

function arrival(body: unknown, headers: Record<string, string> = {}): Arrival {
  return { incoming: { headers, body: JSON.stringify(body) }, caller: {}, left: new AbortController().signal };
}

async function send(policy: Policy, script: Script, body: unknown, headers: Record<string, string> = {}) {
  const provider = scriptedProvider(script);
  const routed = await route(arrival(body, headers), await prepare(policy), portsOf(provider));
  const text = await textOf(routed);
  return {
    ...routed.response,
    text,
    called: provider.calls.map(({ tier }) => tier.id),
    record: await routed.attribution,
  };
}

async function textOf({ response }: Routed): Promise<string> {
  if (typeof response.body === 'string') return response.body;
  let text = '';
  for await (const bytes of response.body) text += Buffer.from(bytes).toString();
  return text;
}

const HELLO = { model: 'auto', messages: [{ role: 'user', content: 'Say hello.' }] };

const TIERS = [
  aTier({ id: 'inside', location: 'vpc', prices: [{ kind: 'tokens', input: 1, output: 2, uplift: 1 }] }),
  aTier({ id: 'outside', location: 'anywhere', prices: [{ kind: 'tokens', input: 10, output: 20, uplift: 1 }] }),
];
const LABELS = [{ kind: 'labels', labels: ['yes', 'no'] }] as const;
const LADDER = ['inside', 'outside'];

describe('route', () => {
  it('answers with the headers of the way it took, and keeps the record', async () => {
    const policy = aPolicy({ tiers: TIERS, tasks: [aTask({ id: 'triage', ladder: LADDER, oracle: LABELS })] });
    const { status, headers, text, record } = await send(
      policy,
      { inside: [{ say: 'maybe' }], outside: [{ say: 'yes' }] },
      HELLO,
      {
        'x-request-id': 'theirs',
        'x-tierwise-feature': 'inbox',
      },
    );
    expect(status).toBe(200);
    expect(JSON.parse(text).choices[0].message.content).toBe('yes');
    expect(headers).toMatchObject({
      'x-request-id': 'req-1',
      'x-tierwise-tier': 'outside',
      'x-tierwise-model': 'outside-model',
      'x-tierwise-task': 'triage',
      'x-tierwise-route': 'direct',
      'x-tierwise-reason': 'escalated',
      'x-tierwise-attempts': '2',
      'x-tierwise-escalations': '1',
      'x-tierwise-policy': 'test',
      'x-tierwise-cost-usd': '0.00132',
    });
    expect(record).toMatchObject({
      requestId: 'req-1',
      clientRequestId: 'theirs',
      feature: 'inbox',
      tier: 'outside',
      escalated: 1,
      upRouted: 0,
      costUsd: 0.00132,
      attempts: [
        { tier: 'inside', outcome: 'rejected', location: 'vpc', verdict: { pass: false, oracle: 'labels' } },
        { tier: 'outside', outcome: 'answered', location: 'anywhere' },
      ],
    });
    expect(JSON.stringify(record)).not.toContain('Say hello');
    expect(JSON.stringify(record)).not.toContain('maybe');
  });

  it('never lets a vpc request out, not even when the only inside tier is down', async () => {
    const policy = aPolicy({ tiers: TIERS, tasks: [aTask({ id: 'triage', ladder: LADDER, residency: 'vpc' })] });
    const { status, text, called, headers } = await send(
      policy,
      { inside: [{ fail: 'unreachable' }], outside: [{ say: 'yes' }] },
      HELLO,
    );
    expect(status).toBe(503);
    expect(JSON.parse(text).error.code).toBe('residency_unavailable');
    expect(called).toEqual(['inside']);
    expect(headers['retry-after']).toBeDefined();
  });

  it('puts usage with the whole cost into the stream of a caller that asked for it', async () => {
    const policy = aPolicy({ tiers: TIERS, tasks: [aTask({ id: 'triage', ladder: LADDER, oracle: LABELS })] });
    const body = { ...HELLO, stream: true, stream_options: { include_usage: true } };
    const { text, record } = await send(policy, { inside: [{ say: 'maybe' }], outside: [{ say: 'yes' }] }, body);
    const events = text.trim().split('\n\n');
    expect(events.at(-1)).toBe('data: [DONE]');
    expect(JSON.parse(events.at(-2)?.slice(6) ?? '').usage).toMatchObject({
      prompt_tokens: 100,
      completion_tokens: 10,
      cost_usd: 0.00132,
    });
    expect(text).not.toContain('maybe');
    expect(record).toMatchObject({ stream: true, costUsd: 0.00132, timeToFirstContentMs: 0 });
  });

  it('records a stream that broke as what it was', async () => {
    const policy = aPolicy({ tiers: TIERS, tasks: [aTask({ id: 'triage', ladder: ['inside'] })] });
    const { text, record } = await send(
      policy,
      { inside: [{ cutAfter: 'one two', fail: 'cut' }] },
      { ...HELLO, stream: true },
    );
    expect(text).toContain('"code":"upstream_error"');
    expect(text).not.toContain('[DONE]');
    expect(record).toMatchObject({
      error: 'upstream_error',
      abandoned: false,
      tier: 'inside',
      attempts: [{ cause: 'cut' }],
    });
  });

  it('records a refusal, and who refused what', async () => {
    const policy = aPolicy({ tiers: TIERS, tasks: [aTask({ id: 'triage', ladder: ['outside'], residency: 'vpc' })] });
    const { status, called, record } = await send(policy, {}, HELLO);
    expect(status).toBe(503);
    expect(called).toEqual([]);
    expect(record).toMatchObject({
      tier: null,
      status: 503,
      error: 'residency_unavailable',
      reason: 'refused',
      upRouted: 0,
      escalated: 0,
    });
  });

  it('takes high consequence only for a task that is judged, and judges it even on a static route', async () => {
    const open = aTask({ id: 'open', ladder: LADDER, route: 'static' });
    const judged = aTask({ id: 'judged', ladder: LADDER, route: 'static', oracle: LABELS });
    const policy = aPolicy({ tiers: TIERS, tasks: [open, judged] });
    const high = { 'x-tierwise-blast-radius': 'high' };
    const refused = await send(policy, { inside: [{ say: 'maybe' }] }, HELLO, high);
    expect(refused).toMatchObject({ status: 400, called: [] });
    const rejected = await send(policy, { inside: [{ say: 'maybe' }] }, HELLO, {
      ...high,
      'x-tierwise-task': 'judged',
    });
    expect(rejected).toMatchObject({ status: 502, called: ['inside'] });
    expect(JSON.parse(rejected.text).error.code).toBe('answer_rejected');
    expect(rejected.text).not.toContain('maybe');
    const unjudged = await send(policy, { inside: [{ say: 'maybe' }] }, HELLO, { 'x-tierwise-task': 'judged' });
    expect(unjudged.status).toBe(200);
  });

  it('takes no request of high consequence where neither the recognised task nor the default one is judged', async () => {
    const open = aTask({ id: 'open', ladder: LADDER });
    const loose = aTask({ id: 'loose', ladder: LADDER, recognise: { keywords: ['poem'], examples: [] } });
    const policy = aPolicy({ tiers: TIERS, tasks: [open, loose] });
    const body = { model: 'auto', messages: [{ role: 'user', content: 'Write a poem.' }] };
    const { status, text, called } = await send(policy, { inside: [{ say: 'Roses' }] }, body, {
      'x-tierwise-blast-radius': 'high',
    });
    expect([status, called]).toEqual([400, []]);
    expect(JSON.parse(text).error.code).toBe('invalid_request');
  });

  it('does not recognise its way out of a judged default task', async () => {
    const careful = aTask({
      id: 'careful',
      ladder: LADDER,
      oracle: LABELS,
      audit: { inputs: '', acceptable: '', consequence: 'high' },
    });
    const loose = aTask({ id: 'loose', ladder: LADDER, recognise: { keywords: ['poem'], examples: [] } });
    const policy = aPolicy({ tiers: TIERS, tasks: [careful, loose] });
    const body = { model: 'auto', messages: [{ role: 'user', content: 'Write a poem.' }] };
    const { status, headers } = await send(policy, { inside: [{ say: 'Roses' }], outside: [{ say: 'Violets' }] }, body);
    expect(headers['x-tierwise-task']).toBe('careful');
    expect(status).toBe(502);
  });

  it('keeps to the pinned tier', async () => {
    const policy = aPolicy({ tiers: TIERS, tasks: [aTask({ id: 'triage', ladder: LADDER })] });
    const { status, called, headers } = await send(
      policy,
      { outside: [{ fail: 'server-error' }], inside: [{ say: 'yes' }] },
      { ...HELLO, model: 'tier:outside' },
    );
    expect([status, called, headers['x-tierwise-reason']]).toEqual([502, ['outside'], 'pinned']);
  });

  it.each([
    ['not JSON', '{', 400, 'invalid_request'],
    ['no messages', JSON.stringify({ model: 'auto', messages: [] }), 400, 'invalid_request'],
    ['an unknown model', JSON.stringify({ ...HELLO, model: 'gpt-99' }), 404, 'model_not_found'],
  ])('tells what is wrong with %s', async (_name, body, status, code) => {
    const policy = aPolicy({ tiers: TIERS, tasks: [aTask({ id: 'triage', ladder: LADDER })] });
    const routed = await route(
      { ...arrival(null), incoming: { headers: {}, body } },
      await prepare(policy),
      portsOf(scriptedProvider({})),
    );
    expect(routed.response.status).toBe(status);
    expect(JSON.parse(routed.response.body as string).error.code).toBe(code);
    expect(await routed.attribution).toBeUndefined();
  });

  it('turns what nobody foresaw into an error without a stack', async () => {
    const policy = aPolicy({ tiers: TIERS, tasks: [aTask({ id: 'triage', ladder: LADDER })] });
    const ports = {
      ...portsOf(scriptedProvider({})),
      providers: { 'openai-compatible': { ...scriptedProvider({}), unsupported: () => boom() } },
    };
    const faults: [unknown, string][] = [];
    const onFault = (fault: unknown, requestId: string) => void faults.push([fault, requestId]);
    const { response } = await route(arrival(HELLO), await prepare(policy), { ...ports, onFault });
    expect(response.status).toBe(500);
    expect(response.body).not.toContain('boom');
    expect(faults).toEqual([[new Error('boom at /some/file.ts'), response.headers['x-request-id']]]);
  });

  it('tells of a provider that breaks in a way nobody foresaw, and keeps the record', async () => {
    const policy = aPolicy({ tiers: TIERS, tasks: [aTask({ id: 'triage', ladder: LADDER })] });
    const faults: unknown[] = [];
    const ports = {
      ...portsOf(scriptedProvider({})),
      providers: { 'openai-compatible': { ...scriptedProvider({}), complete: async () => boom() } },
      onFault: (fault: unknown) => void faults.push(fault),
    };
    const { response, attribution } = await route(arrival(HELLO), await prepare(policy), ports);
    expect(response.status).toBe(500);
    expect(await attribution).toMatchObject({ error: 'internal', attempts: [{ tier: 'inside', outcome: 'failed' }] });
    expect(faults).toEqual([new Error('boom at /some/file.ts')]);
  });
});

describe('when to come again after all that were asked have failed', () => {
  const OPEN = { breaker: 'open' } as const;

  /** Both tiers rest for ten minutes once they have failed; of the first it may be told otherwise. */
  async function retryAfter(first: (asked: number) => TierState, start: string): Promise<string | undefined> {
    const provider = scriptedProvider({ outside: [{ fail: 'rate-limited', retryAfterMs: 600_000 }] });
    const failed = (): boolean => provider.calls.some(({ tier }) => tier.id === 'outside');
    const ports: RoutePorts = {
      ...portsOf(provider),
      health: {
        state: ({ id }) =>
          id === 'inside'
            ? first(provider.calls.length)
            : failed()
              ? { ...OPEN, retryAfterMs: 600_000 }
              : { breaker: 'closed' },
        admit: () => ({ ended: () => {} }),
      },
    };
    const policy = aPolicy({ tiers: TIERS, tasks: [aTask({ id: 'triage', ladder: LADDER, start, oracle: [] })] });
    const { response } = await route(arrival(HELLO), await prepare(policy), ports);
    expect(response.status).toBe(503);
    return response.headers['retry-after'];
  }

  it('is soon where a tier that rested when the request came takes calls by now', async () => {
    expect(await retryAfter((calls) => (calls === 0 ? OPEN : { breaker: 'half-open' }), 'inside')).toBe('5');
  });

  it('is soon where a tier that was not asked would take the next request', async () => {
    expect(await retryAfter(() => ({ breaker: 'closed' }), 'outside')).toBe('5');
  });

  it('is when the first of them is back where all rest', async () => {
    expect(await retryAfter(() => ({ ...OPEN, retryAfterMs: 40_000 }), 'inside')).toBe('40');
    expect(await retryAfter(() => ({ ...OPEN, retryAfterMs: 900_000 }), 'inside')).toBe('600');
  });
});

describe('what keeps a tier from a request for good', () => {
  const [inside, outside] = TIERS as [Tier, Tier];
  const policy = aPolicy({
    tiers: [{ ...inside, tokensPerMinute: 1 }, outside],
    tasks: [aTask({ id: 'triage', ladder: LADDER, oracle: LABELS })],
  });
  const why = { tier: 'inside', reason: 'rate-limit', detail: expect.stringContaining('it can never take it') };

  it.each<[string, string]>([
    ['answered', 'auto'],
    ['refused', 'tier:inside'],
  ])('stands in the record of a request that is %s and in its dry run as any exclusion does', async (_name, model) => {
    const { record } = await send(policy, { outside: [{ say: 'yes' }] }, { ...HELLO, model });
    const ports = portsOf(scriptedProvider({}));
    const dry = await dryRun(arrival({ ...HELLO, model }), await prepare(policy), ports);
    expect([record?.decision.excluded, dry.excluded]).toStrictEqual([[why], [why]]);
  });
});

function boom(): never {
  throw new Error('boom at /some/file.ts');
}

describe('guards on every path', () => {
  const locations = fc.constantFrom<Location>('vpc', 'region', 'geography', 'anywhere');
  const residencies = fc.constantFrom<Residency>('vpc', 'region', 'geography', 'any');
  const capabilities = fc.subarray<Capability>(['tools', 'json_schema', 'images', 'logprobs']);
  const acts = fc.constantFrom<Act>(
    { say: 'yes' },
    { say: 'maybe' },
    { fail: 'server-error' },
    { fail: 'context-length' },
    { fail: 'unreachable' },
    { cutAfter: 'hal', fail: 'cut' },
    { say: '' },
  );
  const tier = (id: string): fc.Arbitrary<Tier> =>
    fc
      .record({
        location: locations,
        geography: fc.constantFrom('eu', 'us'),
        retentionDays: fc.constantFrom(undefined, 0, 30),
        contextWindow: fc.constantFrom(40, 200, 32_768),
        maxOutputTokens: fc.constantFrom(undefined, 10, 4096),
        capabilities,
        enabled: fc.boolean(),
        retiresOn: fc.constantFrom(undefined, '2020-01-01', '2099-01-01'),
        retries: fc.constantFrom(0, 1),
      })
      .map(({ retentionDays, maxOutputTokens, retiresOn, ...rest }) =>
        aTier({
          id,
          ...rest,
          ...(retentionDays !== undefined && { retentionDays }),
          ...(maxOutputTokens !== undefined && { maxOutputTokens }),
          ...(retiresOn !== undefined && { retiresOn }),
        }),
      );
  const task = (ladder: readonly string[]): fc.Arbitrary<Task> =>
    fc
      .record({
        route: fc.constantFrom<Task['route']>('static', 'direct', 'cascade', 'dispatch'),
        start: fc.constantFrom(...ladder),
        residency: residencies,
        maxRetentionDays: fc.constantFrom(undefined, 0, 30),
        judged: fc.boolean(),
        rules: fc.constantFrom([], [{ when: { keywords: ['hello'] }, tier: ladder[ladder.length - 1] as string }]),
      })
      .map(({ maxRetentionDays, judged, ...rest }) =>
        aTask({
          id: 'triage',
          ladder,
          ...rest,
          strategy: ['rules', 'score'],
          oracle: judged ? LABELS : [],
          ...(maxRetentionDays !== undefined && { maxRetentionDays }),
        }),
      );
  const ids = ['a', 'b', 'c', 'd'];
  const world = fc.record({
    tiers: fc.tuple(...ids.map(tier)),
    task: task(ids),
    script: fc.record(Object.fromEntries(ids.map((id) => [id, fc.array(acts, { minLength: 1, maxLength: 3 })]))),
    stream: fc.boolean(),
    residencyHint: fc.option(residencies, { nil: undefined }),
    pin: fc.option(fc.constantFrom(...ids), { nil: undefined }),
    tools: fc.boolean(),
    words: fc.constantFrom(1, 60, 300),
    maxTokens: fc.option(fc.constantFrom(5, 100), { nil: undefined }),
  });

  it('call no tier that the decision excludes: not first, not to climb, not to fall back, not to retry', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (drawn) => {
        const policy = aPolicy({ tiers: drawn.tiers, tasks: [drawn.task], geography: 'eu' });
        const prepared = await prepare(policy);
        const provider = scriptedProvider(drawn.script as Script);
        const ports = portsOf(provider);
        const body = {
          model: drawn.pin === undefined ? 'auto' : `tier:${drawn.pin}`,
          messages: [{ role: 'user', content: `hello ${'word '.repeat(drawn.words)}` }],
          stream: drawn.stream,
          ...(drawn.tools && {
            tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
          }),
          ...(drawn.maxTokens !== undefined && { max_tokens: drawn.maxTokens }),
        };
        const asked = arrival(
          body,
          drawn.residencyHint === undefined ? {} : { 'x-tierwise-residency': drawn.residencyHint },
        );
        const decision: Decision = await dryRun(asked, prepared, ports);
        const routed = await route(asked, prepared, ports);
        await textOf(routed);
        const called = new Set(provider.calls.map(({ tier: { id } }) => id));
        for (const { tier: id } of decision.excluded) expect(called).not.toContain(id);
        for (const id of called) expect(decision.ladder).toContain(id);
        for (const id of called) expectAllowed(policy.tiers[id] as Tier, drawn.task, drawn.residencyHint);
      }),
      { numRuns: 500 },
    );
  });

  /** The rules said once more, independently of the guards: where a prompt may go and how long it may stay there. */
  function expectAllowed(called: Tier, { residency, maxRetentionDays }: Task, hint: Residency | undefined): void {
    const reach = { vpc: 0, region: 1, geography: 2, any: 3, anywhere: 3 } as const;
    expect(reach[called.location]).toBeLessThanOrEqual(Math.min(reach[residency], reach[hint ?? 'any']));
    if (called.location === 'geography' && Math.min(reach[residency], reach[hint ?? 'any']) === 2)
      expect(called.geography).toBe('eu');
    if (maxRetentionDays !== undefined) expect(called.retentionDays).toBeLessThanOrEqual(maxRetentionDays);
    expect(called.enabled).toBe(true);
    expect(called.retiresOn ?? '2099').not.toBe('2020-01-01');
  }
});
