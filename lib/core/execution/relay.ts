import type { StreamOutcome } from '../types';
import type { AskedStream } from './ask';
import { LiveAnswer, servedModelOf } from './live-answer';
import type { ExecutionPorts } from './plan';

/**
 * A live stream: passes slices on as they come. Where it breaks off it is asked for again, and goes on once what was sent
 * has been repeated, so that the caller reads one answer. Every attempt is booked when it ends, however it ends.
 */
export function relay(asked: AskedStream, ports: ExecutionPorts): StreamOutcome {
  const { start, live, asking } = asked;
  const { trail } = asking;
  const { firstContentAtMs } = live;
  const servedModel = servedModelOf(asked);
  const current = trail.attempt(start, { endedAtMs: ports.nowMs(), firstContentAtMs, servedModel });
  const account = trail.read(start.tier.id, servedModel, trail.reason, current);
  const answer = new LiveAnswer(asked, ports);
  return {
    kind: 'stream',
    trail: account,
    slices: passOn(answer),
    ended: answer.ended,
  };
}

// Generators stand at the top level: V8 gives one that is made anew for each stream a hidden class of its own, which keeps
// the whole request alive until a full collection.

async function* passOn(answer: LiveAnswer): AsyncGenerator<Uint8Array> {
  answer.begin();
  try {
    for (let bytes = await answer.next(); bytes !== undefined; bytes = await answer.next()) yield bytes;
  } finally {
    answer.leave();
  }
}
