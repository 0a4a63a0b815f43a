import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../../../lambda/shared/store/memory';
import type { ActivePolicy } from '../../../lambda/shared/store/policy-port';
import { certificateFaultsOf } from '../../../lambda/watch/certificate-faults';
import { createPolicyReader } from '../../../lambda/watch/watched-policy';
import { MINUTE_MS } from '../../../lib/core/durations';

const FALLBACK = { text: JSON.stringify(document(0.2)), file: 'policy.json' };

const NOON_MS = Date.UTC(2026, 10, 22, 12);

function aReader(fallback: { readonly fallback?: typeof FALLBACK } = { fallback: FALLBACK }) {
  const clock = { nowMs: NOON_MS };
  const { policies } = openMemoryStore({ nowMs: () => clock.nowMs });
  let reads = 0;
  const store = {
    active: () => policies.active(),
    read: (version: number) => {
      reads += 1;
      return policies.read(version);
    },
  };
  const inForce = createPolicyReader({ store, variables: {}, nowMs: () => clock.nowMs, ...fallback });
  const read = (atMs = clock.nowMs + 1, lastVersion?: string) => inForce(atMs, lastVersion);
  /** One more, a minute later. */
  const publish = async (document: unknown) => {
    clock.nowMs += MINUTE_MS;
    const expectedActive = (await policies.active())?.version ?? null;
    await policies.publish({ document, author: 'ada', message: '', expectedActive });
    return clock.nowMs;
  };
  const rateAt = async (atMs: number, lastVersion?: string) =>
    (await read(atMs, lastVersion))?.policy.tasks.triage?.baseline.escalationRate;
  return { clock, policies, read, reads: () => reads, publish, rateAt };
}

function document(escalationRate: number): unknown {
  return {
    schema: 1,
    policy: 'desk',
    owner: 'ai-platform',
    tiers: {
      small: {
        provider: 'openai-compatible',
        baseUrl: '${' + 'SMALL_URL}',
        model: 'small-model',
        location: 'vpc',
        contextWindow: 32768,
        price: { input: 0.05, output: 0.1 },
      },
    },
    tasks: {
      triage: {
        owner: 'support',
        audit: { inputs: 'one e-mail', acceptable: 'a label', consequence: 'low' },
        route: 'direct',
        ladder: ['small'],
        oracle: [{ kind: 'length', min: 1 }],
        baseline: { escalationRate },
      },
    },
    default: { task: 'triage' },
  };
}

describe('the policy that production is held to', () => {
  it('is the one deployed until one is published, with its variables left as they are', async () => {
    const { read } = aReader();
    const watched = await read();
    expect(watched?.policy.tasks.triage?.baseline).toMatchObject({ escalationRate: 0.2 });
    expect(watched).not.toHaveProperty('publishedAtMs');
    expect(await read()).toBe(watched);
  });

  it('is the published one from then on, since when it was published, and is read once', async () => {
    const { policies, read, reads } = aReader();
    await read();
    await policies.publish({ document: document(0.3), author: 'ada', message: 'first', expectedActive: null });
    const since = (await policies.active())?.since ?? '';
    for (let round = 0; round < 3; round += 1) {
      expect(await read()).toMatchObject({ policy: { version: '1' }, publishedAtMs: Date.parse(since) });
    }
    expect(reads()).toBe(1);
    await policies.publish({ document: document(0.4), author: 'ada', message: 'second', expectedActive: 1 });
    expect((await read())?.policy.tasks.triage?.baseline.escalationRate).toBe(0.4);
    await policies.activate(1, 2);
    expect((await read())?.policy.tasks.triage?.baseline.escalationRate).toBe(0.3);
  });

  it('is at each moment the one that was in force then, and each version is read once', async () => {
    const { clock, policies, publish, rateAt, read, reads } = aReader();
    const [first, second, third] = [
      await publish(document(0.3)),
      await publish(document(0.4)),
      await publish(document(0.5)),
    ];
    clock.nowMs += MINUTE_MS;
    await policies.activate(2, 3);
    const moments = [first, first + 1, second, second + 1, third, third + 1, clock.nowMs, clock.nowMs + 1];
    const rates: (number | undefined)[] = [];
    for (const atMs of moments) rates.push(await rateAt(atMs));
    expect(rates).toEqual([0.2, 0.3, 0.3, 0.4, 0.4, 0.5, 0.5, 0.4]);
    expect(reads()).toBe(3);
    expect(await read(second + 1)).toMatchObject({ publishedAtMs: second });
    expect(await read(clock.nowMs + 1)).toMatchObject({ publishedAtMs: clock.nowMs });
  });

  it('is the one of the moment before where the store does not know any more', async () => {
    const { policies, publish, rateAt, read } = aReader();
    await publish(document(0.3));
    for (let index = 0; index < 30; index += 1) await publish(document(0.4 + index / 100));
    expect(await rateAt(NOON_MS + 5 * MINUTE_MS, '1')).toBe(0.3);
    expect(await read(NOON_MS + 5 * MINUTE_MS, '1')).not.toHaveProperty('publishedAtMs');
    expect(await rateAt(NOON_MS + 5 * MINUTE_MS, '99')).toBe(0.2);
    expect(await rateAt(NOON_MS + 5 * MINUTE_MS, 'file-of-the-deployment')).toBe(0.2);
    expect(await policies.active()).toMatchObject({ version: 31 });
  });

  it('is the first that was published where there was none before and no file', async () => {
    const { publish, rateAt } = aReader({});
    await publish(document(0.3));
    await publish(document(0.4));
    expect(await rateAt(NOON_MS)).toBe(0.3);
  });

  it('is the one before, with which the router went on, where one that is active no more cannot be used', async () => {
    const { publish, rateAt, read } = aReader();
    const sound = await publish(document(0.3));
    const broken = await publish({ schema: 1 });
    await expect(read(broken + 1)).rejects.toThrow(/^policy version 2 /);
    expect(await rateAt(broken)).toBe(0.3);
    const mended = await publish(document(0.4));
    expect(await read(broken + 1)).toMatchObject({ policy: { version: '1' }, publishedAtMs: sound });
    expect(await rateAt(mended + 1)).toBe(0.4);
  });

  it('is not the one before while the one that is active is dated ahead by a clock that is wrong', async () => {
    const { clock, publish, rateAt, read } = aReader();
    await publish(document(0.3));
    clock.nowMs += 30 * MINUTE_MS;
    const aheadMs = await publish(document(0.4));
    clock.nowMs = aheadMs - 10 * MINUTE_MS;
    expect(await rateAt(clock.nowMs - MINUTE_MS)).toBe(0.4);
    expect(await read(clock.nowMs - MINUTE_MS)).toMatchObject({ publishedAtMs: aheadMs });
    clock.nowMs = aheadMs - MINUTE_MS;
    expect(await rateAt(clock.nowMs)).toBe(0.3);
  });

  it('is the last that was judged by, before the only activation of a store that has kept no other', async () => {
    const { policies, publish, rateAt } = aReader();
    await publish(document(0.3));
    const since = await publish(document(0.4));
    const { before: _, ...active } = (await policies.active()) ?? {};
    const store = { active: async () => active as ActivePolicy, read: policies.read };
    const inForce = createPolicyReader({ store, variables: {}, nowMs: () => since, fallback: FALLBACK });
    const rate = async (atMs: number, lastVersion?: string) =>
      (await inForce(atMs, lastVersion))?.policy.tasks.triage?.baseline.escalationRate;
    expect([await rate(since, '1'), await rate(since), await rate(since + 1, '1')]).toEqual([0.3, 0.2, 0.4]);
    expect(await rateAt(since + 1)).toBe(0.4);
  });

  it('is none where there is none', async () => {
    expect(await aReader({}).read()).toBeUndefined();
  });

  it('is no other where the published one cannot be used: that is said', async () => {
    const { policies, read } = aReader();
    await policies.publish({ document: { schema: 1 }, author: 'ada', message: 'broken', expectedActive: null });
    await expect(read()).rejects.toThrow(/^policy version 1 /);
  });

  it('says which certificates are void, and why', async () => {
    const { policies, read } = aReader();
    const { tasks, ...rest } = document(0.2) as { tasks: { triage: object } };
    const certificate = {
      tier: 'small',
      risk: 0.05,
      confidence: 0.95,
      oracle: 'another',
      models: { small: 'small-model' },
      prompts: 'another',
      policy: '1',
      profiledAt: '2026-11-01T00:00:00.000Z',
    };
    const certified = { ...rest, tasks: { triage: { ...tasks.triage, certificate } } };
    await policies.publish({ document: certified, author: 'ada', message: 'certified', expectedActive: null });
    const watched = await read();
    expect(watched && certificateFaultsOf(watched.policy)).toEqual({
      triage: 'the oracles are not the ones that judged; the prompts are not the ones that were put before',
    });
  });
});
