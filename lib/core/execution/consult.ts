import { RouterError } from '../errors';
import type { AnswerChoice, Consult } from '../types';
import type { ChatBody, ChatMessage } from '../types-chat';
import type { Tier } from '../types-policy';
import { type Asking, bodyTo, modelOf, remainingMs } from './ask';
import type { ExecutionPorts } from './plan';
import { providerOf } from './provider';
import { putQuestion, type Question } from './put-question';
import { estimatedUsage } from './usage';

/** Colder samples would all be the same one, and their agreement would prove nothing. */
const LEAST_SAMPLE_TEMPERATURE = 0.7;

/** Room for a grade, and for the thinking of a judge that thinks. */
const JUDGE_LIMIT_TOKENS = 1024;
const JUDGE_EXPECTED_TOKENS = 32;

/** About four characters a token in English prose; at the worst each is a byte, and a template adds some to a message. */
const CHARACTERS_PER_TOKEN = 4;
const TEMPLATE_TOKENS_PER_MESSAGE = 16;

/**
 * The calls that checks of one answer may make. They go to the tier that answered and to the decision's advisers, which
 * the guards have let pass, and to nobody else; each needs leave as any call does, keeps the tier's and the request's
 * deadlines, and is booked. Where the consequence is high, a check that cannot be made is one that fails: there a
 * consultation without an answer rejects.
 */
export function createConsult(asked: Asking, ports: ExecutionPorts): Consult {
  return new Consultations(asked, ports);
}

class Consultations implements Consult {
  /** Samples answer the question, whichever choice they are compared with. */
  private readonly sampled = new Map<number, Promise<readonly AnswerChoice[]>>();

  constructor(
    private readonly asked: Asking,
    private readonly ports: ExecutionPorts,
  ) {}

  samples(count: number): Promise<readonly AnswerChoice[]> {
    const known = this.sampled.get(count) ?? this.sample(count);
    this.sampled.set(count, known);
    return known;
  }

  async ask(
    id: string,
    messages: readonly ChatMessage[],
    purpose: 'judge' | 'sample',
  ): Promise<AnswerChoice | undefined> {
    const { decision, policy } = this.asked.plan;
    const adviser = decision.advisers?.includes(id) ? policy.tiers[id] : undefined;
    const question = adviser && this.questionTo(adviser, messages, purpose);
    const answer = question && (await consult(question, this.asked, this.ports));
    if (answer === undefined) this.unanswered(id);
    return answer;
  }

  private async sample(count: number): Promise<readonly AnswerChoice[]> {
    const { tier } = this.asked;
    const question = sampleOf(this.asked, this.ports);
    const warm = Object.assign({}, question, { body: warmed(question.body) });
    const calls = Array.from({ length: count }, () => consult(warm, this.asked, this.ports));
    const answers = (await Promise.all(calls)).filter((answer) => answer !== undefined);
    if (answers.length < count) this.unanswered(tier.id);
    return answers;
  }

  /** A sample is the caller's own question, put to another tier; only one that can do what it asks for gives one. */
  private questionTo(tier: Tier, messages: readonly ChatMessage[], purpose: 'judge' | 'sample'): Question | undefined {
    const { plan } = this.asked;
    if (purpose === 'judge') return judgeQuestion(tier, messages, this.ports);
    const question = sampleOf({ plan, tier, draft: undefined }, this.ports);
    const canDo = plan.request.needs.every((need) => tier.capabilities.includes(need));
    return canDo && providerOf(tier, this.ports.providers).unsupported(question.body, tier).length === 0
      ? question
      : undefined;
  }

  private unanswered(tier: string): void {
    if (this.asked.plan.features.consequence !== 'high') return;
    throw new RouterError('tiers_unavailable', `Tier "${tier}" gave no answer that a check needs.`);
  }
}

/** The question as the tier got it: one answer, in one piece, and nothing that would make all answers the same. */
function sampleOf(asking: Pick<Asking, 'plan' | 'tier' | 'draft'>, ports: ExecutionPorts): Question {
  const { tier, plan } = asking;
  const { inputTokens, expectedOutputTokens } = plan.features;
  const {
    n: _n,
    seed: _seed,
    stream: _stream,
    stream_options: _options,
    logprobs: _logprobs,
    top_logprobs: _top,
    ...body
  } = bodyTo(asking);
  return {
    purpose: 'sample',
    tier,
    model: modelOf(tier, plan.task.id),
    body: body as ChatBody,
    choices: 1,
    inputTokens,
    expectedOutputTokens,
    estimate: ports.estimate(tier, body as ChatBody),
  };
}

/** A tier that was given no temperature has its own, or does not take any. */
function warmed(body: ChatBody): ChatBody {
  const { temperature } = body;
  if (typeof temperature !== 'number' || temperature >= LEAST_SAMPLE_TEMPERATURE) return body;
  return Object.assign({}, body, { temperature: LEAST_SAMPLE_TEMPERATURE });
}

/** Nothing is asked of the judge that a tier might not know of: no temperature, no form of answer. */
function judgeQuestion(tier: Tier, messages: readonly ChatMessage[], ports: ExecutionPorts): Question {
  const body: ChatBody = { model: tier.model, messages, max_completion_tokens: JUDGE_LIMIT_TOKENS };
  const text = JSON.stringify(messages);
  const inputTokens = Math.ceil(text.length / CHARACTERS_PER_TOKEN);
  const worstTokens = new TextEncoder().encode(text).byteLength + messages.length * TEMPLATE_TOKENS_PER_MESSAGE;
  const atMs = ports.nowMs();
  const usd = (input: number, output: number): number =>
    ports.price(tier, estimatedUsage(input, output * CHARACTERS_PER_TOKEN), atMs);
  return {
    purpose: 'judge',
    tier,
    model: tier.model,
    body,
    choices: 1,
    inputTokens,
    expectedOutputTokens: JUDGE_EXPECTED_TOKENS,
    estimate: {
      expectedUsd: usd(inputTokens, JUDGE_EXPECTED_TOKENS),
      worstUsd: usd(worstTokens, JUDGE_LIMIT_TOKENS),
    },
  };
}

/** Makes the call and books it; undefined where it is not to be made, or fails. */
async function consult(question: Question, { plan, trail }: Asking, ports: ExecutionPorts) {
  const put = await putQuestion(question, remainingMs(plan, ports), ports);
  if (put === undefined) return undefined;
  trail.consulted(put.consultation);
  return put.called.kind === 'failed' ? undefined : put.called.answer.choices[0];
}
