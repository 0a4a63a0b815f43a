import { hashShare } from '../../../lib/core/analysis/statistics/hash-share';
import type { Asked, Reply } from './fake-host';

export const LABELS = ['billing', 'bug', 'how-to'];

/** A policy of three tiers on one host and two tasks: sorting into labels, and one that nobody is asked about. */
export function aPolicyText(
  baseUrl: string,
  parts: { oracle?: string; tiers?: string; route?: string; task?: string; models?: readonly string[] } = {},
): string {
  const { oracle = `[{ kind: labels, labels: [${LABELS.join(', ')}] }, { kind: exact }]`, route = 'direct' } = parts;
  const [small, mid, large] = parts.models ?? ['small-model', 'mid-model', 'large-model'];
  const tier = (model: string | undefined, price: string, location = 'vpc') =>
    `{ provider: openai-compatible, baseUrl: "${baseUrl}", model: ${model}, location: ${location}, contextWindow: 32768, maxOutputTokens: 1000, capabilities: [logprobs], price: ${price}, retries: 1 ${parts.tiers ?? ''} }`;
  return `schema: 1
policy: sorting
owner: desk
tiers:
  small: ${tier(small, '{ input: 1, output: 2 }')}
  mid: ${tier(mid, '{ input: 3, output: 6 }')}
  large: ${tier(large, '{ input: 10, output: 20 }', 'anywhere')}
tasks:
  sort:
    owner: desk
    audit: { inputs: a mail, acceptable: a label, consequence: low }
    route: ${route}
    ladder: [small, mid, large]
    oracle: ${oracle}
    expectedOutputTokens: 10
    ${parts.task ?? ''}
  idle:
    owner: desk
    audit: { inputs: anything, acceptable: anything, consequence: low }
    route: static
    ladder: [large]
    oracle: [{ kind: length, min: 1 }]
default: { task: idle }
`;
}

export function labelOf(id: string): string {
  return LABELS[Math.floor(hashShare(`label ${id}`) * LABELS.length)] as string;
}

/** A label that is not the right one. */
export function otherLabelOf(id: string): string {
  return LABELS[(LABELS.indexOf(labelOf(id)) + 1) % LABELS.length] as string;
}

/** Rows whose prompt names them, so that a host knows what is right. */
export function aCorpus(rows: number, row: (id: string) => object = () => ({})): string {
  return Array.from({ length: rows }, (_, index) => `mail-${String(index).padStart(4, '0')}`)
    .map((id) => `${JSON.stringify({ id, task: 'sort', prompt: `sort ${id}`, expect: labelOf(id), ...row(id) })}\n`)
    .join('');
}

/** Share of wrong answers by model; which rows they are is the same each time. */
const WRONG: Readonly<Record<string, number>> = { 'small-model': 0.3, 'mid-model': 0.03, 'large-model': 0 };

export function sorting({ prompt, model }: Asked): Reply {
  const id = /mail-\d+/.exec(prompt)?.[0] ?? '';
  const wrong = hashShare(`wrong ${model} ${id}`) < (WRONG[model.replace(/^tier:(.*)$/, '$1-model')] ?? 0);
  const output = 5 + Math.floor(hashShare(`output ${model} ${id}`) * 10);
  return { say: wrong ? 'other' : labelOf(id), usage: { input: 100, output }, sure: wrong ? 0.6 : 0.95 };
}
