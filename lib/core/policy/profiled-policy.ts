import type { Baseline, Calibration, Certificate, Policy, Task } from '../types-policy';
import { certificateBinding } from './certificate';
import { type CodeDigests, codeOf } from './certificate-code';
import { isRecord, memberOf } from './draft';
import { type Edit, editText } from './edit-text';
import type { Variables } from './expand';
import { parsePolicy } from './parse';
import { readText } from './read-text';
import { roundBaseline } from './round-baseline';

/** What profiling found of a task, as far as a policy keeps it. */
export interface ProfiledTask {
  readonly certified:
    | { readonly tier: string; readonly risk: number; readonly confidence: number; readonly threshold?: number }
    | { readonly refused: string };
  readonly baseline: Baseline;
  /** How a judge among its oracles agrees with people, where that was measured. */
  readonly judge?: { readonly validated: boolean };
}

export interface ProfileFindings {
  /** The version that was profiled: for the record. */
  readonly policy: { readonly version: string };
  readonly tasks: Readonly<Record<string, ProfiledTask>>;
}

export interface ProfiledPolicyOptions extends Pick<Variables, 'variables'> {
  /** ISO 8601, UTC; that of the task's baseline where it is absent. */
  readonly profiledAt?: string;
  /** Of the modules that judged. */
  readonly code?: CodeDigests;
}

/**
 * The policy's text with what profiling found: each certified task begins at its certified tier, with the certificate and,
 * where it holds for sure answers alone, the check that sends the others up; every profiled task has its baseline. A refused
 * task keeps its own start, and loses a certificate it may have had. Everything else stays as it was written. Throws where
 * the text is no valid policy.
 */
export function profiledPolicy(text: string, profile: ProfileFindings, options: ProfiledPolicyOptions): string {
  const { policy, document } = parsed(text, options);
  const found = Object.entries(profile.tasks).flatMap(([id, findings]) => {
    const task = policy.tasks[id];
    return task === undefined ? [] : [{ task, findings, written: memberOf(memberOf(document, 'tasks'), id) }];
  });
  const behaving = editText(
    text,
    found.flatMap(({ task, findings, written }) => behaviour(policy, task, findings, written)),
  );
  // A certificate is bound to the checks as they stand now, the one that asks for sureness among them.
  const changed = parsed(behaving, options).policy;
  return editText(
    behaving,
    found.flatMap(({ task, findings, written }) => {
      const now = changed.tasks[task.id] as Task;
      return evidence(changed, now, findings, profile.policy.version, written, options);
    }),
  );
}

function parsed(text: string, { variables }: ProfiledPolicyOptions): { policy: Policy; document: unknown } {
  const result = parsePolicy(text, { variables, unset: 'warning' });
  if (result.ok) return { policy: result.policy, document: readText(text).value?.document };
  const [first] = result.faults;
  throw new Error(`not a valid policy: ${first?.path}: ${first?.message}`);
}

/** Where requests begin, and what sends them up. */
function behaviour(policy: Policy, task: Task, { certified }: ProfiledTask, written: unknown): readonly Edit[] {
  if ('refused' in certified) return [];
  const at = ['tasks', task.id];
  const edits: Edit[] = [{ path: [...at, 'start'], value: certified.tier, after: 'ladder' }];
  if (certified.threshold === undefined) return edits;
  const spec = { threshold: certified.threshold, ...surenessOf(policy, task, certified.tier) };
  const index = task.oracle.findIndex(({ kind }) => kind === 'confidence');
  const old = task.oracle[index];
  if (old?.kind === 'confidence') {
    const members = Object.entries({ ...(old.calibration && { calibration: {} }), ...spec });
    return [...edits, ...members.map(([key, value]) => ({ path: [...at, 'oracle', index, key], value }))];
  }
  const oracle = { kind: 'confidence', ...spec };
  const held = memberOf(written, 'oracle');
  const isThere = Array.isArray(held) && held.length > 0;
  return [
    ...edits,
    isThere
      ? { path: [...at, 'oracle', held.length], value: oracle }
      : { path: [...at, 'oracle'], value: [oracle], after: 'ladder' },
  ];
}

/**
 * The threshold is certified on the margins of one tier as they are. The tiers above it are certified whole, so none of their
 * answers may be sent away: their calibration calls all of them sure.
 */
function surenessOf(
  policy: Policy,
  task: Task,
  tier: string,
): { readonly calibration?: Readonly<Record<string, Calibration>> } {
  const others = task.ladder.filter((one) => one !== tier && policy.tiers[one]?.capabilities.includes('logprobs'));
  if (others.length === 0) return {};
  return { calibration: Object.fromEntries(others.map((one) => [one, { margins: [0], errors: [0] }])) };
}

/** What vouches for it, and what production is held to. */
function evidence(
  policy: Policy,
  task: Task,
  { certified, baseline, judge }: ProfiledTask,
  version: string,
  written: unknown,
  options: ProfiledPolicyOptions,
): readonly Edit[] {
  const at = ['tasks', task.id];
  const profiledAt = options.profiledAt ?? baseline.profiledAt;
  const edits: Edit[] = [{ path: [...at, 'baseline'], value: roundBaseline(baseline) }];
  if (!('refused' in certified)) {
    const { tier, risk, confidence, threshold } = certified;
    const code = codeOf(task, options.code ?? new Map());
    const isUnvalidated = task.oracle.some(({ kind }) => kind === 'judge') && judge?.validated !== true;
    const certificate: Certificate = {
      tier,
      risk,
      confidence,
      ...(threshold !== undefined && { threshold }),
      ...certificateBinding(policy, task),
      ...(code && { code }),
      ...(isUnvalidated && { judge: 'unvalidated' as const }),
      policy: version,
      ...(profiledAt !== undefined && { profiledAt }),
    };
    edits.push({ path: [...at, 'certificate'], value: certificate });
  } else if (isRecord(memberOf(written, 'certificate'))) {
    edits.push({ path: [...at, 'certificate'], value: {} });
  }
  return edits;
}
