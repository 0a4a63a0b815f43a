import { contains } from '../../../oracle/contains';
import { exact } from '../../../oracle/exact';
import { numeric } from '../../../oracle/numeric';
import type { Oracle } from '../../../types';
import type { OracleSpec, Task } from '../../../types-policy';

/**
 * Why no answer to a row can pass, as far as what it expects says so for certain: asking would be paid for nothing. The
 * oracles themselves are asked, about the answers that come nearest.
 */
export function expectFaults({ id, oracle }: Pick<Task, 'id' | 'oracle'>, expect: unknown): string[] {
  const kinds = oracle.filter(comparesWithRow).map(({ kind }) => kind);
  if (expect === undefined || expect === null)
    return kinds.length === 0 ? [] : [`expect is missing, and task "${id}" compares with it (${kinds.join(', ')})`];
  const near = oracle.flatMap((spec) => ownFault(id, spec, expect));
  return near.length > 0 ? near : labelFaults(id, oracle, expect);
}

function comparesWithRow(spec: OracleSpec): boolean {
  if (spec.kind === 'contains') return spec.values === undefined;
  return ['exact', 'numeric', 'human', 'code'].includes(spec.kind);
}

function ownFault(task: string, spec: OracleSpec, expect: unknown): string[] {
  if (spec.kind === 'exact' && typeof expect === 'string' && expect.trim() === '')
    return [`expect is empty, and no answer to task "${task}" may be`];
  // A text with a number is that number to this oracle, so only where there is none does it fail itself.
  if (spec.kind === 'numeric' && !passes(numeric(spec), String(expect), expect))
    return [`expect holds no number, and task "${task}" compares with one (numeric)`];
  if (
    spec.kind === 'contains' &&
    spec.values === undefined &&
    !spec.all &&
    Array.isArray(expect) &&
    expect.length === 0
  )
    return [`expect is an empty list, and task "${task}" wants one of its values in the answer (contains)`];
  return [];
}

/** Where the answer must be a label, one of them has to be what the row expects. */
function labelFaults(task: string, oracle: readonly OracleSpec[], expect: unknown): string[] {
  const comparing = oracle.flatMap((spec) => comparison(spec) ?? []);
  if (comparing.length === 0) return [];
  return oracle.flatMap((spec) => {
    if (spec.kind !== 'labels') return [];
    if (spec.labels.some((label) => comparing.every((each) => passes(each, label, expect)))) return [];
    return [`expect is none of the labels of task "${task}": ${spec.labels.join(', ')}`];
  });
}

function comparison(spec: OracleSpec): Oracle | undefined {
  if (spec.kind === 'exact') return exact(spec);
  if (spec.kind === 'numeric') return numeric(spec);
  return spec.kind === 'contains' && spec.values === undefined ? contains(spec) : undefined;
}

function passes(oracle: Oracle, text: string, expect: unknown): boolean {
  const answer = { text, toolCalls: [], reasoning: '', refusal: '', finishReason: 'stop' } as const;
  return oracle.check(answer, expect)?.pass !== false;
}
