import type { StreamSlice } from '../types';
import type { Measure } from './measure';
import type { ExecutionPlan } from './plan';

/** Tokens by which a task that does not say how many judges the beginning of a stream. */
const DEFAULT_TOKENS = 16;

/**
 * How many first tokens of each choice are held back to be judged, where the task lets the rest of a stream go unjudged.
 * An answer of high consequence is judged whole, whatever the task says.
 */
export function firstTokens({ task, features }: ExecutionPlan): number | undefined {
  if (task.gate.mode !== 'first-tokens' || features.consequence === 'high') return undefined;
  return task.gate.tokens ?? DEFAULT_TOKENS;
}

/** How much of a stream's text is held back so far. */
export class HeldBeginning {
  /** Events that brought text, by choice: what is counted where the tier does not tell of its tokens. */
  private readonly events = new Map<number, number>();
  private readonly finished = new Set<number>();
  private callsTools = false;

  constructor(
    private readonly tokens: number,
    private readonly choices: number,
    private readonly measure: Measure | undefined,
  ) {}

  add({ chunks }: StreamSlice): void {
    for (const { choices } of chunks) {
      for (const { index, delta, finish_reason } of choices) {
        if (delta.content || delta.refusal) this.events.set(index, (this.events.get(index) ?? 0) + 1);
        if (finish_reason) this.finished.add(index);
        this.callsTools ||= (delta.tool_calls?.length ?? 0) > 0;
      }
    }
  }

  /** Whether the beginning can be judged. Tool calls are judged whole, and so is an answer that is over already. */
  get isEnough(): boolean {
    if (this.callsTools || this.finished.size >= this.choices) return false;
    for (let index = 0; index < this.choices; index += 1) {
      if (!this.finished.has(index) && this.held(index) < this.tokens) return false;
    }
    return true;
  }

  private held(index: number): number {
    return this.measure?.tokens(index) || (this.events.get(index) ?? 0);
  }
}
