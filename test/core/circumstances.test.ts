import { describe, expect, it } from 'vitest';
import { dryRun, prepare, type RoutePorts, route } from '../../lib/core/route';
import type { Caller } from '../../lib/core/types';
import type { AnswerCache, KeptAnswer, SessionStanding, Sessions, Switch } from '../../lib/core/types-live';
import type { Policy, Task, TokenPrice } from '../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../builders';
import { type Act, SOME_USAGE, scriptedProvider } from '../fixtures/scripted-provider';

/** What a process remembers between requests: sessions and answers. */

const NOW_MS = Date.UTC(2026, 10, 22);
const price = (input: number, output: number, cacheRead: number): TokenPrice => ({
  kind: 'tokens',
  input,
  output,
  cacheRead,
  uplift: 1,
});
const TIERS = [
  aTier({ id: 'small', prices: [price(0.5, 1, 0.5)], location: 'vpc' }),
  aTier({ id: 'large', prices: [price(1, 2, 0.1)], location: 'anywhere' }),
];
const LADDER = ['small', 'large'];

interface Memory {
  readonly policy: Policy;
  readonly ports: RoutePorts;
  readonly called: () => string[];
  readonly bodies: () => string[];
  readonly sent: () => object[];
  readonly standings: Map<string, SessionStanding>;
  readonly answers: Map<string, KeptAnswer>;
}

function remembering(
  task: Partial<Task>,
  script: Record<string, readonly Act[]> = { small: [{ say: 'small' }], large: [{ say: 'large' }] },
  more: Partial<RoutePorts> = {},
): Memory {
  const provider = scriptedProvider(script);
  const standings = new Map<string, SessionStanding>();
  const answers = new Map<string, KeptAnswer>();
  const sessions: Sessions = {
    find: async (key) => standings.get(key),
    keep: (key, standing) => void standings.set(key, standing),
  };
  const cache: AnswerCache = {
    find: (key, nowMs) => [answers.get(key)].find((one) => one !== undefined && one.untilMs > nowMs),
    keep: (key, answer) => void answers.set(key, answer),
  };
  let requests = 0;
  return {
    policy: aPolicy({ tiers: TIERS, tasks: [aTask({ id: 'chat', ladder: LADDER, ...task })] }),
    ports: {
      providers: { 'openai-compatible': provider },
      nowMs: () => NOW_MS,
      random: () => 0,
      pause: () => Promise.resolve(),
      newRequestId: () => `req-${++requests}`,
      sessions,
      answers: cache,
      ...more,
    },
    called: () => provider.calls.map(({ tier }) => tier.id),
    bodies: () => provider.calls.map(({ body }) => JSON.stringify(body.messages)),
    sent: () => provider.calls.map(({ body }) => body),
    standings,
    answers,
  };
}

const HELLO = { model: 'auto', temperature: 0, messages: [{ role: 'user', content: 'Say hello.' }] };

interface Asking {
  readonly body?: object;
  readonly headers?: Record<string, string>;
  readonly caller?: Caller;
  readonly version?: string;
  readonly ports?: Partial<RoutePorts>;
}

async function ask(memory: Memory, { body, headers = {}, caller = {}, version = 'test', ports }: Asking = {}) {
  const incoming = { headers, body: JSON.stringify({ ...HELLO, ...body }) };
  const routed = await route(
    { incoming, caller, left: new AbortController().signal },
    await prepare({ ...memory.policy, version }),
    { ...memory.ports, ...ports },
  );
  let text = '';
  if (typeof routed.response.body === 'string') text = routed.response.body;
  else for await (const bytes of routed.response.body) text += Buffer.from(bytes).toString();
  return { ...routed.response, text, record: await routed.attribution };
}

const CACHED: Partial<Task> = { cache: { ttlSeconds: 60, anyTemperature: false } };

describe('an answer given before', () => {
  it('is given again without a call, and the record says what that saved', async () => {
    const memory = remembering(CACHED);
    const first = await ask(memory);
    const second = await ask(memory);
    expect(memory.called()).toEqual(['small']);
    expect(second.text).toBe(first.text);
    expect(first.record?.savedUsd).toBeUndefined();
    expect(second.headers).toMatchObject({
      'x-tierwise-tier': 'small',
      'x-tierwise-model': 'small-model',
      'x-tierwise-reason': 'cached',
      'x-tierwise-attempts': '0',
      'x-tierwise-cost-usd': '0',
    });
    expect(second.record).toMatchObject({
      tier: 'small',
      model: 'small-model',
      reason: 'cached',
      status: 200,
      attempts: [],
      costUsd: 0,
      frontierCostUsd: 0,
      savedUsd: first.record?.costUsd,
      decision: { tier: 'small', reason: 'start' },
    });
    expect(first.record?.costUsd).toBeCloseTo(0.00006, 12);
  });

  it.each<[string, Asking]>([
    ['another customer', { caller: { customer: 'umbra' } }],
    ['a narrower residency', { headers: { 'x-tierwise-residency': 'vpc' } }],
    ['a graver request', { headers: { 'x-tierwise-blast-radius': 'medium' } }],
    ['another policy', { version: '2' }],
    ['another question', { body: { messages: [{ role: 'user', content: 'Say hello!' }] } }],
    ['a pinned tier', { body: { model: 'tier:small' } }],
  ])('is not for %s', async (_name, asking) => {
    const memory = remembering(CACHED);
    await ask(memory, { caller: { customer: 'acme' } });
    await ask(memory, { caller: { customer: 'acme' }, ...asking });
    expect(memory.called()).toEqual(['small', 'small']);
  });

  it('is not given where its tier may not be asked now', async () => {
    const off: Switch = { kind: 'tier-disabled', tier: 'small', reason: 'drill', author: 'ada', atMs: NOW_MS };
    const memory = remembering(CACHED);
    await ask(memory);
    await ask(memory, { ports: { switches: () => [off] } });
    expect(memory.called()).toEqual(['small', 'large']);
    // The key is the same, so what large said took the other's place.
    await ask(memory, { caller: { tiers: ['small'] } });
    expect(memory.called()).toEqual(['small', 'large', 'small']);
  });

  it('is forgotten after its time', async () => {
    const memory = remembering(CACHED);
    await ask(memory);
    await ask(memory, { ports: { nowMs: () => NOW_MS + 59_999 } });
    await ask(memory, { ports: { nowMs: () => NOW_MS + 60_000 } });
    expect(memory.called()).toEqual(['small', 'small']);
  });

  it('goes from streams to whole answers and back, with usage where it is asked for', async () => {
    const memory = remembering(CACHED);
    const streamed = { stream: true, stream_options: { include_usage: true } };
    await ask(memory, { body: streamed });
    const whole = await ask(memory);
    expect(JSON.parse(whole.text).choices[0].message.content).toBe('small');
    const again = await ask(memory, { body: streamed });
    const events = again.text.trim().split('\n\n');
    expect(events.at(-1)).toBe('data: [DONE]');
    expect(JSON.parse(events.at(-2)?.slice(6) ?? '').usage).toMatchObject({ prompt_tokens: 100, cost_usd: 0 });
    expect(again.record).toMatchObject({ stream: true, reason: 'cached', attempts: [] });
    expect((await ask(memory, { body: { stream: true } })).text).not.toContain('usage');
    expect(memory.called()).toEqual(['small']);
  });

  it('is none where it did not pass, broke off, or the task keeps none', async () => {
    const labels = [{ kind: 'labels', labels: ['yes'] }] as const;
    const unmet = remembering({ ...CACHED, oracle: labels });
    expect((await ask(unmet)).record?.reason).toBe('oracle-unmet');
    const cut = remembering(
      { ...CACHED, ladder: ['small'] },
      { small: [{ cutAfter: 'hal', fail: 'invalid-request' }] },
    );
    await ask(cut, { body: { stream: true } });
    const plain = remembering({});
    await ask(plain);
    expect([unmet, cut, plain].map(({ answers }) => answers.size)).toEqual([0, 0, 0]);
  });
});

const STICKY: Partial<Task> = { session: { sticky: true } };
const IN_SESSION = { 'x-tierwise-session': 's-1' };
const LONG = {
  messages: [
    { role: 'system', content: 'word '.repeat(4000) },
    { role: 'user', content: 'Go on.' },
  ],
};
const AT_LARGE: SessionStanding = { tier: 'large', contextTokens: 4000, atMs: NOW_MS - 1000 };

describe('a session', () => {
  it('stands where it was answered, with all that the tier read and wrote', async () => {
    const usage = { ...SOME_USAGE, cacheReadTokens: 20, cacheWrite5mTokens: 3, cacheWrite1hTokens: 2 };
    const memory = remembering(STICKY, { small: [{ fail: 'unreachable' }], large: [{ say: 'large', usage }] });
    for (const stream of [false, true]) {
      memory.standings.clear();
      await ask(memory, { headers: IN_SESSION, body: { stream } });
      expect([...memory.standings.values()]).toEqual([{ tier: 'large', contextTokens: 135, atMs: NOW_MS }]);
    }
  });

  it('decides the next request, dry runs included', async () => {
    const usage = { ...SOME_USAGE, inputTokens: 4000 };
    const memory = remembering(STICKY, { small: [{ say: 'small' }], large: [{ say: 'large', usage }] });
    await ask(memory, { headers: IN_SESSION });
    for (const key of memory.standings.keys()) memory.standings.set(key, AT_LARGE);
    const answer = await ask(memory, { headers: IN_SESSION, body: LONG });
    expect(answer.record).toMatchObject({ tier: 'large', reason: 'session', upRouted: 1, session: 's-1' });
    const incoming = { headers: IN_SESSION, body: JSON.stringify({ ...HELLO, ...LONG }) };
    const decision = await dryRun({ incoming, caller: {} }, await prepare(memory.policy), memory.ports);
    expect(decision).toMatchObject({ tier: 'large', reason: 'session' });
    expect((await ask(memory, { body: LONG })).record?.tier).toBe('small');
    expect((await ask(memory, { headers: IN_SESSION, body: LONG, caller: { customer: 'umbra' } })).record?.tier).toBe(
      'small',
    );
  });

  it('is not kept of an answer that failed or was only remembered, nor looked up where nobody needs it', async () => {
    const failing = remembering(STICKY, { small: [{ fail: 'server-error' }], large: [{ fail: 'server-error' }] });
    await ask(failing, { headers: IN_SESSION });
    expect(failing.standings.size).toBe(0);
    const memory = remembering({ ...STICKY, ...CACHED });
    await ask(memory, { headers: IN_SESSION });
    memory.standings.clear();
    await ask(memory, { headers: IN_SESSION });
    expect(memory.standings.size).toBe(0);
    const sessions: Sessions = { find: () => Promise.reject(new Error('looked up')), keep: () => {} };
    const unasked = await ask(memory, { ports: { sessions } });
    expect(unasked.status).toBe(200);
  });

  it('fails no request where it cannot be looked up', async () => {
    let asked = 0;
    const sessions: Sessions = {
      find: () => {
        asked += 1;
        return Promise.reject(new Error('no table'));
      },
      keep: () => {},
    };
    const memory = remembering(STICKY, undefined, { sessions });
    expect((await ask(memory, { headers: IN_SESSION })).status).toBe(200);
    expect((await ask(memory, { headers: IN_SESSION, body: { model: 'tier:small' } })).status).toBe(200);
    expect(asked).toBe(1);
  });
});

describe('stripped context', () => {
  const manual = `The manual says so. ${'Press the button twice and wait. '.repeat(20)}`.trim();
  const conversation = {
    messages: [
      { role: 'user', content: `${manual}\n\nWhy?` },
      { role: 'assistant', content: 'Because.' },
      { role: 'user', content: `${manual}\n\nHow?` },
      { role: 'assistant', content: 'Twice.' },
      { role: 'user', content: 'When?' },
    ],
  };

  it('is not sent, counted or charged, and what it had cost on the tier that answered is booked', async () => {
    const memory = remembering({ stripContext: true });
    const plain = remembering({});
    const lean = (await ask(memory, { body: conversation })).record;
    const full = (await ask(plain, { body: conversation })).record;
    expect(memory.bodies()[0]?.split('Press the button').length).toBe(21);
    expect(plain.bodies()[0]?.split('Press the button').length).toBe(41);
    const saved = (full?.decision.expected.inputTokens ?? 0) - (lean?.decision.expected.inputTokens ?? 0);
    expect(saved).toBeGreaterThan(100);
    expect(lean?.savedUsd).toBeCloseTo((saved * 0.5) / 1e6, 15);
    expect(full?.savedUsd).toBeUndefined();
  });

  it('saves nothing where nobody answered', async () => {
    const memory = remembering({ stripContext: true }, { small: [{ fail: 'auth' }], large: [{ fail: 'auth' }] });
    expect((await ask(memory, { body: conversation })).record?.savedUsd).toBeUndefined();
  });
});

describe('a wish that the host keep the answer', () => {
  const wish = { store: true, seed: 7 };

  it('does not travel on where the task says how long a tier may keep a prompt', async () => {
    const memory = remembering({ maxRetentionDays: 30 });
    const tiers = Object.values(memory.policy.tiers).map((tier) => [tier.id, { ...tier, retentionDays: 0 }]);
    const policy = { ...memory.policy, tiers: Object.fromEntries(tiers) };
    expect((await ask({ ...memory, policy }, { body: wish })).status).toBe(200);
    expect(memory.sent()).toMatchObject([{ seed: 7 }]);
    expect(memory.sent()[0]).not.toHaveProperty('store');
  });

  it('travels on where nothing is said of it', async () => {
    const memory = remembering({});
    await ask(memory, { body: wish });
    expect(memory.sent()).toMatchObject([wish]);
  });
});

describe('a tier that the person on call has switched off', () => {
  const off = (tier: string, untilMs?: number): Switch => ({
    kind: 'tier-disabled',
    tier,
    reason: 'a quarrel with the vendor',
    author: 'ada',
    atMs: NOW_MS,
    ...(untilMs !== undefined && { untilMs }),
  });

  it.each<[string, readonly Switch[], string]>([
    ['the first of them is on again', [off('small', NOW_MS + 600_000), off('large', NOW_MS + 90_001)], '91'],
    ['somebody may have acted, where no end is said', [off('small'), off('large')], '60'],
    ['it is on again, though another one is off for good', [off('small', NOW_MS + 20_000), off('large')], '20'],
  ])('has callers come back when %s', async (_, switches, seconds) => {
    const { status, headers } = await ask(remembering({}), { ports: { switches: () => switches } });
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe(seconds);
  });

  it('is told to callers without the reason, which is for the person on call', async () => {
    const ports = { switches: () => [off('small'), off('large')] };
    const refused = await ask(remembering({}), { ports });
    expect(refused.text).toContain('small: it is switched off for now. large: it is switched off for now.');
    expect(JSON.stringify(refused)).not.toContain('quarrel');
    const pinned = await ask(remembering({}), { body: { model: 'tier:small' }, ports });
    expect(pinned.text).not.toContain('quarrel');
    const dry = await dryRun(
      { incoming: { headers: {}, body: JSON.stringify(HELLO) }, caller: {} },
      await prepare(remembering({}).policy),
      { ...remembering({}).ports, ...ports },
    );
    expect(JSON.stringify(dry)).not.toContain('quarrel');
  });
});
