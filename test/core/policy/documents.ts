/** A small policy in which nothing is wrong, as lines of YAML that a test can change. */
export const SMALL_POLICY = `schema: 1
policy: support-desk
owner: ai-platform
tiers:
  small:
    provider: openai-compatible
    baseUrl: http://127.0.0.1:8000/v1
    model: llama
    location: vpc
    contextWindow: 32768
    price: { input: 0.05, output: 0.10 }
  large:
    provider: bedrock
    model: nova
    location: region
    contextWindow: 300000
    price: { input: 1, output: 4 }
tasks:
  triage:
    owner: support
    audit: { inputs: one e-mail, acceptable: one of five labels, consequence: low }
    route: cascade
    ladder: [small, large]
    oracle: [{ kind: labels, labels: [billing, bug] }]
default: { task: triage }
`;

type Values = { [key: string]: unknown };

/** The same as values, to be changed by the test that asked for it. */
export function smallPolicy() {
  const tier = { model: 'm', contextWindow: 32_768 };
  const small: Values = {
    ...tier,
    provider: 'openai-compatible',
    baseUrl: 'http://127.0.0.1:8000/v1',
    location: 'vpc',
    price: { input: 0.05, output: 0.1 },
  };
  const large: Values = { ...tier, provider: 'bedrock', location: 'region', price: { input: 1, output: 4 } };
  const triage: Values = {
    owner: 'support',
    audit: { inputs: 'one e-mail', acceptable: 'a label', consequence: 'low' },
    route: 'cascade',
    ladder: ['small', 'large'],
    oracle: [{ kind: 'labels', labels: ['billing', 'bug'] }],
  };
  const root: Values = { schema: 1, policy: 'support-desk', owner: 'ai-platform', default: { task: 'triage' } };
  return { root: { ...root, tiers: { small, large }, tasks: { triage } } as Values, small, large, triage };
}
