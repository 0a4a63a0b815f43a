import { PolicySource } from '../../lib/constructs/policy-source';

const TEXT = `
schema: 1
policy: support-desk
owner: ai-platform
tiers:
  small:
    provider: openai-compatible
    baseUrl: \${SMALL_URL}
    model: small-model
    location: vpc
    contextWindow: 32768
    queue: { metrics: /metrics, maxWaiting: 32 }
    price: { input: 0.05, output: 0.1 }
  frontier:
    provider: bedrock
    model: anthropic.frontier-model
    location: region
    contextWindow: 200000
    price: { input: 4, output: 20 }
tasks:
  triage:
    owner: support
    audit: { inputs: one e-mail, acceptable: one of two labels, consequence: low }
    route: direct
    ladder: [small, frontier]
    oracle: [{ kind: labels, labels: [billing, other] }]
    latencyBudgetMs: 800
  general:
    owner: ai-platform
    audit: { inputs: anything, acceptable: a helpful answer, consequence: medium }
    route: static
    ladder: [frontier]
    oracle: [{ kind: length, min: 1 }]
default: { task: general }
alarms: { escalationAbove: 0.2, escalationBelow: -0.3, minRequests: 40, schemaFailureAbove: 0.03 }
`;

/** Two tiers, two tasks; the first task has a latency budget. */
export function aPolicySource(): PolicySource {
  return PolicySource.fromText(TEXT);
}
