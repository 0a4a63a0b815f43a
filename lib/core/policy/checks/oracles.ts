import { isRecord, listOf, type Mapping, memberOf } from '../draft';
import type { Findings } from '../findings';
import type { Path } from '../path';
import { checkName, checkRepeats, type Names } from './names';

/** Kinds that judge every answer in production, on every route: they are built and call no model. */
const GATING: readonly string[] = ['json-schema', 'labels', 'regex', 'length', 'uncertainty'];

/** Named in the document's language, and not built in this version. */
const UNBUILT: readonly string[] = ['confidence', 'consistency', 'judge', 'human', 'code'];

/** Flags under which a pattern remembers where it stopped, so that its second answer may differ from its first. */
const STATEFUL = /[gy]/;

export function checkOracles(path: Path, task: Mapping, tiers: Names, findings: Findings): void {
  const oracles = listOf(task.oracle);
  for (const [index, oracle] of oracles.entries()) {
    if (isRecord(oracle)) checkOracle([...path, 'oracle', index], oracle, tiers, findings);
  }
  if (!Array.isArray(task.oracle)) return;
  const consequence = memberOf(task.audit, 'consequence');
  if (consequence === 'high' && !oracles.some(gates)) {
    findings.fault(
      [...path, 'oracle'],
      'a task of high consequence needs an oracle that judges every answer in production',
      {
        allowed: `one of ${GATING.join(', ')}, or contains with values`,
      },
    );
  } else if (oracles.length === 0) {
    findings.warn([...path, 'oracle'], 'accepts every whole answer: nothing says what a good one is');
  }
}

/** Whether an oracle judges every answer in production. One that only compares with a corpus row's `expect` does not. */
function gates(oracle: unknown): boolean {
  const kind = memberOf(oracle, 'kind');
  if (kind === 'contains') return listOf(memberOf(oracle, 'values')).length > 0;
  return typeof kind === 'string' && GATING.includes(kind);
}

function checkOracle(path: Path, oracle: Mapping, tiers: Names, findings: Findings): void {
  const { kind } = oracle;
  if (typeof kind === 'string' && UNBUILT.includes(kind)) {
    findings.warn([...path, 'kind'], `"${kind}" is skipped in this version`);
  }
  if (kind === 'regex') checkPattern(path, oracle, findings);
  if (kind === 'labels') checkRepeats([...path, 'labels'], listOf(oracle.labels), findings);
  if (kind === 'judge') checkName([...path, 'tier'], oracle.tier, tiers, findings);
  if (kind === 'length') checkLength(path, oracle, findings);
  if (kind === 'consistency' && isAbove(oracle.agree, oracle.samples)) {
    findings.fault([...path, 'agree'], 'must be at most samples', { given: `${oracle.agree} of ${oracle.samples}` });
  }
}

function checkLength(path: Path, { min, max }: Mapping, findings: Findings): void {
  if (min === undefined && max === undefined) findings.fault(path, 'a length oracle needs min, max or both');
  if (isAbove(min, max)) findings.fault([...path, 'min'], 'must be at most max', { given: `${min} above ${max}` });
}

function checkPattern(path: Path, { pattern, flags = '' }: Mapping, findings: Findings): void {
  if (typeof pattern !== 'string' || typeof flags !== 'string') return;
  if (STATEFUL.test(flags)) {
    findings.fault([...path, 'flags'], 'the flags g and y make a pattern stateful and are not allowed', {
      given: JSON.stringify(flags.slice(0, 60)),
      allowed: 'd, i, m, s, u, v',
    });
    return;
  }
  if (!compiles('', flags)) {
    findings.fault([...path, 'flags'], 'are not flags of a regular expression', {
      given: JSON.stringify(flags.slice(0, 60)),
      allowed: 'd, i, m, s, u, v',
    });
    return;
  }
  if (!compiles(pattern, flags)) {
    findings.fault([...path, 'pattern'], 'is not a regular expression', {
      given: JSON.stringify(pattern.slice(0, 60)),
    });
  }
}

function compiles(pattern: string, flags: string): boolean {
  try {
    new RegExp(pattern, flags);
    return true;
  } catch {
    return false;
  }
}

function isAbove(one: unknown, other: unknown): boolean {
  return typeof one === 'number' && typeof other === 'number' && one > other;
}
