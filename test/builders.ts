/** Small whole nouns for tests: say what matters, the rest is filled in. */

import type { Request } from '../lib/core/types';
import type { ChatBody } from '../lib/core/types-chat';
import type { Policy, Task, Tier } from '../lib/core/types-policy';

export function aTier(tier: Partial<Tier> & { id: string }): Tier {
  return {
    provider: 'openai-compatible',
    enabled: true,
    model: `${tier.id}-model`,
    baseUrl: 'http://127.0.0.1:9/v1',
    location: 'vpc',
    contextWindow: 32_768,
    capabilities: ['tools', 'json_schema', 'images', 'logprobs'],
    prices: [{ kind: 'tokens', input: 1, output: 2, uplift: 1 }],
    timeouts: { connectMs: 2000, firstTokenMs: 10_000, stallMs: 10_000, totalMs: 120_000 },
    retries: 0,
    headers: {},
    adapters: {},
    continuesPrefix: false,
    ...tier,
  };
}

export function aTask(task: Partial<Task> & { id: string; ladder: readonly string[] }): Task {
  return {
    owner: 'owner',
    audit: { inputs: 'anything', acceptable: 'a good answer', consequence: 'low' },
    route: 'direct',
    start: task.ladder[0] as string,
    strategy: ['rules'],
    rules: [],
    oracle: [],
    target: { passRate: 0.95, confidence: 0.95 },
    residency: 'any',
    recognise: { keywords: [], examples: [] },
    baseline: {},
    regulatory: false,
    gate: { mode: 'buffer' },
    handOn: 'none',
    stripContext: false,
    session: { sticky: false },
    onSchemaFailures: 'alarm',
    prompts: {},
    ...task,
  };
}

/** A policy of these tiers and tasks; the first task is the default one, the last tier the frontier. */
export function aPolicy(
  parts: { tiers: readonly Tier[]; tasks: readonly Task[] } & Partial<Omit<Policy, 'tiers' | 'tasks'>>,
): Policy {
  const { tiers, tasks, ...rest } = parts;
  return {
    version: 'test',
    id: 'test-policy',
    owner: 'owner',
    frontier: tiers[tiers.length - 1]?.id ?? '',
    tiers: Object.fromEntries(tiers.map((tier) => [tier.id, tier])),
    tasks: Object.fromEntries(tasks.map((task) => [task.id, task])),
    defaultTask: tasks[0]?.id ?? '',
    score: { weights: {}, cheapestBelow: 65, frontierAbove: 85 },
    guards: { contextFraction: 0.8 },
    budgets: [],
    alarms: {
      escalationAbove: 0.15,
      escalationBelow: -0.15,
      minRequests: 50,
      schemaFailureAbove: 0.05,
      netSavingBelow: 0,
      driftAbove: 0.2,
      retryAbove: 1.2,
      baselineDays: 90,
      billAbove: 0.1,
    },
    userTiers: [],
    models: {},
    retryBudget: 3,
    breaker: { failures: 5, windowMs: 30_000, openMs: 30_000 },
    cache: { maxEntries: 1000 },
    shadow: { share: 0, dailyUsd: 0 },
    experiment: { guardrails: {} },
    control: { share: 0, dailyUsd: 0 },
    attribution: { retentionDays: 90 },
    hiddenCosts: {},
    graceDays: 7,
    maxBodyBytes: 6_291_456,
    ...rest,
  };
}

export function aBody(body: Partial<ChatBody> = {}): ChatBody {
  return { model: 'auto', messages: [{ role: 'user', content: 'Say hello.' }], ...body };
}

export function aRequest(request: Partial<Request> = {}): Request {
  return {
    id: 'req-test',
    dialect: 'chat-completions',
    caller: {},
    hints: {},
    body: aBody(),
    needs: [],
    stream: false,
    includeUsage: false,
    choices: 1,
    receivedAtMs: 0,
    ...request,
  };
}
