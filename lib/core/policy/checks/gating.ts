import { isRecord, listOf, type Mapping, memberOf, textsOf } from '../draft';
import type { Findings } from '../findings';
import type { Path } from '../path';
import { listed } from './names';

/** Kinds that judge every answer in production, on every route. */
const LOCAL: readonly string[] = ['json-schema', 'labels', 'regex', 'length', 'uncertainty', 'confidence'];

/** Kinds that call models to judge. */
const CONSULTING: readonly string[] = ['consistency', 'judge'];

/** Routes on which a check may call models; `static` gates only what is of high consequence. */
const CONSULTING_ROUTES: readonly unknown[] = ['cascade', 'static'];

/** Kinds that may tell an answer by its beginning, and of which nothing but that is left to judge. */
const FORESIGHTED: readonly string[] = ['confidence', 'uncertainty'];

interface Judging {
  readonly index: number;
  readonly kind: string;
  readonly oracle: Mapping;
}

/** Whether the answers that leave are judged as the task's consequence demands, and by what its author may think. */
export function checkGating(path: Path, task: Mapping, root: Mapping, findings: Findings): void {
  if (!Array.isArray(task.oracle)) return;
  const judging = judgingOf(task);
  const isHigh = memberOf(task.audit, 'consequence') === 'high';
  if (isHigh && judging.length === 0) {
    findings.fault(
      [...path, 'oracle'],
      'a task of high consequence needs an oracle that judges every answer in production',
      { allowed: allowedOn(task.route) },
    );
  } else if (task.oracle.length === 0) {
    findings.warn([...path, 'oracle'], 'accepts every whole answer: nothing says what a good one is');
  }
  warnOfSkipped(path, task, findings);
  checkConfidence(path, task, root, judging, isHigh, findings);
  checkFirstTokens(path, task, judging, isHigh, findings);
}

/** The oracles that judge every answer in production. One that only compares with a corpus row's `expect` does not. */
function judgingOf(task: Mapping): readonly Judging[] {
  return listOf(task.oracle).flatMap((oracle, index) => {
    if (!isRecord(oracle) || typeof oracle.kind !== 'string') return [];
    return judges(oracle, task.route) ? [{ index, kind: oracle.kind, oracle }] : [];
  });
}

function judges({ kind, values }: Mapping, route: unknown): boolean {
  if (kind === 'contains') return listOf(values).length > 0;
  if (typeof kind !== 'string') return false;
  return LOCAL.includes(kind) || (CONSULTING.includes(kind) && CONSULTING_ROUTES.includes(route));
}

function allowedOn(route: unknown): string {
  const kinds = CONSULTING_ROUTES.includes(route) ? [...LOCAL, ...CONSULTING] : LOCAL;
  return `one of ${kinds.join(', ')}, or contains with values`;
}

function warnOfSkipped(path: Path, { oracle, route }: Mapping, findings: Findings): void {
  if (typeof route !== 'string' || CONSULTING_ROUTES.includes(route)) return;
  for (const [index, one] of listOf(oracle).entries()) {
    const kind = memberOf(one, 'kind');
    if (typeof kind !== 'string' || !CONSULTING.includes(kind)) continue;
    findings.warn(
      [...path, 'oracle', index, 'kind'],
      `"${kind}" calls models, so it is skipped on route ${route}: a cascade runs it`,
    );
  }
}

/** A tier that tells no probabilities is not judged by its confidence. */
function checkConfidence(
  path: Path,
  task: Mapping,
  root: Mapping,
  judging: readonly Judging[],
  isHigh: boolean,
  findings: Findings,
): void {
  const confidence = judging.find(({ kind }) => kind === 'confidence');
  const silent = new Set(textsOf(task.ladder).filter((tier) => isSilent(memberOf(root.tiers, tier))));
  if (confidence === undefined || silent.size === 0) return;
  const why = `no token probabilities (capability logprobs) are told by: ${listed(silent)}`;
  if (isHigh && judging.every(({ kind }) => kind === 'confidence')) {
    findings.fault([...path, 'oracle'], `only confidence judges a task of high consequence, and ${why}`);
  } else {
    findings.warn([...path, 'oracle', confidence.index, 'kind'], `"confidence" does not judge every tier: ${why}`);
  }
}

function isSilent(tier: unknown): boolean {
  const capabilities = memberOf(tier, 'capabilities') ?? [];
  return isRecord(tier) && Array.isArray(capabilities) && !capabilities.includes('logprobs');
}

function checkFirstTokens(
  path: Path,
  task: Mapping,
  judging: readonly Judging[],
  isHigh: boolean,
  findings: Findings,
): void {
  if (memberOf(task.gate, 'mode') !== 'first-tokens') return;
  const at = [...path, 'gate', 'mode'];
  if (isHigh) {
    findings.fault(at, 'an answer of high consequence is judged whole', { given: '"first-tokens"', allowed: 'buffer' });
    return;
  }
  const unseen = new Set(judging.map(({ kind }) => kind).filter((kind) => !FORESIGHTED.includes(kind)));
  if (!judging.some(tellsByBeginning)) {
    findings.warn(at, 'no oracle of the task can judge a beginning, so its streams leave unjudged');
  } else if (unseen.size > 0) {
    findings.warn(at, `streams are judged by their first tokens alone, of which these see little: ${listed(unseen)}`);
  }
}

function tellsByBeginning({ kind, oracle }: Judging): boolean {
  return FORESIGHTED.includes(kind) || (kind === 'length' && oracle.max !== undefined);
}
