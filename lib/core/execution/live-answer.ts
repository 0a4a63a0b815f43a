import { asRouterError, type RouterError } from '../errors';
import type { StreamEnd, StreamSlice, Usage } from '../types';
import { type AskedStream, type Asking, bodyTo, movesOn } from './ask';
import { nextSlice } from './call';
import { withReason } from './in-vain';
import type { ExecutionPorts } from './plan';
import type { StreamTail } from './provider';
import { diverged, Repetition } from './repetition';
import { Sent } from './sent';
import { callerLeft, identityOf, wireUsageOf } from './stream-end';
import { askAgain, type GivenUp } from './take-up';
import { withholdPrompt } from './withhold';

const encoder = new TextEncoder();

/**
 * A streamed answer as its caller reads it, whichever calls it comes from: one id throughout, in each chunk the model that
 * wrote it, one finish reason. Its usage is the completing call's own, as that is billed: after a repetition the whole
 * answer's, after a given beginning that of the rest. Calls that broke off are booked on their own lines.
 */
export class LiveAnswer {
  /** How it ended. Never rejects. */
  readonly ended: Promise<StreamEnd>;
  private settle!: (end: StreamEnd) => void;
  private readonly sent = new Sent();
  /** The stream that the caller began to read, under whose id the answer goes on. */
  private readonly first: AskedStream;
  /** The stream that the caller read last, and how that one broke off. */
  private served: AskedStream;
  private failure: RouterError | undefined;
  /** Of a stream that takes another one up. */
  private repetition: Repetition | undefined;
  /** Slices taken of those that the call was opened with. */
  private taken = 0;
  private tail: StreamTail = {};
  private isOver = false;
  /** Whether the call under way has ended and stands in the account. */
  private isBooked = false;

  constructor(
    private asked: AskedStream,
    private readonly ports: ExecutionPorts,
  ) {
    this.first = asked;
    this.served = asked;
    this.ended = new Promise((resolve) => {
      this.settle = resolve;
    });
    if (ports.caller.aborted) this.leave();
    else ports.caller.addEventListener('abort', this.unread, { once: true });
  }

  /** Nobody is left to begin reading: iterators that never began cannot tell. */
  private readonly unread = (): void => this.leave();

  /** The caller begins to read. */
  begin(): void {
    this.ports.caller.removeEventListener('abort', this.unread);
  }

  /** The next bytes for the caller; undefined at the end. Never rejects. */
  async next(): Promise<Uint8Array | undefined> {
    while (!this.isOver) {
      try {
        const { live, watch, start } = this.asked;
        const early = live.first[this.taken];
        this.taken += 1;
        const next: IteratorResult<StreamSlice, StreamTail> =
          early === undefined ? await nextSlice(live, watch, start.tier) : { done: false, value: early };
        const bytes = next.done ? this.finish(next.value) : this.pass(next.value);
        if (bytes !== undefined) return bytes;
      } catch (thrown) {
        await this.broke(asRouterError(thrown));
      }
    }
    return undefined;
  }

  /** The caller reads no further: nothing to do at the end, else the call under way is one that was left. */
  leave(): void {
    if (this.isOver) return;
    const left = callerLeft();
    this.book(left);
    this.end(left);
  }

  /** What of the slice the caller has not been sent yet. Throws `diverged` where it differs from what was sent. */
  private pass({ bytes, chunks }: StreamSlice): Uint8Array | undefined {
    if (this.repetition === undefined) {
      for (const chunk of chunks) this.sent.add(chunk);
      return bytes;
    }
    const rest = this.repetition.take(chunks, this.asked.start.tier.id);
    if (this.repetition.isVerified) this.served = this.asked;
    let events = '';
    for (const chunk of rest) {
      this.sent.add(chunk);
      events += `data: ${JSON.stringify(chunk)}\n\n`;
    }
    return events === '' ? undefined : encoder.encode(events);
  }

  /** The tier has ended its stream, be it whole or not. */
  private finish(tail: StreamTail): undefined {
    this.tail = tail;
    const error = failureOf(this.asked);
    if (error !== undefined) throw error;
    const { start, watch } = this.asked;
    if (this.repetition?.isVerified === false) throw diverged(start.tier.id);
    watch.stop();
    this.book(undefined);
    this.end(undefined);
  }

  private async broke(thrown: RouterError): Promise<void> {
    const { start, asking } = this.asked;
    const isWhole = this.lacksNothing(thrown);
    const error = isWhole ? undefined : withholdPrompt(thrown, bodyTo(asking), start.tier.id);
    this.book(error);
    if (error === undefined) return this.end(undefined);
    if (this.served === this.asked) this.failure = error;
    const mayBeTakenUp = movesOn(error) && this.sent.isKept;
    const again: AskedStream | GivenUp = mayBeTakenUp
      ? await this.askAgain(asking, error)
      : { kind: 'given-up', final: error };
    if (again.kind === 'live') this.takeUp(again);
    else this.end(again.final ?? (this.failure && withReason(this.failure, again.unasked)));
  }

  /** What nobody foresaw on the way to another call is how the answer ends. */
  private async askAgain(broken: Asking, error: RouterError): Promise<AskedStream | GivenUp> {
    try {
      return await askAgain(broken, error, this.sent, this.ports);
    } catch (thrown) {
      return { kind: 'given-up', final: asRouterError(thrown) };
    }
  }

  /** What breaks off after the last finish reason was whole all the same: only its end, or its usage, is missing. */
  private lacksNothing(error: RouterError): boolean {
    if (!movesOn(error) || error.failure === 'diverged' || this.repetition?.isVerified === false) return false;
    return failureOf(this.asked) === undefined;
  }

  private takeUp(again: AskedStream): void {
    const given = again.asking.takeUp?.prefix?.text.length ?? 0;
    this.repetition = new Repetition(this.sent, this.first.live.tally, given);
    this.asked = again;
    this.isBooked = false;
    this.taken = 0;
    this.tail = {};
  }

  /** Books the call under way, which has ended, and aborts what is left of one that did not end by itself. Once. */
  private book(error: RouterError | undefined): void {
    if (this.isBooked) return;
    this.isBooked = true;
    const { live, watch, start, asking } = this.asked;
    watch.end();
    asking.trail.ended(start, {
      endedAtMs: this.ports.nowMs(),
      usage: this.usageOf(this.asked),
      firstContentAtMs: live.firstContentAtMs,
      servedModel: servedModelOf(this.asked),
      error,
      repeatedCharacters: this.repetition?.repeatedCharacters,
    });
  }

  private usageOf({ live }: AskedStream): Usage {
    return this.tail.usage ?? live.account.spent(live.tally.characters);
  }

  private end(error: RouterError | undefined): void {
    this.isOver = true;
    const { served, first, ports } = this;
    const { trail } = first.asking;
    const account = trail.read(served.start.tier.id, servedModelOf(served), trail.reason);
    this.settle({
      trail: account,
      usage: this.usageOf(this.asked),
      ...identityOf(first.live.tally, served.live.tally, account, ports.nowMs()),
      ...wireUsageOf(this.tail),
      ...(error !== undefined && { error }),
    });
  }
}

/** Why what has come of the stream is not whole, if it is not. */
function failureOf({ live, start, asking }: AskedStream): RouterError | undefined {
  return live.tally.failure(asking.plan.request.choices, start.tier.id);
}

/** The model that the tier says it served, or that it was asked for. */
export function servedModelOf({ live, start }: AskedStream): string {
  return live.tally.model || start.model;
}
