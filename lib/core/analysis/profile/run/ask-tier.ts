import { estimateReserve } from '../../../attribution/reserve';
import { modelOf } from '../../../execution/ask';
import { bodyFor } from '../../../execution/hand-on';
import { marginsOfText } from '../../../execution/logprobs';
import { promptTokens } from '../../../prompt-tokens';
import { stripContext } from '../../../request/strip-context';
import type { AnswerChoice } from '../../../types';
import type { ChatBody } from '../../../types-chat';
import type { Policy, Task, Tier } from '../../../types-policy';
import type { Called, CallOrder, TierCaller } from './call-tier';
import { type Judged, judgeAnswer } from './judge-answer';
import type { PlannedRow } from './plan-row';
import { choiceOf, type RecordedAnswer } from './recorded-answer';
import { RowConsult } from './row-consult';
import type { Check } from './task-checks';

/** With what a row is asked. */
export interface AskPorts {
  readonly policy: Policy;
  readonly checks: ReadonlyMap<string, readonly Check[]>;
  readonly caller: TierCaller;
  readonly nowMs: () => number;
  /** Whether a deployed router is asked, which puts the task's own prompts before a request itself. */
  readonly viaRouter: boolean;
}

/** Questions of one task to one tier cost much alike. */
export function kindOf(tier: string, task: string): string {
  return `${tier} ${task}`;
}

/** Who is asked by calls of the kind, on which task; also where it is as a judge. */
export function partsOfKind(kind: string): { readonly tier: string; readonly task: string; readonly isJudge: boolean } {
  const words = kind.split(' ');
  return { tier: words.at(-2) ?? '', task: words.at(-1) ?? '', isJudge: words.length > 2 };
}

/** One row on one tier. */
export interface Ask {
  readonly planned: PlannedRow;
  readonly tier: Tier;
  readonly sample: number;
}

/** Asks the tier, has the answer judged; undefined where the call was not made. */
export async function askTier(ask: Ask, ports: AskPorts): Promise<RecordedAnswer | undefined> {
  const { planned, tier, sample } = ask;
  const called = await ports.caller.call(questionTo(tier, ask, ports));
  if (called.kind === 'not-made') return undefined;
  const { id: row, task } = planned.row;
  const common = { row, task, tier: tier.id, sample };
  const lost = called.lostUsd > 0 ? { lostUsd: called.lostUsd } : {};
  if (called.kind === 'failed') {
    const { cause, message, latencyMs } = called;
    const nothing = { inputTokens: 0, outputTokens: 0, costUsd: 0, judgeCostUsd: 0 };
    return { ...common, failed: cause, detail: message, model: modelOf(tier, task), ...nothing, latencyMs, ...lost };
  }
  return judge({ ...common, ...answerIn(called), ...lost }, ask, ports);
}

/** Judges an answer that is there already by what is still to be found out of it. */
export async function judge(answer: RecordedAnswer, ask: Ask, ports: AskPorts): Promise<RecordedAnswer> {
  const { planned, tier, sample } = ask;
  const choice = choiceOf(answer);
  if (choice === undefined) return answer;
  const question = (to: Tier): CallOrder => questionTo(to, ask, ports);
  const consult = new RowConsult(ports.policy, planned, ports.caller, ports.nowMs, question, tier, sample);
  const { row, request } = planned;
  const judging = { row, choice, judgement: { tier: tier.id, messages: request.body.messages, tools: [] } };
  const known = { findings: answer.findings ?? {}, consult };
  const judged = await judgeAnswer(ports.checks.get(row.task) ?? [], judging, known);
  return withVerdict(answer, judged, consult.costUsd);
}

/** The answer with this verdict and no other. */
export function withVerdict(answer: RecordedAnswer, judged: Judged, judgeCostUsd: number): RecordedAnswer {
  const { pass: _pass, gate: _gate, oracle: _oracle, detail: _detail, findings, ...rest } = answer;
  const all = { ...findings, ...judged.findings };
  return {
    ...rest,
    ...judged,
    judgeCostUsd: answer.judgeCostUsd + judgeCostUsd,
    ...(Object.keys(all).length > 0 && { findings: all }),
  };
}

function answerIn({
  answered,
  costUsd,
  latencyMs,
}: Extract<Called, { kind: 'answered' }>): Omit<RecordedAnswer, 'row' | 'task' | 'tier' | 'sample'> {
  const { answer, usage, delivery } = answered;
  const margins = delivery.kind === 'completion' ? delivery.completion.choices.slice(0, 1).flatMap(marginsOfText) : [];
  return {
    choice: kept(answer.choices[0] as AnswerChoice),
    ...(margins.length > 0 && { margin: margins.reduce((sum, margin) => sum + margin, 0) / margins.length }),
    model: answer.model,
    // The whole prompt, since what a cache held in profiling says nothing of production.
    inputTokens: promptTokens(usage),
    outputTokens: usage.outputTokens,
    costUsd,
    judgeCostUsd: 0,
    latencyMs,
  };
}

function kept({ text, toolCalls, refusal, finishReason }: AnswerChoice): AnswerChoice {
  return { text, toolCalls, reasoning: '', refusal, finishReason };
}

/** What the tier would be sent of the row in production, and token probabilities where thresholds on them are looked for. */
function questionTo(tier: Tier, { planned, tier: own, sample }: Ask, ports: AskPorts): CallOrder {
  const { policy, viaRouter, nowMs } = ports;
  const { row, request, features } = planned;
  const task = policy.tasks[row.task] as Task;
  const body = viaRouter ? request.body : sentBody(request.body, task, tier);
  return {
    about: { row: row.id, tier: own.id, sample },
    tier,
    task: row.task,
    model: modelOf(tier, row.task),
    body: wantsMargins(task, tier) ? { ...body, logprobs: true, top_logprobs: 2 } : body,
    kind: kindOf(tier.id, row.task),
    inputTokens: features.inputTokens,
    expectedOutputTokens: features.expectedOutputTokens,
    estimate: estimateReserve(tier, policy, request, features, nowMs()),
  };
}

function sentBody(body: ChatBody, task: Task, { id }: Tier): ChatBody {
  const prompt = Object.hasOwn(task.prompts, id) ? task.prompts[id] : undefined;
  return bodyFor(task.stripContext ? stripContext(body) : body, prompt, 'none', undefined);
}

function wantsMargins({ route, oracle }: Task, { capabilities }: Tier): boolean {
  return capabilities.includes('logprobs') && (route === 'cascade' || oracle.some(({ kind }) => kind === 'confidence'));
}
