import type { Profile, TaskProfile } from '../../../../lib/core/analysis/profile/profile-document';

type Tiers = Profile['tiers'];

export function aMeasuredTier(tier: Partial<Tiers[string]> = {}): Tiers[string] {
  return {
    model: 'a-model',
    price: { input: 1, output: 2 },
    meanCostUsd: 0.001,
    inputTokens: 500,
    outputTokens: 200,
    latencyMs: { p50: 400, p95: 1200 },
    ...tier,
  };
}

export function aPassRate(passRate: number): TaskProfile['tiers'][string] {
  const verdict = passRate >= 0.95 ? 'route' : passRate >= 0.85 ? 'monitor' : 'escalate';
  return { n: 200, passes: Math.round(200 * passRate), passRate, low: passRate - 0.03, high: passRate + 0.03, verdict };
}

/** A task of these tiers and pass rates, in the order of its ladder. */
export function aMeasuredTask(
  passRates: Readonly<Record<string, number>>,
  task: Partial<TaskProfile> = {},
): TaskProfile {
  return {
    ladder: Object.keys(passRates),
    tiers: Object.fromEntries(Object.entries(passRates).map(([tier, rate]) => [tier, aPassRate(rate)])),
    certified: { refused: 'too few rows', needed: 300 },
    worth: {
      bimodality: 0.8,
      borderline: 0.2,
      stability: null,
      bestSingle: Object.keys(passRates)[0] as string,
      recommendation: 'route',
      why: 'the tiers differ',
    },
    baseline: {},
    ...task,
  };
}

export function aProfile(parts: Pick<Profile, 'tiers' | 'tasks'> & Partial<Profile>): Profile {
  const rows = Object.keys(parts.tasks).map((task) => [task, 100] as const);
  return {
    schema: 1,
    policy: { id: 'test-policy', version: 'test' },
    corpus: { n: 100 * rows.length, byTask: Object.fromEntries(rows) },
    ...parts,
  };
}
