import type { Attribution } from '../../../lib/core/types';
import { DIMENSIONS, type DimensionName } from '../../../lib/core/types-policy';

const NO_DIMENSIONS = Object.fromEntries(DIMENSIONS.map((name) => [name, 0])) as Record<DimensionName, number>;

/** A whole record: say what matters, the rest is filled in. */
export function anAttribution(attribution: Partial<Attribution> & { requestId: string }): Attribution {
  const task = attribution.task ?? 'triage';
  return {
    schema: 1,
    time: '2026-11-22T10:00:00.000Z',
    task,
    policy: '1',
    decision: {
      task,
      route: 'direct',
      tier: 'small',
      reason: 'start',
      score: 12,
      dimensions: NO_DIMENSIONS,
      pass: {},
      ladder: ['small'],
      excluded: [],
      expected: { inputTokens: 100, outputTokens: 5, costUsd: 0.000_006 },
      policy: '1',
      upRouted: false,
    },
    attempts: [],
    consultations: [],
    tier: 'small',
    model: 'small-model',
    reason: 'start',
    status: 200,
    stream: false,
    abandoned: false,
    usage: {
      inputTokens: 100,
      outputTokens: 5,
      cacheReadTokens: 0,
      cacheWrite5mTokens: 0,
      cacheWrite1hTokens: 0,
      reasoningTokens: 0,
      estimated: false,
    },
    costUsd: 0.000_006,
    frontierCostUsd: 0.0005,
    routingCostUsd: 0,
    latencyMs: 42.5,
    overheadMs: 0.25,
    upRouted: 0,
    escalated: 0,
    escalations: 0,
    fallbacks: 0,
    retries: 0,
    ...attribution,
  };
}
