import { estimateCost } from '../../../attribution/price';
import type { AnswerChoice, Consult } from '../../../types';
import type { ChatBody, ChatMessage } from '../../../types-chat';
import type { Policy, Tier } from '../../../types-policy';
import type { CallOrder, TierCaller } from './call-tier';
import type { PlannedRow } from './plan-row';

/** As in production: room for a grade, and for the thinking of a judge that thinks. */
const JUDGE_LIMIT_TOKENS = 1024;
const JUDGE_EXPECTED_TOKENS = 32;
/** About four characters a token in English prose; at the worst each is a byte, and a template adds some to a message. */
const CHARACTERS_PER_TOKEN = 4;
const TEMPLATE_TOKENS_PER_MESSAGE = 16;

/** The calls that checks of one answer make. The guards that bind the row bind its judges too. */
export class RowConsult implements Consult {
  /** What they have cost so far, in USD. */
  costUsd = 0;

  constructor(
    private readonly policy: Policy,
    private readonly planned: PlannedRow,
    private readonly caller: TierCaller,
    private readonly nowMs: () => number,
    /** The row's own question to a tier. */
    private readonly questionTo: (tier: Tier) => CallOrder,
    private readonly answeredBy: Tier,
    private readonly sample: number,
  ) {}

  async samples(count: number): Promise<readonly AnswerChoice[]> {
    const order = this.questionTo(this.answeredBy);
    const answers = await Promise.all(Array.from({ length: count }, () => this.make(order)));
    return answers.filter((answer) => answer !== undefined);
  }

  async ask(id: string, messages: readonly ChatMessage[]): Promise<AnswerChoice | undefined> {
    const { decision, request } = this.planned;
    const advisers = decision.tier === null ? [] : (decision.advisers ?? []);
    const tier = advisers.includes(id) ? this.policy.tiers[id] : undefined;
    if (tier === undefined) return undefined;
    return this.make(messages === request.body.messages ? this.questionTo(tier) : this.judgeQuestion(tier, messages));
  }

  private judgeQuestion(tier: Tier, messages: readonly ChatMessage[]): CallOrder {
    const { id: row, task } = this.planned.row;
    const body: ChatBody = { model: tier.model, messages, max_completion_tokens: JUDGE_LIMIT_TOKENS };
    const text = JSON.stringify(messages);
    const inputTokens = Math.ceil(text.length / CHARACTERS_PER_TOKEN);
    const worstTokens = new TextEncoder().encode(text).byteLength + messages.length * TEMPLATE_TOKENS_PER_MESSAGE;
    const atMs = this.nowMs();
    return {
      about: { row, tier: this.answeredBy.id, sample: this.sample },
      tier,
      task,
      model: tier.model,
      body,
      kind: `judge ${tier.id} ${task}`,
      inputTokens,
      expectedOutputTokens: JUDGE_EXPECTED_TOKENS,
      estimate: {
        expectedUsd: estimateCost(tier, inputTokens, JUDGE_EXPECTED_TOKENS, atMs),
        worstUsd: estimateCost(tier, worstTokens, JUDGE_LIMIT_TOKENS, atMs),
      },
    };
  }

  private async make(order: CallOrder): Promise<AnswerChoice | undefined> {
    const called = await this.caller.call(order);
    if (called.kind === 'not-made') return undefined;
    this.costUsd += called.lostUsd;
    if (called.kind === 'failed') return undefined;
    this.costUsd += called.costUsd;
    return called.answered.answer.choices[0];
  }
}
