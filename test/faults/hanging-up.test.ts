import { describe, expect, it } from 'vitest';
import { accountOf } from '../../lambda/router/budgets/accounts';
import type { Attribution } from '../../lib/core/types';
import type { Budget } from '../../lib/core/types-policy';
import { answering, type HostReply } from '../fixtures/hosts/script';
import { startSilentPort } from '../fixtures/hosts/silent-ports';
import { pause, until } from './until';
import { type Cleaning, type TierPlan, type World, world } from './world';

const SILENCE: HostReply = { kind: 'silence' };
const LONG = { connectMs: 5000, firstTokenMs: 20_000, stallMs: 20_000, totalMs: 30_000 };
/** Some hundreds of tokens, so that the prompt is what a call costs. */
const PROMPT = { messages: [{ role: 'user', content: 'Count the herons by the river. '.repeat(60) }], max_tokens: 1 };
const CUSTOMER = { 'x-tierwise-customer': 'acme' };
/** Of 1 USD for a million tokens: about twenty times the prompt. */
const LIMIT_USD = 0.008;
const BUDGET: Budget = {
  id: 'per-customer',
  scope: 'customer',
  limitUsd: LIMIT_USD,
  period: 'month',
  onExhausted: 'refuse',
  reserve: 'expected',
};

async function spentUsd({ store }: World): Promise<number> {
  const nowMs = Date.now();
  const account = accountOf(BUDGET, { customer: 'acme', task: 'general' }, nowMs);
  return (await store.budgets.read(account.id, nowMs)).spentUsd;
}

/** Asks, and leaves as soon as the host has the call; undefined where it never gets it, for want of money. */
async function hangUp(asked: World, isStream: boolean): Promise<Attribution | string | undefined> {
  const calls = asked.hosts[0]?.seen.length ?? 0;
  const records = asked.records.length;
  const leaving = new AbortController();
  const question = { body: PROMPT, headers: CUSTOMER, signal: leaving.signal };
  let isOver = false;
  const heard = (isStream ? asked.stream(question) : asked.ask(question)).finally(() => {
    isOver = true;
  });
  await until('the call, or its refusal', () => isOver || asked.hosts[0]?.seen.length === calls + 1);
  leaving.abort();
  const { error } = await heard;
  return error?.code === 'left' ? until('the record', () => asked.records[records]) : error?.code;
}

describe.concurrent('a caller who always hangs up before the first word', () => {
  it('spends money for it, and meets the budget before long', async (test) => {
    const plan = { tiers: [{ script: [SILENCE], tier: { timeouts: LONG } }], policy: { budgets: [BUDGET] } };
    const asked = await world(plan, test);
    const left: Attribution[] = [];
    let refusal: string | undefined;
    for (let nth = 0; nth < 50 && refusal === undefined; nth += 1) {
      const met = await hangUp(asked, nth % 2 === 0);
      if (typeof met === 'string') refusal = met;
      else if (met !== undefined) left.push(met);
    }
    expect(refusal).toBe('budget_exceeded');
    expect(left.length).toBeGreaterThan(10);
    expect(asked.hosts[0]?.seen).toHaveLength(left.length);
    for (const record of left) expect(record).toMatchObject({ abandoned: true, customer: 'acme', tier: null });
    const booked = left.reduce((sum, { costUsd }) => sum + costUsd, 0);
    expect(booked).toBeGreaterThan(LIMIT_USD * 0.8);
    expect(booked).toBeLessThanOrEqual(LIMIT_USD);
    // A budget counts in billionths.
    await test.expect.poll(() => spentUsd(asked), { timeout: 20_000 }).toBeCloseTo(booked, 7);
  });

  it.each(['openai-compatible', 'anthropic', 'bedrock'] as const)(
    'spends it whatever the dialect: %s',
    async (provider) => {
      const closing: (() => Promise<void>)[] = [];
      const cleaning: Cleaning = { onTestFinished: (close) => void closing.push(close) };
      const plan = { tiers: [{ provider, script: [SILENCE], tier: { timeouts: LONG } }] };
      const asked = await world(plan, cleaning);
      for (const isStream of [false, true]) {
        const record = (await hangUp(asked, isStream)) as Attribution;
        expect(record).toMatchObject({ abandoned: true, attempts: [{ cause: 'aborted', usage: { estimated: true } }] });
        expect(record.costUsd).toBeGreaterThan(1e-4);
        expect(record.frontierCostUsd).toBe(0);
      }
      for (const close of closing.reverse()) await close();
    },
  );

  it('spends nothing where the host was never sent the prompt', async (test) => {
    const silent = await startSilentPort();
    test.onTestFinished(() => silent.close());
    const tier = { baseUrl: `https://127.0.0.1:${silent.port}/v1`, timeouts: LONG };
    const asked = await world({ tiers: [{ script: [SILENCE], tier }] }, test);
    const leaving = new AbortController();
    const response = fetch(`${asked.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'auto', ...PROMPT }),
      signal: leaving.signal,
    }).catch(() => undefined);
    await pause(200);
    leaving.abort();
    await response;
    const record = await until('the record', () => asked.records[0]);
    expect(record).toMatchObject({ abandoned: true, costUsd: 0, attempts: [{ cause: 'aborted', costUsd: 0 }] });
  });
});

describe.concurrent('a call that the router gives up', () => {
  it('is on the bill beside the answer of the next tier, and so is the budget', async (test) => {
    const tiers: TierPlan[] = [{ script: [SILENCE] }, { script: [answering({ text: 'one two three' })] }];
    const asked = await world({ tiers, policy: { budgets: [BUDGET] } }, test);
    for (const heard of [await asked.ask({ headers: CUSTOMER }), await asked.stream({ headers: CUSTOMER })]) {
      const [failed, answered] = heard.record?.attempts ?? [];
      expect(failed).toMatchObject({ tier: 't0', outcome: 'failed', usage: { outputTokens: 0, estimated: true } });
      expect(failed?.costUsd).toBeGreaterThan(0);
      expect(heard.record?.costUsd).toBe((failed?.costUsd ?? 0) + (answered?.costUsd ?? 0));
      expect(heard.record).toMatchObject({ tier: 't1', usage: { inputTokens: 12, outputTokens: 7, estimated: false } });
    }
    const booked = asked.records.reduce((sum, { costUsd }) => sum + costUsd, 0);
    await test.expect.poll(() => spentUsd(asked), { timeout: 20_000 }).toBeCloseTo(booked, 7);
  });

  it('costs what the host had told of its prompt', async (test) => {
    const stall: HostReply = { kind: 'stall', answer: { text: 'One.', usage: { cacheRead: 900 } }, after: 1 };
    const { stream } = await world({ tiers: [{ provider: 'anthropic', script: [stall] }] }, test);
    const usage = { inputTokens: 12, cacheReadTokens: 900, outputTokens: 0, estimated: true };
    expect((await stream()).record?.attempts).toMatchObject([{ cause: 'first-token-timeout', usage }]);
  });
});
