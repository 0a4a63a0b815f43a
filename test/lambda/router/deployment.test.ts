import { afterEach, describe, expect, it } from 'vitest';
import { PolicyRefusedError, readDeployment } from '../../../lambda/router/load-policy';
import { createRuntime, type Runtime } from '../../../lambda/router/runtime';
import { openMemoryStore } from '../../../lambda/shared/store/memory';
import type { PolicyStore } from '../../../lambda/shared/store/policy-port';
import type { Deployment } from '../../../lib/core/policy/deployment';
import { SMALL_POLICY, smallPolicy } from '../../core/policy/documents';

const DEPLOYMENT: Deployment = {
  region: 'eu-central-1',
  tiers: {
    small: { provider: 'openai-compatible', baseUrl: 'http://127.0.0.1:8000/v1', location: 'vpc' },
    large: { provider: 'bedrock', location: 'region' },
  },
  residency: { '*': 'region', triage: 'region' },
};

const FALLBACK = SMALL_POLICY.replace('route: cascade', 'route: cascade\n    residency: region');

describe('a router with a deployment', () => {
  const store = { current: openMemoryStore() };
  const warnings: string[] = [];
  const running: Runtime[] = [];

  async function start(fallback: string, deployment?: Deployment): Promise<Runtime> {
    store.current = openMemoryStore();
    warnings.length = 0;
    const runtime = await createRuntime({
      router: 'test',
      openStore: async () => store.current,
      fallback: { text: fallback, file: 'policy.yaml' },
      variables: {},
      ...(deployment && { deployment }),
      refreshMs: 5,
      emit: () => {},
      warn: (message) => warnings.push(message),
    });
    running.push(runtime);
    return runtime;
  }

  async function publish(policies: PolicyStore, expectedActive: number | null, change: (parts: Parts) => void) {
    const parts = smallPolicy();
    parts.triage.residency = 'region';
    change(parts);
    await policies.publish({ document: parts.root, author: 'ada', message: '', expectedActive });
  }
  type Parts = ReturnType<typeof smallPolicy>;

  afterEach(async () => {
    for (const runtime of running.splice(0)) await runtime.close();
  });

  it('refuses a published policy that widens, says why, and keeps the good one', async () => {
    const runtime = await start(FALLBACK, DEPLOYMENT);
    await publish(store.current.policies, null, () => {});
    await expect.poll(() => runtime.policy()?.prepared.policy.version, { timeout: 20_000 }).toBe('1');

    await publish(store.current.policies, 1, ({ small, triage }) => {
      small.baseUrl = 'https://elsewhere.example/v1';
      triage.residency = 'any';
    });
    await expect.poll(() => runtime.policy()?.refused?.version, { timeout: 20_000 }).toBe('2');

    expect(runtime.policy()?.prepared.policy.version).toBe('1');
    expect(warnings).toEqual([
      expect.stringMatching(/version 2 is refused[\s\S]*tiers\.small\.baseUrl[\s\S]*tasks\.triage/),
    ]);
    const left = new AbortController().signal;
    const { response } = await runtime.app({ method: 'GET', path: '/health', headers: {}, body: '', left });
    expect(response.status).toBe(200);
    expect(response.body).toContain('tasks.triage.residency');
    expect(response.body).not.toContain('elsewhere.example');

    await publish(store.current.policies, 2, ({ triage }) => {
      triage.residency = 'vpc';
    });
    await expect.poll(() => runtime.policy()?.prepared.policy.version, { timeout: 20_000 }).toBe('3');
    expect(runtime.policy()?.refused).toBeUndefined();
  });

  it('does not start with a fallback that widens', async () => {
    const started = start(SMALL_POLICY, DEPLOYMENT);
    await expect(started).rejects.toThrow(PolicyRefusedError);
    await expect(started).rejects.toThrow(
      'policy.yaml tasks.triage.residency: lets prompts travel further than the deployment does',
    );
  });

  it('takes any policy where nothing is fixed', async () => {
    const runtime = await start(SMALL_POLICY);
    expect(runtime.policy()?.prepared.policy.tasks.triage?.residency).toBe('any');
  });

  it('reads what is fixed from JSON', async () => {
    expect(await readDeployment(JSON.stringify(DEPLOYMENT))).toEqual(DEPLOYMENT);
    await expect(readDeployment('{}')).rejects.toThrow('the deployment cannot be used');
  });
});
