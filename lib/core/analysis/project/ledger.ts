import { callUsd } from './call-price';
import { pathsOf } from './paths';
import {
  isGpu,
  type Rung,
  type Sample,
  type Scenario,
  type ScenarioTask,
  type SideCall,
  type Tokens,
  tierOf,
  tokensOf,
} from './scenario';

/**
 * What a call is made for. `answer` is the one whose answer leaves; `escalation` one that was paid for and whose answer
 * failed its check; `idle` is no call but the hours of GPUs in which nothing is asked.
 */
export const PURPOSES = ['answer', 'escalation', 'retry', 'classifier', 'judge', 'control', 'shadow', 'idle'] as const;

export type Purpose = (typeof PURPOSES)[number];

/** One line of the bill: calls of one kind. Everything that is reported is a sum over these. */
export interface Line {
  /** Null for what no task causes. */
  readonly task: string | null;
  readonly tier: string;
  readonly purpose: Purpose;
  /** Tier whose answer the requests behind this line get. */
  readonly answeredBy: string;
  /** Requests that this line answers; 0 unless it is an `answer`. */
  readonly requests: number;
  /** Calls of it that went to this tier because GPUs had no room. */
  readonly overflowed: number;
  /** Before the cache of answers took its share, and after. */
  readonly asked: number;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly usd: number;
  /** The same without the cache of answers and the provider's cache of prompts; on GPUs caches save no money. */
  readonly uncachedUsd: number;
}

export interface Call {
  readonly task: ScenarioTask | null;
  readonly tier: string;
  readonly purpose: Purpose;
  readonly answeredBy: string;
  readonly requests?: number;
  readonly overflowed?: number;
  /** Before the cache of answers takes its share. */
  readonly calls: number;
  readonly tokens: Tokens;
}

/** Every call of the month, as if there were always room on GPUs. */
export function ledgerOf(scenario: Scenario): Line[] {
  const served = scenario.tasks.flatMap((task) => taskLines(scenario, task));
  return [
    ...served,
    ...sampleLines(scenario, served, 'control', scenario.control),
    ...sampleLines(scenario, served, 'shadow', scenario.shadow),
  ];
}

export function lineOf(scenario: Scenario, call: Call): Line {
  const { answerCacheShare, promptCacheShare } = scenario.assumptions;
  const { task, tokens } = call;
  const { price } = tierOf(scenario, call.tier);
  const calls = call.calls * (task?.cached ? 1 - answerCacheShare : 1);
  const usd = calls * callUsd(price, tokens, promptCacheShare);
  return {
    task: task?.id ?? null,
    tier: call.tier,
    purpose: call.purpose,
    answeredBy: call.answeredBy,
    requests: call.requests ?? 0,
    overflowed: call.overflowed ?? 0,
    asked: call.calls,
    calls,
    inputTokens: calls * tokens.input,
    outputTokens: calls * tokens.output,
    usd,
    uncachedUsd: price.kind === 'gpu' ? usd : call.calls * callUsd(price, tokens),
  };
}

function taskLines(scenario: Scenario, task: ScenarioTask): Line[] {
  const requests = scenario.volume * task.share;
  return pathsOf(task.rungs).flatMap(({ from, to, share }) => {
    const asked = task.rungs.slice(from, to + 1);
    const answeredBy = asked[asked.length - 1]?.tier as string;
    const here = requests * share;
    return [
      ...task.choosing.map(({ tier, ...tokens }) =>
        lineOf(scenario, { task, tier, purpose: 'classifier', answeredBy, calls: here, tokens }),
      ),
      ...asked.flatMap((rung) => rungLines(scenario, task, rung, answeredBy, here)),
    ];
  });
}

function rungLines(scenario: Scenario, task: ScenarioTask, { tier }: Rung, answeredBy: string, calls: number): Line[] {
  const tokens = tokensOf(task, tier);
  const answers = tier === answeredBy;
  const call = { task, tier, answeredBy, tokens };
  const retried = tierOf(scenario, tier).retries ? calls * scenario.assumptions.retryShare : 0;
  return [
    lineOf(scenario, {
      ...call,
      purpose: answers ? 'answer' : 'escalation',
      calls,
      requests: answers ? calls : 0,
    }),
    ...(retried > 0 ? [lineOf(scenario, { ...call, purpose: 'retry', calls: retried })] : []),
    ...task.judges.map((judge) =>
      lineOf(scenario, {
        task,
        tier: judge.tier,
        purpose: 'judge',
        answeredBy,
        calls,
        tokens: judged(judge, tokens),
      }),
    ),
  ];
}

/** A judge reads the request and its answer. */
function judged({ input, output }: SideCall, tokens: Tokens): Tokens {
  return { input: input + tokens.input + tokens.output, output };
}

/** Requests asked a second time, on the last tier of their ladder and not twice on the same one, within the limit. */
function sampleLines(
  scenario: Scenario,
  served: readonly Line[],
  purpose: 'control' | 'shadow',
  { share, limitUsd }: Sample,
): Line[] {
  if (share === 0) return [];
  const tasks = new Map(scenario.tasks.map((task) => [task.id, task]));
  const calls = served.flatMap((line) => {
    const task = tasks.get(line.task ?? '');
    const tier = task?.rungs.at(-1)?.tier;
    if (line.purpose !== 'answer' || task === undefined || tier === undefined || tier === line.tier) return [];
    const { answeredBy, requests } = line;
    return [{ task, tier, purpose, answeredBy, calls: requests * share, tokens: tokensOf(task, tier) }];
  });
  const usd = calls.reduce((sum, call) => sum + lineOf(scenario, call).usd, 0);
  const within = usd > limitUsd ? limitUsd / usd : 1;
  return calls.map((call) => lineOf(scenario, { ...call, calls: call.calls * within }));
}

/** Lines of rented tiers and of GPUs apart. */
export function onGpu(scenario: Scenario, { tier }: Pick<Line, 'tier'>): boolean {
  return isGpu(tierOf(scenario, tier));
}
