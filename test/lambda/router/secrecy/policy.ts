import type { Host } from '../../../fixtures/hosts/host';
import { MARKERS } from './planted';

function tier(provider: string, host: Host): object {
  return {
    provider,
    baseUrl: host.url,
    apiKey: `\${TIER_KEY}`,
    headers: { 'x-tier': `\${TIER_HEADER}` },
    model: `${provider}-model`,
    location: 'vpc',
    contextWindow: 32_768,
    capabilities: ['tools', 'json_schema', 'images', 'logprobs'],
    price: { input: 1, output: 2 },
    timeouts: { connectMs: 300, firstTokenMs: 300, stallMs: 200, totalMs: 500 },
    retries: 1,
    ...(provider === 'bedrock' && { region: 'eu-central-1' }),
  };
}

export const ORACLES: Readonly<Record<string, object>> = {
  labels: { kind: 'labels', labels: ['bug'] },
  regex: { kind: 'regex', pattern: '^bug$' },
  schema: { kind: 'json-schema', schema: { type: 'object' } },
  length: { kind: 'length', max: 3 },
  contains: { kind: 'contains', values: ['bug'] },
  uncertainty: { kind: 'uncertainty', phrases: ['heron'] },
  judge: { kind: 'judge', tier: 'open', rubric: 'Is it good?', pass: 0.9 },
  consistency: { kind: 'consistency', samples: 2, agree: 2 },
};

export const PROVIDERS = ['openai-compatible', 'anthropic', 'bedrock'] as const;
export const TIERS: Readonly<Record<(typeof PROVIDERS)[number], string>> = {
  'openai-compatible': 'open',
  anthropic: 'claude',
  bedrock: 'converse',
};

export function policyOf(hosts: readonly Host[]): string {
  const tiers = PROVIDERS.map((provider, at) => [TIERS[provider], tier(provider, hosts[at] as Host)]);
  const task = (consequence: string, more: object): object => ({
    owner: 'desk',
    audit: { inputs: 'anything', acceptable: 'anything', consequence },
    route: 'direct',
    ladder: ['open'],
    oracle: [{ kind: 'length', min: 1 }],
    prompts: { open: MARKERS.prefix },
    ...more,
  });
  const judged = Object.entries(ORACLES).flatMap(([name, oracle]) => {
    const route = name === 'judge' || name === 'consistency' ? 'cascade' : 'direct';
    return ['low', 'high'].map((consequence) => [
      `${name}-${consequence}`,
      task(consequence, { oracle: [oracle], route, handOn: 'draft', ladder: ['open', 'claude'] }),
    ]);
  });
  return JSON.stringify({
    schema: 1,
    policy: 'desk',
    owner: 'desk',
    tiers: Object.fromEntries(tiers),
    tasks: { open: task('low', {}), ...Object.fromEntries(judged) },
    default: { task: 'open' },
    breaker: { failures: 10_000 },
  });
}
