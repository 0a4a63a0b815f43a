import type { RouterError } from '../errors';
import type { Execution, Reason, Verdict } from '../types';
import type { Exhausted } from '../types-live';
import type { Tier } from '../types-policy';
import { type AskedAnswer, type AskedStream, type Asking, ask, LEAST_MS, movesOn, remainingMs } from './ask';
import type { Answered, Failed } from './call';
import { choiceText } from './choice-text';
import type { FailedDraft } from './hand-on';
import { answerRejected, failed, filterOf, isLeftWithDraft, notAffordable, outOfTime, withReason } from './in-vain';
import type { ExecutionPlan, ExecutionPorts } from './plan';
import { relay } from './relay';
import { replay } from './replay';
import { type Because, TrailKeeper } from './trail';
import { verdictOn } from './verdict-on';

interface Rejected {
  readonly tier: Tier;
  readonly answered: Answered;
  readonly draft: FailedDraft;
}

/** A stream whose beginning failed its check. It goes on until the call that is to take its place has leave. */
interface Begun {
  readonly asked: AskedStream;
  readonly verdict: Verdict;
}

/**
 * Walks the decision's ladder from its first tier up: asks, judges, climbs when an answer fails its check, falls back
 * when a tier fails. Nobody outside that ladder is ever called, so the guards that made it bind every path.
 */
export async function execute(plan: ExecutionPlan, ports: ExecutionPorts): Promise<Execution> {
  const walk = new Walk(plan, ports);
  try {
    return await walk.up();
  } catch (thrown) {
    walk.dismiss();
    throw thrown;
  }
}

class Walk {
  private readonly trail: TrailKeeper;
  private because: Because = 'first';
  private draft: FailedDraft | undefined;
  private rejected: Rejected | undefined;
  private begun: Begun | undefined;
  private lastError: RouterError | undefined;
  private exhausted: Exhausted | undefined;
  /** Why nobody further was asked, where that is for want of money. */
  private unasked: string | undefined;

  constructor(
    private readonly plan: ExecutionPlan,
    private readonly ports: ExecutionPorts,
  ) {
    this.trail = new TrailKeeper(plan.decision, ports.price);
  }

  async up(): Promise<Execution> {
    const { plan, ports, trail } = this;
    for (const id of plan.decision.ladder) {
      if (this.because !== 'first' && !this.mayGoOn) break;
      const tier = plan.policy.tiers[id] as Tier;
      const { because, draft } = this;
      const asking: Asking = { plan, tier, because, draft, trail, replaces: () => this.dismiss() };
      const callsBefore = trail.calls;
      const result = await ask(asking, ports);
      const next =
        result.kind === 'live'
          ? await this.begins(result)
          : result.kind === 'answered'
            ? await this.answers(result, asking)
            : this.fails(result, tier, trail.calls > callsBefore);
      if (next === 'stop') break;
      if (next !== undefined) return next;
    }
    return this.inVain();
  }

  /** Ends a stream whose beginning has failed, before anybody has seen it; what it has said so far is billed. */
  dismiss(): void {
    if (this.begun === undefined) return;
    const { asked, verdict } = this.begun;
    const { live, watch, start } = asked;
    this.begun = undefined;
    watch.end();
    this.trail.ended(start, {
      endedAtMs: this.ports.nowMs(),
      usage: live.account.spent(live.tally.characters),
      firstContentAtMs: live.firstContentAtMs,
      servedModel: live.tally.model || start.model,
      verdict,
    });
  }

  private async begins(asked: AskedStream): Promise<Execution | undefined> {
    const { plan, ports } = this;
    const { beginning } = asked.live;
    const verdict = beginning && (await verdictOn(beginning, asked.asking, ports));
    const isLast = asked.start.tier.id === plan.decision.ladder.at(-1) || !this.mayGoOn;
    if (beginning === undefined || verdict === undefined || verdict.pass || isLast) {
      return relay(signed(asked, verdict), ports);
    }
    this.begun = { asked, verdict };
    this.draft = { text: choiceText(beginning), verdict };
    this.because = 'escalation';
    return undefined;
  }

  private async answers(
    { answered, start, result }: AskedAnswer,
    asking: Asking,
  ): Promise<Execution | 'stop' | undefined> {
    const { plan, ports, trail } = this;
    const { tier } = asking;
    trail.release(start, result);
    const verdict = await verdictOn(answered.answer, asking, ports);
    const filtered = verdict?.pass === false ? filterOf(answered, tier) : undefined;
    trail.ended(start, { verdict, error: filtered, ...result });
    if (verdict === undefined || verdict.pass) return deliver(answered, tier, trail, trail.reason, ports);
    if (filtered !== undefined) return failed(filtered, trail, plan);
    this.draft = { text: choiceText(answered.answer), verdict };
    this.rejected = { tier, answered, draft: this.draft };
    if (plan.task.route === 'static') return 'stop';
    this.because = 'escalation';
    return undefined;
  }

  private fails({ error, withheld, exhausted }: Failed, tier: Tier, wasCalled: boolean): 'stop' | undefined {
    if (withheld !== undefined) this.ports.passedOver?.(withheld);
    // That a dearer tier is not affordable is no answer where a tier was asked and failed: asking again may help.
    if (wasCalled || exhausted === undefined || this.lastError === undefined) this.lastError = error;
    if (exhausted !== undefined) {
      // A dearer tier is not affordable either, and a draft in hand is better than nothing.
      this.exhausted = exhausted;
      this.unasked = notAffordable(tier, exhausted.budget.id, wasCalled);
      return 'stop';
    }
    if (!movesOn(error)) return 'stop';
    // Over a tier that took no call the climb goes on: nothing has failed.
    if (wasCalled || this.because !== 'escalation') this.because = 'fallback';
    return undefined;
  }

  /** The ladder is at its end, or no further tier may be asked. */
  private inVain(): Execution {
    const { plan, ports, trail, rejected, begun, lastError, exhausted, unasked } = this;
    const isLeft = isLeftWithDraft(lastError, plan);
    if (begun !== undefined && isLeft) return relay(signed(begun.asked, begun.verdict), ports);
    this.dismiss();
    if (rejected !== undefined && isLeft) {
      return plan.features.consequence === 'high'
        ? answerRejected(rejected.draft, plan, trail, unasked)
        : deliver(rejected.answered, rejected.tier, trail, 'oracle-unmet', ports);
    }
    const error = lastError ?? outOfTime();
    if (exhausted === undefined) return failed(error, trail, plan);
    const told = error.code === 'budget_exceeded' ? error : withReason(error, unasked);
    return { kind: 'failed', trail: trail.read(null, null, trail.reason), error: told, exhausted };
  }

  /** Whether another tier may be asked: there is time for it, and somebody to answer. */
  private get mayGoOn(): boolean {
    return remainingMs(this.plan, this.ports) >= LEAST_MS && !this.ports.caller.aborted;
  }
}

/** A stream that goes on after its beginning was judged; one that nobody is left to climb from goes on all the same. */
function signed(asked: AskedStream, verdict: Verdict | undefined): AskedStream {
  if (verdict === undefined) return asked;
  if (!verdict.pass) asked.asking.trail.unmet();
  return Object.assign({}, asked, { start: Object.assign({}, asked.start, { verdict }) });
}

function deliver(answered: Answered, tier: Tier, trail: TrailKeeper, reason: Reason, ports: ExecutionPorts): Execution {
  const account = trail.read(tier.id, answered.answer.model, reason);
  const { delivery } = answered;
  if (delivery.kind === 'completion')
    return { kind: 'whole', trail: account, completion: delivery.completion, text: delivery.text };
  return replay(delivery, answered, account, ports);
}
