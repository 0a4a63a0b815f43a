import type { Answer, Consultation, Gate, Request, Trail } from '../types';
import type { ControlSample } from '../types-feedback';
import type { Budget, Policy, Task, Tier } from '../types-policy';
import { bodyTo, modelOf } from './ask';
import type { ExecutionPlan, ExecutionPorts } from './plan';
import { type Put, putQuestion, type Question } from './put-question';

/** An answer that has left, and how it came about. */
export interface Given {
  readonly answer: Answer;
  readonly trail: Trail;
  readonly costUsd: number;
}

export interface ControlPlan extends ExecutionPlan {
  /** Judges both answers alike, without calling models. */
  readonly grade: Gate;
  /** Tiers of the task's ladder that the request may go to now, in its order. */
  readonly eligible: () => Promise<readonly string[]>;
}

/** What is learnt, and the call it took. */
export interface Controlled {
  readonly sample: ControlSample;
  readonly consultation: Consultation;
}

/** What all control calls of a day may cost together. Its id is none that a policy can give. */
export function controlBudget({ control }: Policy): Budget {
  return {
    id: 'control#day',
    scope: 'all',
    limitUsd: control.dailyUsd,
    period: 'day',
    onExhausted: 'refuse',
    reserve: 'expected',
  };
}

/**
 * Whether a request may be drawn for the control sample: its tier is the policy's choice among several, and something can
 * judge its answer. What the request holds, and where it goes, make no difference to the draw.
 */
export function mayBeDrawn(
  { control }: Policy,
  task: Task,
  { pinned }: Request,
  grade: Gate | undefined,
): grade is Gate {
  return (
    control.share > 0 && control.dailyUsd > 0 && pinned === undefined && grade !== undefined && task.ladder.length > 1
  );
}

/**
 * Puts the same question to another tier once its answer has left: to the last eligible tier where the first one answered,
 * to the first where a higher one did, so that each route is held against the other. Undefined where nothing judges the
 * answer, no other tier may be asked, or there is no money or time for it.
 */
export async function control(
  { answer, trail, costUsd }: Given,
  plan: ControlPlan,
  ports: ExecutionPorts,
): Promise<Controlled | undefined> {
  const served = trail.tier;
  if (served === null) return undefined;
  const servedPass = await passes(answer, served, plan);
  if (servedPass === null) return undefined;
  const reference = referenceTo(served, plan.task, await plan.eligible());
  const tier = reference === undefined ? undefined : plan.policy.tiers[reference];
  const put = tier && (await putQuestion(questionTo(tier, plan, ports), leftMs(ports), ports));
  if (put === undefined) return undefined;
  const { consultation } = put;
  const referencePass = await passesPut(put, consultation.tier, plan);
  const sample = { served, reference: consultation.tier, servedPass, referencePass };
  return {
    sample: Object.assign(sample, { servedUsd: costUsd, referenceUsd: consultation.costUsd }),
    consultation,
  };
}

function referenceTo(served: string, { ladder }: Task, eligible: readonly string[]): string | undefined {
  const [first] = ladder;
  return served === first ? eligible.findLast((id) => id !== first) : eligible.find((id) => id === first);
}

/** As its caller asked it, in one piece. */
function questionTo(tier: Tier, plan: ControlPlan, ports: ExecutionPorts): Question {
  const { request, task, features } = plan;
  const { stream: _stream, stream_options: _options, ...body } = bodyTo({ plan, tier, draft: undefined });
  return {
    purpose: 'control',
    tier,
    model: modelOf(tier, task.id),
    body,
    choices: request.choices,
    inputTokens: features.inputTokens,
    expectedOutputTokens: features.expectedOutputTokens,
    estimate: ports.estimate(tier, body),
  };
}

function leftMs({ endsAtMs = Number.POSITIVE_INFINITY, nowMs }: ExecutionPorts): number {
  return endsAtMs - nowMs();
}

function passesPut({ called }: Put, tier: string, plan: ControlPlan): Promise<boolean | null> {
  return called.kind === 'failed' ? Promise.resolve(null) : passes(called.answer, tier, plan);
}

/** Null where no check has anything to say, or one breaks. */
async function passes(answer: Answer, tier: string, { grade, request }: ControlPlan): Promise<boolean | null> {
  const { messages, tools } = request.body;
  try {
    const verdict = await grade(answer, { tier, messages, tools: tools ?? [] });
    return verdict.pass && verdict.oracle === '' ? null : verdict.pass;
  } catch {
    return null;
  }
}
