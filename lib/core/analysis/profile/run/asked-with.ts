import { modelOf } from '../../../execution/ask';
import { canonicalHash } from '../../../policy/canonical-hash';
import { askedBy } from '../../../policy/certificate';
import { isFields } from '../../../request/check';
import type { Policy, Task } from '../../../types-policy';
import type { RecordedAnswer } from './recorded-answer';

/** With what a tier was asked. */
export interface AskedWith {
  readonly model: string;
  /** Digest of what is put before the row and left out of it. */
  readonly prompt: string;
}

/** By tier. */
export type AskedByTier = Readonly<Record<string, AskedWith>>;

/** What a file says of it, which may be less. */
type Said = Partial<AskedWith>;

/** What recorded answers of a tier are to the policy as it is now. */
export type Standing =
  | { readonly kind: 'same' }
  /** Answers to something else: they say nothing of the tier. */
  | { readonly kind: 'other'; readonly why: string }
  /** They may be shown, and vouch for nothing. */
  | { readonly kind: 'unknown'; readonly why: string };

const SAME: Standing = { kind: 'same' };
/** A model whose variable is unset here. */
const UNRESOLVED = /\$\{/;

/** How each tier would be asked for the task now, those of its judges among them. */
export function askedWith({ tiers }: Policy, task: Task): AskedByTier {
  const all = Object.values(tiers).map((tier) => [
    tier.id,
    { model: modelOf(tier, task.id), prompt: promptDigest(ownPrompt(task, tier.id), task.stripContext) },
  ]);
  return Object.fromEntries(all);
}

/** Of these tiers and of those that the task's checks ask. */
export function askedOf(asked: AskedByTier, task: Task, answers: readonly Pick<RecordedAnswer, 'tier'>[]): AskedByTier {
  const wanted = new Set([...answers.map(({ tier }) => tier), ...task.oracle.flatMap(askedBy)]);
  return Object.fromEntries(Object.entries(asked).filter(([tier]) => wanted.has(tier)));
}

/** What a line of outcomes says of a tier; of other makers at most the model that answered. */
export function askedIn(line: Readonly<Record<string, unknown>>, tier: string): Said {
  const asked = memberOf(line.asked, tier);
  const { model } = isFields(asked) ? asked : asModel(memberOf(line.calls, tier));
  const prompt = isFields(asked) ? asked.prompt : undefined;
  return {
    ...(typeof model === 'string' && { model }),
    ...(typeof prompt === 'string' && { prompt }),
  };
}

export function standingOf(said: Said, now: AskedWith): Standing {
  if (said.model === undefined) return unknown('nothing says which model gave its answers');
  if (UNRESOLVED.test(now.model)) return unknown(`its model ${now.model} is not set here`);
  if (said.model !== now.model) return other(`its answers are of ${said.model}, and the policy names ${now.model}`);
  if (said.prompt === now.prompt) return SAME;
  if (said.prompt !== undefined) return other('its answers were given under other prompts than the policy has');
  return now.prompt === NOTHING_BEFORE ? SAME : unknown('nothing says which prompt was put before its answers');
}

/** What judges have found, where it is still the same models that judge. */
export function withoutOthersFindings(
  answer: RecordedAnswer,
  task: Task,
  isSameModel: (tier: string) => boolean,
): RecordedAnswer {
  if (answer.findings === undefined) return answer;
  const lost = new Set(
    task.oracle.filter((spec) => !askedBy(spec).every(isSameModel)).map((spec) => canonicalHash(spec)),
  );
  if (lost.size === 0) return answer;
  const findings = Object.entries(answer.findings).filter(([fingerprint]) => !lost.has(fingerprint));
  return Object.assign({}, answer, { findings: Object.fromEntries(findings) });
}

function ownPrompt({ prompts }: Task, tier: string): string {
  return Object.hasOwn(prompts, tier) ? (prompts[tier] as string) : '';
}

function promptDigest(before: string, stripContext: boolean): string {
  return canonicalHash({ before, stripContext });
}

const NOTHING_BEFORE = promptDigest('', false);

function memberOf(value: unknown, key: string): unknown {
  return isFields(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function asModel(call: unknown): { readonly model?: unknown; readonly prompt?: unknown } {
  return isFields(call) ? { model: call.model } : {};
}

function other(why: string): Standing {
  return { kind: 'other', why };
}

function unknown(why: string): Standing {
  return { kind: 'unknown', why };
}
