import type { RouterError } from '../errors';
import type { StreamEnd, StreamOutcome, StreamSlice, Trail } from '../types';
import type { Answered } from './call';
import type { ExecutionPorts } from './plan';
import { callerLeft, identityOf, wireUsageOf } from './stream-end';

/** A stream that was held back and has passed: its own bytes, now let go. */
export function replay(
  { slices, tally, tail }: Extract<Answered['delivery'], { kind: 'held' }>,
  { usage }: Answered,
  trail: Trail,
  ports: ExecutionPorts,
): StreamOutcome {
  const end: StreamEnd = {
    trail,
    usage,
    ...identityOf(tally, tally, trail, ports.nowMs()),
    ...wireUsageOf(tail),
  };
  let settle: (end: StreamEnd) => void;
  const ended = new Promise<StreamEnd>((resolve) => {
    settle = resolve;
  });
  const finish = (left: RouterError | undefined): void => {
    ports.caller.removeEventListener('abort', leave);
    settle(left ? Object.assign({}, end, { error: left }) : end);
  };
  // An answer that nobody begins to read ends too.
  const leave = (): void => finish(callerLeft());
  if (ports.caller.aborted) leave();
  else ports.caller.addEventListener('abort', leave, { once: true });
  return { kind: 'stream', trail, slices: letGo(slices, finish), ended };
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
