import { LOCATIONS, RESIDENCIES } from '../../types-policy';
import { entriesOf, isRecord, listOf, type Mapping, mappingsOf, memberOf, textsOf } from '../draft';
import type { Findings } from '../findings';
import { show } from '../issues';
import { nearest } from '../nearest';
import type { Path } from '../path';
import { rulesBelow } from '../rules-below';
import { checkBaseline } from './baseline';
import { checkDispatch } from './dispatch';
import { checkId } from './forms';
import { checkGating } from './gating';
import { checkKeys, checkName, checkRepeats, listed, type Names } from './names';
import { checkOracles } from './oracles';

/** The names a task may refer to. */
export interface Declared {
  readonly tiers: Names;
  readonly tasks: Names;
  readonly models: Names;
  readonly userTiers: Names;
}

/** Strategies that are part of the document's language and have no answer yet. */
const UNBUILT: readonly string[] = ['classifier', 'embedding', 'learned'];

/** A longer ladder is not read for what its author may have meant. */
const MOST_RUNGS = 50;

export function checkTasks(root: Mapping, declared: Declared, findings: Findings): void {
  for (const [id] of entriesOf(root.tasks)) checkId(['tasks', id], id, findings);
  for (const [id, task] of mappingsOf(root.tasks)) {
    const path = ['tasks', id];
    const rungs = rungsOf(task, declared.tiers);
    checkLadder(path, task, declared.tiers, rungs, findings);
    checkStrategies([...path, 'strategy'], task.strategy, findings);
    checkRules(path, task, declared, rungs, findings);
    warnOfRulesBelow(path, task, findings);
    checkReferences(path, task, declared, findings);
    checkOracles(path, task, declared.tiers, findings);
    checkGating(path, task, root, findings);
    checkResidency(path, task, root, findings);
    checkDispatch(path, task, root.tiers, findings);
    checkAudit([...path, 'audit'], task.audit, findings);
    checkThresholds([...path, 'classifier'], task.classifier, findings);
    checkBaseline([...path, 'baseline'], task.baseline, findings);
  }
}

function checkLadder(path: Path, task: Mapping, tiers: Names, rungs: ReadonlySet<string>, findings: Findings): void {
  const ladder = listOf(task.ladder);
  for (const [index, tier] of ladder.entries()) checkName([...path, 'ladder', index], tier, tiers, findings);
  checkRepeats([...path, 'ladder'], ladder, findings);
  checkOnLadder([...path, 'start'], task.start, rungs, findings);
}

/** The tiers of a ladder. A misspelt one counts as the one that was meant: it is told of where it stands, and only there. */
function rungsOf(task: Mapping, { known }: Names): ReadonlySet<string> {
  const ladder = textsOf(task.ladder);
  if (known === undefined || ladder.length > MOST_RUNGS) return new Set(ladder);
  return new Set(ladder.map((tier) => (known.has(tier) ? tier : (nearest(tier, known) ?? tier))));
}

/** A tier that exists and is not on the ladder can take no request of the task. */
function checkOnLadder(path: Path, tier: unknown, rungs: ReadonlySet<string>, findings: Findings): void {
  if (typeof tier !== 'string' || rungs.size === 0 || rungs.has(tier)) return;
  findings.fault(path, `${show(tier)} is not on the task's ladder`, { allowed: listed(rungs) });
}

function checkStrategies(path: Path, strategy: unknown, findings: Findings): void {
  checkRepeats(path, listOf(strategy), findings);
  for (const [index, kind] of listOf(strategy).entries()) {
    if (typeof kind === 'string' && UNBUILT.includes(kind)) {
      findings.warn([...path, index], `"${kind}" has no answer yet in this version`);
    }
  }
}

function checkRules(
  path: Path,
  task: Mapping,
  declared: Declared,
  rungs: ReadonlySet<string>,
  findings: Findings,
): void {
  for (const [index, rule] of listOf(task.rules).entries()) {
    const at = [...path, 'rules', index];
    const tier = memberOf(rule, 'tier');
    const exists = checkName([...at, 'tier'], tier, declared.tiers, findings);
    if (exists) checkOnLadder([...at, 'tier'], tier, rungs, findings);
    const userTiers = memberOf(memberOf(rule, 'when'), 'userTiers');
    for (const [position, name] of listOf(userTiers).entries()) {
      checkName([...at, 'when', 'userTiers', position], name, declared.userTiers, findings);
    }
  }
}

function warnOfRulesBelow(path: Path, task: Mapping, findings: Findings): void {
  const certified = memberOf(task.certificate, 'tier');
  const areAsked = task.route !== 'static' && (task.strategy === undefined || textsOf(task.strategy).includes('rules'));
  if (typeof certified !== 'string' || !areAsked) return;
  const tiers = listOf(task.rules).map((rule) => memberOf(rule, 'tier'));
  for (const { index, message } of rulesBelow(textsOf(task.ladder), certified, tiers))
    findings.warn([...path, 'rules', index, 'tier'], message);
}

function checkReferences(path: Path, task: Mapping, declared: Declared, findings: Findings): void {
  const { tiers, models } = declared;
  checkName([...path, 'classifier', 'tier'], memberOf(task.classifier, 'tier'), tiers, findings);
  checkName([...path, 'embedding', 'tier'], memberOf(task.embedding, 'tier'), tiers, findings);
  for (const [index, example] of listOf(memberOf(task.embedding, 'examples')).entries()) {
    checkName([...path, 'embedding', 'examples', index, 'tier'], memberOf(example, 'tier'), tiers, findings);
  }
  checkName([...path, 'learned', 'model'], memberOf(task.learned, 'model'), models, findings);
  checkKeys([...path, 'learned', 'thresholds'], memberOf(task.learned, 'thresholds'), tiers, findings);
  checkKeys([...path, 'prompts'], task.prompts, tiers, findings);
  checkKeys([...path, 'baseline', 'mix'], memberOf(task.baseline, 'mix'), tiers, findings);
}

function checkResidency(path: Path, task: Mapping, root: Mapping, findings: Findings): void {
  const residencies: readonly unknown[] = RESIDENCIES;
  const locationsByReach: readonly unknown[] = LOCATIONS;
  const reach = residencies.indexOf(task.residency);
  if (task.residency === 'geography' && root.geography === undefined) {
    findings.fault(['geography'], `is required: the residency of tasks.${path[1]} is geography`);
  }
  const locations = textsOf(task.ladder).map((tier) => memberOf(memberOf(root.tiers, tier), 'location'));
  const within = (location: unknown) => locationsByReach.indexOf(location) <= reach;
  if (
    reach >= 0 &&
    locations.length > 0 &&
    locations.every((location) => typeof location === 'string') &&
    !locations.some(within)
  ) {
    findings.warn([...path, 'residency'], 'no tier of the ladder may take its prompts: every request will be refused');
  }
}

function checkAudit(path: Path, audit: unknown, findings: Findings): void {
  if (!isRecord(audit)) return;
  for (const answer of ['inputs', 'acceptable']) {
    const text = audit[answer];
    if (text === undefined || text === '') findings.warn([...path, answer], 'is not answered yet');
  }
}

function checkThresholds(path: Path, classifier: unknown, findings: Findings): void {
  const [above, below] = [memberOf(classifier, 'simpleAbove'), memberOf(classifier, 'complexBelow')];
  if (typeof above === 'number' && typeof below === 'number' && below > above) {
    findings.fault([...path, 'complexBelow'], 'must be at most simpleAbove', { given: `${below} above ${above}` });
  }
}
