import type { StreamEnd, StreamOutcome } from '../types';
import type { AskedStream } from './ask';
import { LiveAnswer, servedModelOf } from './live-answer';
import type { ExecutionPlan, ExecutionPorts } from './plan';
import type { TrailKeeper } from './trail';

/**
 * A live stream: passes slices on as they come. Where it breaks off it is asked for again, and goes on once what was sent
 * has been repeated, so that the caller reads one answer. Every attempt is booked when it ends, however it ends.
 */
export function relay(
  asked: AskedStream,
  plan: ExecutionPlan,
  trail: TrailKeeper,
  ports: ExecutionPorts,
): StreamOutcome {
  let settle: (end: StreamEnd) => void;
  const ended = new Promise<StreamEnd>((resolve) => {
    settle = resolve;
  });
  const answer = new LiveAnswer(asked, plan, trail, ports, (end) => settle(end));
  const { start, live } = asked;
  const { firstContentAtMs } = live;
  const servedModel = servedModelOf(asked);
  const current = trail.attempt(start, { endedAtMs: ports.nowMs(), firstContentAtMs, servedModel });
  return {
    kind: 'stream',
    trail: trail.read(start.tier.id, servedModel, trail.reason, current),
    slices: passOn(answer),
    ended,
  };
}

// Generators stand at the top level: V8 gives one that is made anew for each stream a hidden class of its own, which keeps
// the whole request alive until a full collection.

async function* passOn(answer: LiveAnswer): AsyncGenerator<Uint8Array> {
  try {
    for (let bytes = await answer.next(); bytes !== undefined; bytes = await answer.next()) yield bytes;
  } finally {
    answer.leave();
  }
}
