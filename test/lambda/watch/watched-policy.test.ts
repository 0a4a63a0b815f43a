import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../../../lambda/shared/store/memory';
import { certificateFaultsOf } from '../../../lambda/watch/certificate-faults';
import { createPolicyReader } from '../../../lambda/watch/watched-policy';

const FALLBACK = { text: JSON.stringify(document(0.2)), file: 'policy.json' };

function aReader(fallback: { readonly fallback?: typeof FALLBACK } = { fallback: FALLBACK }) {
  const { policies } = openMemoryStore();
  let reads = 0;
  const store = {
    active: () => policies.active(),
    read: (version: number) => {
      reads += 1;
      return policies.read(version);
    },
  };
  const read = createPolicyReader({ store, variables: {}, nowMs: Date.now, ...fallback });
  return { policies, read, reads: () => reads };
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
