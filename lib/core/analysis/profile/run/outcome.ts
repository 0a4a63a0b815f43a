import { estimateCost } from '../../../attribution/price';
import { modelOf } from '../../../execution/ask';
import { isFields } from '../../../request/check';
import type { AnswerChoice } from '../../../types';
import type { ContentPart } from '../../../types-chat';
import type { Policy, Tier } from '../../../types-policy';
import type { CorpusRow } from '../profile-document';
import { readRow } from './read-row';
import type { RecordedAnswer } from './recorded-answer';

/** What an outcome tells of a call beyond the members every reader knows. */
type CallRecord = Omit<
  RecordedAnswer,
  'row' | 'task' | 'tier' | 'sample' | 'pass' | 'choice' | 'inputTokens' | 'outputTokens' | 'latencyMs' | 'costUsd'
> &
  Partial<Pick<AnswerChoice, 'toolCalls' | 'refusal' | 'finishReason'>>;

type ByTier<Value> = Readonly<Record<string, Value>>;

/** One line of `outcomes.jsonl`: a row, and what each tier made of it. A row of a corpus too, with its answers beside it. */
export interface Outcome extends Omit<CorpusRow, 'messages'>, Partial<Pick<CorpusRow, 'messages'>> {
  readonly prompt: string;
  /** 1 where the answer passed, 0 where it did not; tiers without a verdict are left out. */
  readonly quality: ByTier<number>;
  readonly answers: ByTier<string>;
  readonly inputTokens: ByTier<number>;
  readonly outputTokens: ByTier<number>;
  readonly latencyMs: ByTier<number>;
  readonly costUsd: ByTier<number>;
  readonly source: 'profile';
  readonly calls: ByTier<CallRecord>;
  /** The same question asked again. */
  readonly repeats?: readonly RecordedAnswer[];
}

export function outcomeOf(row: CorpusRow, answers: readonly RecordedAnswer[]): Outcome {
  const first = answers.filter(({ sample }) => sample === 0);
  const repeats = answers.filter(({ sample }) => sample > 0);
  const answered = first.filter(({ failed }) => failed === undefined);
  const { id, task, messages, ...rest } = row;
  const prompt = promptOf(row);
  const isPlain = messages.length === 1 && messages[0]?.role === 'user' && messages[0].content === prompt;
  return {
    id,
    task,
    prompt,
    ...(!isPlain && { messages }),
    ...rest,
    quality: byTier(first, ({ pass }) => (pass === undefined ? undefined : Number(pass))),
    answers: byTier(answered, ({ choice }) => choice?.text),
    inputTokens: byTier(answered, ({ inputTokens }) => inputTokens),
    outputTokens: byTier(answered, ({ outputTokens }) => outputTokens),
    latencyMs: byTier(answered, ({ latencyMs }) => latencyMs),
    costUsd: byTier(answered, ({ costUsd }) => costUsd ?? undefined),
    source: 'profile',
    calls: byTier(first, callRecord),
    ...(repeats.length > 0 && { repeats }),
  };
}

/** What the person said last: what tells one prompt from another. */
function promptOf({ messages }: CorpusRow): string {
  const content = messages.findLast(({ role }) => role === 'user')?.content ?? messages.at(-1)?.content;
  if (typeof content === 'string') return content;
  return (content ?? []).map((part: ContentPart) => (part.type === 'text' ? part.text : '')).join('');
}

function byTier<Value>(
  answers: readonly RecordedAnswer[],
  of: (answer: RecordedAnswer) => Value | undefined,
): Record<string, Value> {
  return Object.fromEntries(
    answers.flatMap((answer) => {
      const value = of(answer);
      return value === undefined ? [] : [[answer.tier, value]];
    }),
  );
}

function callRecord(answer: RecordedAnswer): CallRecord {
  const { model, gate, oracle, detail, margin, failed, judgeCostUsd, findings, lostUsd, choice } = answer;
  return {
    model,
    judgeCostUsd,
    ...(gate !== undefined && { gate }),
    ...(oracle !== undefined && { oracle }),
    ...(detail !== undefined && detail !== '' && { detail }),
    ...(margin !== undefined && { margin }),
    ...(failed !== undefined && { failed }),
    ...(findings && { findings }),
    ...(lostUsd !== undefined && { lostUsd }),
    ...(choice && choice.toolCalls.length > 0 && { toolCalls: choice.toolCalls }),
    ...(choice && choice.refusal !== '' && { refusal: choice.refusal }),
    ...(choice && choice.finishReason !== 'stop' && { finishReason: choice.finishReason }),
  };
}

/** A line of outcomes, or everything that is wrong with it. */
export type OutcomeRead =
  | { readonly ok: true; readonly row: CorpusRow; readonly answers: readonly RecordedAnswer[] }
  | { readonly ok: false; readonly faults: readonly string[] };

/**
 * Reads what `outcomeOf` wrote, and plainer outcomes of other makers, of which the contract's members are enough: an answer
 * without its cost costs what its tokens do at the price of the day.
 */
export function readOutcome(line: string, policy: Policy, atMs: number): OutcomeRead {
  const read = readRow(line, policy);
  if (!read.ok) return read;
  const value = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const { row } = read;
  const texts = isFields(value.answers) ? value.answers : {};
  const calls = isFields(value.calls) ? value.calls : {};
  const quality = isFields(value.quality) ? value.quality : {};
  const ids = new Set([...Object.keys(texts), ...Object.keys(calls), ...Object.keys(quality)]);
  const unknown = [...ids].filter((tier) => !Object.hasOwn(policy.tiers, tier));
  if (unknown.length > 0)
    return {
      ok: false,
      faults: [`there is no tier ${unknown.join(', ')}; the policy has ${Object.keys(policy.tiers).join(', ')}`],
    };
  const first = [...ids].map((tier) => firstAnswer(row, tier, value, { policy, atMs }));
  const repeats = Array.isArray(value.repeats) ? (value.repeats as RecordedAnswer[]) : [];
  return { ok: true, row, answers: [...first, ...repeats] };
}

/** An answer without words keeps the verdict it came with. */
function firstAnswer(
  { id, task }: CorpusRow,
  tier: string,
  value: Readonly<Record<string, unknown>>,
  { policy, atMs }: { readonly policy: Policy; readonly atMs: number },
): RecordedAnswer {
  const of = (member: string): unknown => (isFields(value[member]) ? value[member][tier] : undefined);
  const record = (of('calls') ?? {}) as Partial<CallRecord>;
  const { toolCalls = [], refusal = '', finishReason = 'stop', ...rest } = record;
  const text = of('answers');
  const quality = of('quality');
  const definition = policy.tiers[tier] as Tier;
  const [input, output] = [amount(of('inputTokens')), amount(of('outputTokens'))];
  const reckonedUsd =
    input === undefined || output === undefined ? undefined : estimateCost(definition, input, output, atMs);
  return {
    model: modelOf(definition, task),
    judgeCostUsd: 0,
    ...rest,
    row: id,
    task,
    tier,
    sample: 0,
    inputTokens: input ?? 0,
    outputTokens: output ?? 0,
    costUsd: record.failed === undefined ? (amount(of('costUsd')) ?? reckonedUsd ?? null) : 0,
    latencyMs: amount(of('latencyMs')) ?? 0,
    ...(typeof quality === 'number' && { pass: quality >= 0.5 }),
    ...(typeof text === 'string' && { choice: { text, toolCalls, reasoning: '', refusal, finishReason } }),
  };
}

function amount(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined;
}
