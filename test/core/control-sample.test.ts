import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBudgets } from '../../lambda/router/budgets/budgets';
import { openMemoryStore } from '../../lambda/shared/store/memory';
import { type Arrival, prepare, type Routed, type RoutePorts, route } from '../../lib/core/route';
import type { Attribution, Caller } from '../../lib/core/types';
import type { Budgets, Switch, TierState } from '../../lib/core/types-live';
import {
  type Capability,
  LOCATIONS,
  type Location,
  type Policy,
  RESIDENCIES,
  type Residency,
  type Task,
  type Tier,
} from '../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../builders';
import { type Act, type ScriptedProvider, scriptedProvider } from '../fixtures/scripted-provider';

type Script = Readonly<Record<string, readonly Act[]>>;

const NOW = Date.UTC(2026, 10, 22, 9);
const LADDER = ['small', 'mid', 'large'];
const LABELS = [{ kind: 'labels', labels: ['yes', 'no'] }] as const;
const HELLO = { model: 'auto', messages: [{ role: 'user', content: 'Say hello.' }] };
const TOOLS = [{ type: 'function', function: { name: 'look_up', parameters: { type: 'object', required: ['id'] } } }];

/** Each costs ten times as much as the one before: 100 tokens in and 10 out are 0.00012, 0.0012 and 0.012 USD. */
function tiersOf(some: Readonly<Record<string, Partial<Tier>>> = {}): Tier[] {
  return LADDER.map((id, at) => {
    const prices = [{ kind: 'tokens' as const, input: 10 ** at, output: 2 * 10 ** at, uplift: 1 }];
    return aTier({ id, prices, ...some[id] });
  });
}

interface Scene {
  readonly script: Script;
  readonly policy?: Partial<Omit<Policy, 'tiers' | 'tasks'>>;
  readonly task?: Partial<Task>;
  readonly tiers?: Readonly<Record<string, Partial<Tier>>>;
  readonly ports?: Partial<RoutePorts>;
  readonly caller?: Caller;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly leftMs?: number;
}

function policyOf({ policy, task, tiers }: Pick<Scene, 'policy' | 'task' | 'tiers'>): Policy {
  return aPolicy({
    tiers: tiersOf(tiers),
    tasks: [aTask({ id: 'triage', ladder: LADDER, oracle: LABELS, expectedOutputTokens: 10, ...task })],
    control: { share: 1, dailyUsd: 1 },
    ...policy,
  });
}

function memoryBudgets(): Budgets {
  return createBudgets({ store: openMemoryStore().budgets, nowMs: () => NOW, onFailure: () => {} });
}

function portsOf(provider: ScriptedProvider, some: Partial<RoutePorts> = {}): RoutePorts {
  let requests = 0;
  return {
    providers: { 'openai-compatible': provider },
    nowMs: () => NOW,
    random: () => 0.5,
    pause: () => Promise.resolve(),
    newRequestId: () => `req-${++requests}`,
    budgets: memoryBudgets(),
    ...some,
  };
}

async function textOf({ response }: Routed): Promise<string> {
  if (typeof response.body === 'string') return response.body;
  let text = '';
  for await (const bytes of response.body) text += Buffer.from(bytes).toString();
  return text;
}

/** What the caller got, in which order whom was asked, and what is kept of it. */
async function send(scene: Scene): Promise<{ text: string; called: string[]; record: Attribution; asked: object[] }> {
  const provider = scriptedProvider(scene.script);
  const { headers = {}, caller = {}, body = HELLO, leftMs } = scene;
  const arrival: Arrival = {
    incoming: { headers, body: JSON.stringify(body) },
    caller,
    left: new AbortController().signal,
    ...(leftMs !== undefined && { endsAtMs: NOW + leftMs }),
  };
  const routed = await route(arrival, await prepare(policyOf(scene)), portsOf(provider, scene.ports));
  const text = await textOf(routed);
  const record = (await routed.attribution) as Attribution;
  return { text, record, called: provider.calls.map(({ tier }) => tier.id), asked: provider.calls.map((c) => c.body) };
}

const YES: Script = { small: [{ say: 'yes' }], mid: [{ say: 'yes' }], large: [{ say: 'maybe' }] };

describe('the control sample', () => {
  it('puts the question to the last tier where the first one answered, and books it as routing', async () => {
    const { text, called, record } = await send({ script: YES });
    expect(JSON.parse(text).choices[0].message.content).toBe('yes');
    expect(called).toEqual(['small', 'large']);
    expect(record.control).toMatchObject({
      served: 'small',
      reference: 'large',
      servedPass: true,
      referencePass: false,
      servedUsd: expect.closeTo(0.00012),
      referenceUsd: expect.closeTo(0.012),
    });
    expect(record.consultations).toMatchObject([{ purpose: 'control', tier: 'large', outcome: 'answered' }]);
    expect(record.routingCostUsd).toBeCloseTo(0.012);
    expect(record.costUsd).toBeCloseTo(0.00012);
    expect(record).toMatchObject({ tier: 'small', escalations: 0, consultations: [{ location: 'vpc' }] });
  });

  it('puts it to the first where a higher one answered, by decision or by climb', async () => {
    const up = await send({ script: YES, task: { start: 'mid' } });
    expect(up.called).toEqual(['mid', 'small']);
    expect(up.record).toMatchObject({ upRouted: 1, control: { served: 'mid', reference: 'small', servedPass: true } });
    const climbed = await send({ script: { small: [{ say: 'perhaps' }, { say: 'no' }], mid: [{ say: 'yes' }] } });
    expect(climbed.called).toEqual(['small', 'mid', 'small']);
    expect(climbed.record).toMatchObject({ escalated: 1, control: { served: 'mid', reference: 'small' } });
    expect(climbed.record.control?.servedUsd).toBeCloseTo(0.00132);
  });

  it('judges a streamed answer by what left, and asks for the other in one piece', async () => {
    const body = { ...HELLO, stream: true, stream_options: { include_usage: true } };
    const { text, record, asked } = await send({
      script: YES,
      body,
      task: { gate: { mode: 'first-tokens', tokens: 1 } },
    });
    expect(text).toContain('[DONE]');
    expect(record).toMatchObject({ stream: true, control: { servedPass: true, referencePass: false } });
    expect(asked.map((one) => 'stream' in one)).toEqual([true, false]);
    expect(asked[1]).not.toHaveProperty('stream_options');
  });

  it('is not delayed by it: the answer is whole before anybody else is asked', async () => {
    const provider = scriptedProvider({ ...YES, large: [{ hang: true }] });
    const hurry = new AbortController();
    const ports = portsOf(provider, { hurry: hurry.signal });
    const arrival = { incoming: { headers: {}, body: JSON.stringify({ ...HELLO, stream: true }) }, caller: {} };
    const left = new AbortController().signal;
    const routed = await route({ ...arrival, left }, await prepare(policyOf({})), ports);
    expect(provider.calls.map(({ tier }) => tier.id)).toEqual(['small']);
    expect(await textOf(routed)).toContain('[DONE]');
    // Nobody answers; the record comes once it is in a hurry, and says so. What was read is billed all the same.
    setTimeout(() => hurry.abort(), 20);
    expect(await routed.attribution).toMatchObject({
      tier: 'small',
      control: { referencePass: null, referenceUsd: 0.001 },
      consultations: [{ purpose: 'control', tier: 'large', outcome: 'failed', cause: 'aborted' }],
    });
  });

  it('keeps where a session stands before anybody else is asked', async () => {
    const order: string[] = [];
    const kept: string[] = [];
    const sessions: RoutePorts['sessions'] = {
      find: async () => undefined,
      keep: (_key, { tier }) => void kept.push(tier),
    };
    const admit = (tier: Tier) => {
      order.push(`${tier.id} after ${kept.length}`);
      return { ended: () => {} };
    };
    await send({
      script: YES,
      task: { session: { sticky: true } },
      headers: { 'x-tierwise-session': 's-1' },
      ports: { sessions, health: { state: () => ({ breaker: 'closed' }), admit } },
    });
    expect(order).toEqual(['small after 0', 'large after 1']);
    expect(kept).toEqual(['small']);
  });

  it('asks every guard again: what held when the request came may hold no more', async () => {
    let calls = 0;
    const health: RoutePorts['health'] = {
      state: ({ id }) => ({ breaker: calls > 0 && id === 'large' ? 'open' : 'closed' }),
      admit: () => {
        calls += 1;
        return { ended: () => {} };
      },
    };
    const { called, record } = await send({ script: YES, ports: { health } });
    expect(called).toEqual(['small', 'mid']);
    expect(record.control).toMatchObject({ reference: 'mid', referencePass: true });
    expect(record.decision.ladder).toEqual(LADDER);
  });

  const toolAnswer = (args: string): Act => ({
    completion: {
      id: 'c1',
      object: 'chat.completion',
      created: 1,
      model: 'small-model',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 't1', type: 'function', function: { name: 'look_up', arguments: args } }],
          },
          finish_reason: 'tool_calls',
        },
      ],
    },
  });

  it('compares tool calls by the tools’ own schemas', async () => {
    const script = { ...YES, small: [toolAnswer('{"id":1}')], large: [toolAnswer('{}')] };
    const { record } = await send({ script, body: { ...HELLO, tools: TOOLS } });
    expect(record.control).toMatchObject({ servedPass: true, referencePass: false });
  });

  it('asks no judge to compare, though the route asks one', async () => {
    const judge = { kind: 'judge', tier: 'mid', rubric: 'Is it good?', pass: 0.5 } as const;
    const script = { ...YES, mid: [{ say: '{"score": 1}' }] };
    const { called, record } = await send({ script, task: { route: 'cascade', oracle: [...LABELS, judge] } });
    expect(called).toEqual(['small', 'mid', 'large']);
    expect(record.consultations.map(({ purpose }) => purpose)).toEqual(['judge', 'control']);
    expect(record.control).toMatchObject({ servedPass: true, referencePass: false });
  });

  it('says so where the other tier fails', async () => {
    const { record } = await send({ script: { ...YES, large: [{ fail: 'server-error' }] } });
    expect(record).toMatchObject({
      status: 200,
      control: { servedPass: true, referencePass: null, referenceUsd: 0 },
      consultations: [{ outcome: 'failed', cause: 'server-error' }],
    });
  });

  const full: TierState = { breaker: 'closed', full: { reason: 'queue-full', detail: 'full' } };
  const open: TierState = { breaker: 'open', retryAfterMs: 1000 };
  const health = (states: Readonly<Record<string, TierState>>): Partial<RoutePorts> => ({
    health: { state: ({ id }) => states[id] ?? { breaker: 'closed' }, admit: () => ({ ended: () => {} }) },
  });

  it.each<[string, Partial<Scene>]>([
    ['a share of none', { policy: { control: { share: 0, dailyUsd: 1 } } }],
    ['no money for it', { policy: { control: { share: 1, dailyUsd: 0 } } }],
    ['too little money for the call', { policy: { control: { share: 1, dailyUsd: 0.001 } } }],
    ['a budget of the customer that has no room', { policy: { budgets: [budget(0.0005)] } }],
    ['nobody who keeps budgets', { ports: { budgets: undefined as unknown as Budgets } }],
    ['nothing that could judge', { task: { oracle: [] } }],
    ['a pinned tier', { body: { ...HELLO, model: 'tier:small' } }],
    ['a ladder of one', { task: { ladder: ['small'] } }],
    ['no other tier inside', { task: { residency: 'vpc' }, tiers: { mid: { location: 'region' }, large: outside() } }],
    ['a key for one tier alone', { caller: { tiers: ['small'] } }],
    ['the others out of service', { ports: health({ mid: open, large: full }) }],
    ['the others switched off', { ports: { switches: () => [switchOff('mid'), switchOff('large')] } }],
    ['no time left', { leftMs: 5 }],
    ['chance', { policy: { control: { share: 0.5, dailyUsd: 1 } } }],
  ])('is not taken with %s', async (_, scene) => {
    const { called, record } = await send({ script: YES, ...scene });
    expect(called).toEqual(['small']);
    expect(record).toMatchObject({ status: 200, consultations: [] });
    expect(record).not.toHaveProperty('control');
  });

  it.each<[string, Script, object]>([
    ['failed', { small: [{ fail: 'server-error' }] }, {}],
    ['broke off', { small: [{ cutAfter: 'ye', fail: 'cut' }] }, { stream: true }],
  ])('is not taken of an answer that %s', async (_, script, more) => {
    const { called, record } = await send({ script, body: { ...HELLO, ...more }, task: { gate: firstToken() } });
    expect(record.status === 200 && record.error === undefined).toBe(false);
    expect(record).not.toHaveProperty('control');
    expect(called.filter((id) => id === 'large').length).toBeLessThanOrEqual(1);
  });

  it('is not taken of a kept answer, nor of one whose caller has left', async () => {
    const script = { small: [{ say: 'yes' }], large: [{ say: 'yes' }] };
    const kept = { text: '{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"yes"}}]}' };
    const answers = {
      find: () => ({ ...kept, tier: 'small', model: 'm', costUsd: 1, untilMs: NOW + 1 }),
      keep: () => {},
    };
    const cache = { ttlSeconds: 60, anyTemperature: true };
    const hit = await send({ script, task: { cache }, ports: { answers } });
    expect(hit).toMatchObject({ called: [], record: { reason: 'cached', consultations: [] } });

    const provider = scriptedProvider({ ...script, small: [{ say: 'yes or no or maybe' }] });
    const arrival = { incoming: { headers: {}, body: JSON.stringify({ ...HELLO, stream: true }) }, caller: {} };
    const policy = policyOf({ task: { gate: firstToken() } });
    const left = new AbortController().signal;
    const routed = await route({ ...arrival, left }, await prepare(policy), portsOf(provider));
    for await (const _bytes of routed.response.body as AsyncIterable<Uint8Array>) break;
    expect(await routed.attribution).toMatchObject({ abandoned: true, consultations: [] });
    expect(provider.calls).toHaveLength(1);
  });

  it('is taken of the share that the policy names, whichever way requests go', async () => {
    const share = 0.2;
    const requests = 2000;
    let seed = 42;
    // A linear congruential generator: the same draws on every run.
    const random = (): number => {
      seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
      return seed / 2 ** 32;
    };
    const provider = scriptedProvider(YES);
    const rules = [{ when: { keywords: ['carefully'] }, tier: 'mid' }];
    const policy = policyOf({ task: { rules }, policy: { control: { share, dailyUsd: 1e6 } } });
    const prepared = await prepare(policy);
    const ports = portsOf(provider, { random });
    const drawn = { small: 0, mid: 0 };
    for (let request = 0; request < requests; request += 1) {
      const content = request % 2 === 0 ? 'Say hello.' : 'Say hello carefully.';
      const body = JSON.stringify({ ...HELLO, messages: [{ role: 'user', content }] });
      const arrival = { incoming: { headers: {}, body }, caller: {}, left: new AbortController().signal };
      const record = await (await route(arrival, prepared, ports)).attribution;
      if (record?.control !== undefined) drawn[record.control.served as 'small' | 'mid'] += 1;
    }
    // Four standard errors of either half.
    const expected = (requests / 2) * share;
    const noise = 4 * Math.sqrt((requests / 2) * share * (1 - share));
    for (const count of Object.values(drawn)) expect(Math.abs(count - expected)).toBeLessThan(noise);
  });

  it('never spends more in a day than it may, but for what a call costs beyond its estimate', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 40_000 }),
        fc.integer({ min: 1, max: 12 }),
        async (requests, dailyCents, atOnce) => {
          const dailyUsd = dailyCents / 100_000;
          const prepared = await prepare(policyOf({ policy: { control: { share: 1, dailyUsd } } }));
          const ports = portsOf(scriptedProvider(YES));
          const records: Attribution[] = [];
          for (let done = 0; done < requests; done += atOnce) {
            const now = Math.min(atOnce, requests - done);
            const routed = Array.from({ length: now }, () => ask(prepared, ports));
            records.push(...(await Promise.all(routed)));
          }
          const made = records.flatMap(({ consultations }) => consultations);
          const spent = made.reduce((sum, { costUsd }) => sum + costUsd, 0);
          // A call costs less than this, and is thought to cost a third of it.
          const underWay = 0.0121 * atOnce;
          expect(spent).toBeLessThan(dailyUsd + underWay);
          if (spent + underWay < dailyUsd) expect(made).toHaveLength(requests);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('never goes where a guard forbids it, whatever the policy, the key and the moment', async () => {
    let compared = 0;
    const tierMoment = fc.record({
      location: fc.constantFrom<Location>(...LOCATIONS),
      retentionDays: fc.constantFrom(0, 7, 30, undefined),
      contextWindow: fc.constantFrom(40, 32_768),
      capabilities: fc.subarray<Capability>(['tools', 'json_schema']),
      enabled: mostly(true, false),
      breaker: mostly<TierState['breaker']>('closed', 'open'),
      full: mostly(false, true),
      off: mostly(false, true),
      keyed: mostly(true, false),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(tierMoment, { minLength: 3, maxLength: 3 }),
        fc.constantFrom<Residency>(...RESIDENCIES),
        fc.constantFrom(0, 7, undefined),
        fc.constantFrom(...LADDER),
        fc.boolean(),
        async (moments, residency, maxRetentionDays, start, withTools) => {
          const settings = moments.map(({ location, retentionDays, contextWindow, capabilities, enabled }) => ({
            location,
            contextWindow,
            capabilities,
            enabled,
            ...(location === 'geography' && { geography: 'eu' }),
            ...(retentionDays !== undefined && { retentionDays }),
          }));
          const at = (id: string) => LADDER.indexOf(id);
          const { called, record } = await send({
            script: { small: [{ say: 'yes' }], mid: [{ say: 'yes' }], large: [{ say: 'yes' }] },
            policy: { geography: 'eu' },
            task: { residency, start, ...(maxRetentionDays !== undefined && { maxRetentionDays }) },
            tiers: Object.fromEntries(LADDER.map((id) => [id, settings[at(id)] as Partial<Tier>])),
            caller: { tiers: LADDER.filter((id) => moments[at(id)]?.keyed) },
            body: withTools ? { ...HELLO, tools: TOOLS } : HELLO,
            ports: {
              ...health(Object.fromEntries(LADDER.map((id) => [id, stateOf(moments[at(id)])]))),
              switches: () => LADDER.filter((id) => moments[at(id)]?.off).map(switchOff),
            },
          });
          for (const id of called) {
            const moment = moments[at(id)] as (typeof moments)[number];
            expect(LOCATIONS.indexOf(moment.location)).toBeLessThanOrEqual(RESIDENCIES.indexOf(residency));
            if (maxRetentionDays !== undefined) expect(moment.retentionDays).toBeLessThanOrEqual(maxRetentionDays);
            expect(moment).toMatchObject({ enabled: true, breaker: 'closed', full: false, off: false, keyed: true });
            if (withTools) expect(moment.capabilities).toContain('tools');
          }
          expect(called.length).toBeLessThanOrEqual(2);
          if (record.control !== undefined) compared += 1;
        },
      ),
      { numRuns: 400 },
    );
    expect(compared).toBeGreaterThan(0);
  });
});

async function ask(prepared: Awaited<ReturnType<typeof prepare>>, ports: RoutePorts): Promise<Attribution> {
  const incoming = { headers: {}, body: JSON.stringify(HELLO) };
  const routed = await route({ incoming, caller: {}, left: new AbortController().signal }, prepared, ports);
  return (await routed.attribution) as Attribution;
}

/** Four times in five. */
function mostly<Value>(usual: Value, other: Value): fc.Arbitrary<Value> {
  return fc.constantFrom(usual, usual, usual, usual, other);
}

function stateOf(moment: { breaker: TierState['breaker']; full: boolean } | undefined): TierState {
  const { breaker = 'closed', full = false } = moment ?? {};
  return { breaker, ...(full && { full: { reason: 'queue-full' as const, detail: 'full' } }) };
}

function switchOff(tier: string): Switch {
  return { kind: 'tier-disabled', tier, reason: 'test', author: 'test', atMs: 0 };
}

function outside(): Partial<Tier> {
  return { location: 'anywhere' };
}

function firstToken(): Task['gate'] {
  return { mode: 'first-tokens', tokens: 1 };
}

function budget(limitUsd: number): Policy['budgets'][number] {
  return { id: 'all-day', scope: 'all', limitUsd, period: 'day', onExhausted: 'refuse', reserve: 'expected' };
}
