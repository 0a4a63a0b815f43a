/** Three models that answer in this process, at once, and send a bill of their own. */

import { RouterError } from '../../../lib/core/errors';
import type { ProviderAnswer, ProviderCall, TierProvider } from '../../../lib/core/execution/provider';
import type { Usage } from '../../../lib/core/types';
import type { ChatBody, ChatCompletion } from '../../../lib/core/types-chat';
import type { Asked, TaskId } from './traffic';

export const TIER_IDS = ['small', 'mid', 'frontier'] as const;

export type TierId = (typeof TIER_IDS)[number];

/** USD per million tokens. */
export interface ListPrice {
  readonly input: number;
  readonly output: number;
}

/** How difficult a question may be that a model still answers well. */
const ABILITY: Readonly<Record<TaskId, Readonly<Record<TierId, number>>>> = {
  triage: { small: 0.86, mid: 0.97, frontier: 0.996 },
  answers: { small: 0.78, mid: 0.94, frontier: 0.99 },
  summaries: { small: 0.6, mid: 0.95, frontier: 0.99 },
  reports: { small: 0.3, mid: 0.7, frontier: 0.98 },
};
/** Mean margin of a model's tokens where it is right, and where it is wrong: from, and how much more. */
const SURE: Readonly<Record<TierId, readonly [number, number]>> = {
  small: [0.6, 0.3],
  mid: [0.65, 0.25],
  frontier: [0.98, 0.02],
};
const UNSURE: readonly [number, number] = [0.05, 0.4];
/** Of calls: a host that fails, and is asked again. */
const FAULT_SHARE = 0.004;
const MS_PER_TOKEN: Readonly<Record<TierId, number>> = { small: 2, mid: 4, frontier: 8 };
const CHARACTERS_PER_TOKEN = 4.2;
const LABELS = ['billing', 'bug', 'other'];
const WRONG = 'I am not certain which of these it is.';

export interface SimulatedTiers extends TierProvider {
  /** What the hosts say they are owed, in USD. */
  readonly bill: Readonly<Record<TierId, { usd: number; calls: number; faults: number }>>;
}

export interface TierPorts {
  /** Of the prompt that is being asked. */
  readonly questionOf: (prompt: string) => Asked;
  readonly priceOf: (tier: TierId) => ListPrice;
  readonly random: () => number;
  /** A call takes its time. */
  readonly wait: (ms: number) => void;
}

export function simulatedTiers({ questionOf, priceOf, random, wait }: TierPorts): SimulatedTiers {
  const bill = Object.fromEntries(
    TIER_IDS.map((id) => [id, { usd: 0, calls: 0, faults: 0 }]),
  ) as SimulatedTiers['bill'];

  async function complete({ tier, model, body }: ProviderCall): Promise<ProviderAnswer> {
    const id = tier.id as TierId;
    const prompt = promptOf(body);
    const asked = questionOf(prompt);
    const isRight = asked.difficulty < ABILITY[asked.task][id];
    const account = bill[id];
    if (random() < FAULT_SHARE) {
      account.faults += 1;
      throw RouterError.failure('unreachable', 'the host is not there');
    }
    const usage = usageOf(prompt, asked);
    const { input, output } = priceOf(id);
    account.calls += 1;
    account.usd += (usage.inputTokens * input + usage.outputTokens * output) / 1e6;
    wait(200 + usage.outputTokens * MS_PER_TOKEN[id]);
    const [least, more] = isRight ? SURE[id] : UNSURE;
    const completion = completionOf(
      model,
      said(asked, isRight),
      body.logprobs === true ? least + more * random() : undefined,
    );
    return { completion, text: JSON.stringify(completion), usage };
  }

  return {
    bill,
    unsupported: () => [],
    complete,
    stream: () => Promise.reject(new Error('nothing here is asked for as a stream')),
  };
}

function promptOf({ messages }: ChatBody): string {
  return String(messages[messages.length - 1]?.content ?? '');
}

function said({ task, difficulty }: Asked, isRight: boolean): string {
  if (!isRight) return WRONG;
  return task === 'triage' ? (LABELS[Math.floor(difficulty * LABELS.length)] as string) : 'Here it is. It is done.';
}

function usageOf(prompt: string, { outputTokens }: Asked): Usage {
  return {
    inputTokens: Math.ceil(prompt.length / CHARACTERS_PER_TOKEN),
    outputTokens,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    reasoningTokens: 0,
    estimated: false,
  };
}

/** A token of such a margin says as much as many of its mean. */
function completionOf(model: string, content: string, margin: number | undefined): ChatCompletion {
  const message = { role: 'assistant' as const, content };
  const choice = { index: 0, message, finish_reason: 'stop' as const };
  const choices = [margin === undefined ? choice : Object.assign(choice, { logprobs: logprobsOf(content, margin) })];
  return { id: 'answer', object: 'chat.completion', created: 1, model, choices };
}

function logprobsOf(token: string, margin: number): object {
  const p = (1 + margin) / 2;
  const top = [
    { token, logprob: Math.log(p) },
    { token: ' or', logprob: Math.log(1 - p) },
  ];
  return { content: [{ token, logprob: Math.log(p), top_logprobs: top }] };
}
