/** The smallest policy worth testing a command with; what `parts` names stands in place of its own. */
export function aPolicy(parts: { owner?: string; ladder?: string; oracle?: string; apiKey?: string } = {}): string {
  const { owner = 'desk', ladder = '[small, large]', oracle = '[{ kind: labels, labels: [billing, bug] }]' } = parts;
  const apiKey = parts.apiKey === undefined ? '' : `apiKey: ${parts.apiKey}, `;
  return `schema: 1
policy: desk
owner: ${owner}
tiers:
  small: { provider: openai-compatible, baseUrl: "\${SMALL_URL}", ${apiKey}model: small-model, location: vpc, contextWindow: 32768, price: { input: 0.05, output: 0.1 } }
  large: { provider: openai-compatible, baseUrl: "http://127.0.0.1:9/v1", model: large-model, location: anywhere, contextWindow: 200000, capabilities: [images], price: { input: 4, output: 20 } }
tasks:
  triage:
    owner: desk
    audit: { inputs: a mail, acceptable: a label, consequence: low }
    route: direct
    ladder: ${ladder}
    oracle: ${oracle}
default: { task: triage }
`;
}

/** What its \`\${SMALL_URL}\` needs. */
export const SET = { SMALL_URL: 'http://127.0.0.1:9/v1' };
