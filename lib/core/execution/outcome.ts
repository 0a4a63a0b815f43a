import { asRouterError, RouterError } from '../errors';
import type { StreamEnd, StreamOutcome, StreamSlice, Trail } from '../types';
import type { AskedStream } from './ask';
import { type Answered, nextSlice } from './call';
import type { ExecutionPlan, ExecutionPorts } from './plan';
import type { StreamTail } from './provider';
import type { TrailKeeper } from './trail';
import { estimatedUsage } from './usage';
import type { StreamTally } from './wholeness';
import { withholdPrompt } from './withhold';

/** A stream that was held back and has passed: its own bytes, now let go. */
export function replay(
  { slices, tally, tail }: Extract<Answered['delivery'], { kind: 'held' }>,
  { usage }: Answered,
  trail: Trail,
  ports: ExecutionPorts,
): StreamOutcome {
  const end: StreamEnd = { ...identity(tally, trail, ports), trail, usage, ...wireUsage(tail) };
  let settle: (end: StreamEnd) => void;
  const ended = new Promise<StreamEnd>((resolve) => {
    settle = resolve;
  });
  return {
    kind: 'stream',
    trail,
    slices: letGo(slices, (left) => settle(left ? { ...end, error: left } : end)),
    ended,
  };
}

// Generators stand at the top level: V8 gives one that is made anew for each stream a hidden class of its own, which keeps
// the whole request alive until a full collection.

async function* letGo(
  slices: readonly StreamSlice[],
  finish: (error: RouterError | undefined) => void,
): AsyncGenerator<Uint8Array> {
  let left = true;
  try {
    for (const slice of slices) yield slice.bytes;
    left = false;
  } finally {
    finish(left ? callerLeft() : undefined);
  }
}

async function* passOn(
  { live, watch, start }: AskedStream,
  { request }: ExecutionPlan,
  finish: (error: RouterError | undefined, tail: StreamTail) => void,
): AsyncGenerator<Uint8Array> {
  let left = true;
  let error: RouterError | undefined;
  let tail: StreamTail = {};
  try {
    for (const slice of live.first) yield slice.bytes;
    for (;;) {
      const next = await nextSlice(live, watch, start.tier);
      if (next.done) {
        left = false;
        tail = next.value;
        error = live.tally.failure(request.choices, start.tier.id);
        return;
      }
      yield next.value.bytes;
    }
  } catch (thrown) {
    left = false;
    error = withholdPrompt(asRouterError(thrown), request.body, start.tier.id);
  } finally {
    finish(left ? callerLeft() : error, tail);
  }
}

/** A live stream: passes slices on as they come, and books the attempt when it ends, however it ends. */
export function relay(
  asked: AskedStream,
  plan: ExecutionPlan,
  trail: TrailKeeper,
  ports: ExecutionPorts,
): StreamOutcome {
  const { live, watch, start } = asked;
  const { tier } = start;
  const { tally, firstContentAtMs } = live;
  const { reason } = trail;
  const servedModel = tally.model || start.model;
  let settle: (end: StreamEnd) => void;
  const ended = new Promise<StreamEnd>((resolve) => {
    settle = resolve;
  });

  function finish(error: RouterError | undefined, tail: StreamTail): void {
    if (error === undefined) watch.stop();
    else watch.end();
    const usage = tail.usage ?? estimatedUsage(plan.features.inputTokens, tally.characters);
    trail.ended(start, { endedAtMs: ports.nowMs(), usage, firstContentAtMs, servedModel, error });
    const account = trail.read(tier.id, servedModel, reason);
    settle({
      trail: account,
      usage,
      ...identity(tally, account, ports),
      ...wireUsage(tail),
      ...(error !== undefined && { error }),
    });
  }

  const current = trail.attempt(start, { endedAtMs: ports.nowMs(), firstContentAtMs, servedModel });
  return {
    kind: 'stream',
    trail: trail.read(tier.id, servedModel, reason, current),
    slices: passOn(asked, plan, finish),
    ended,
  };
}

function callerLeft(): RouterError {
  return RouterError.failure('aborted', 'The caller left before the answer ended.');
}

function identity(
  tally: StreamTally,
  trail: Trail,
  ports: ExecutionPorts,
): Pick<StreamEnd, 'id' | 'created' | 'model'> {
  return {
    id: tally.id,
    created: tally.created || Math.floor(ports.nowMs() / 1000),
    model: tally.model || (trail.model ?? ''),
  };
}

function wireUsage({ wireUsage: usage }: StreamTail): Pick<StreamEnd, 'wireUsage'> | undefined {
  return usage === undefined ? undefined : { wireUsage: usage };
}
