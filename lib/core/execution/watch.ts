import { type FailureCause, RouterError } from '../errors';

/**
 * The deadlines of one attempt over one abort signal. A provider that ignores the signal cannot hold the request: every
 * wait is raced against it.
 */
export interface Watch {
  /** What the provider gets; aborted by a deadline, by the caller leaving, or by `end`. */
  readonly signal: AbortSignal;
  /** (Re)starts the phase's clock: fails with `cause` unless armed again or ended within `ms`. */
  arm(cause: FailureCause, ms: number): void;
  /** Stops the phase's clock; the total one runs on. */
  disarm(): void;
  /** Settles as `promise` does, or rejects once a deadline has passed or the caller has left. */
  wait<T>(promise: Promise<T>): Promise<T>;
  /** Stops the clocks of a call that has ended by itself: an abort would cost the connection it leaves behind. */
  stop(): void;
  /** Stops the clocks and, unless the call was stopped, aborts whatever is still under way. */
  end(): void;
}

/** The longest a timer can run: one set for longer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const MESSAGES: Partial<Record<FailureCause, string>> = {
  'first-token-timeout': 'sent no content in time',
  'stall-timeout': 'stopped sending in the middle of its answer',
  'total-timeout': 'did not finish in time',
  aborted: 'was left by the caller',
};

export function createWatch(tier: string, totalMs: number, caller: AbortSignal): Watch {
  const controller = new AbortController();
  let failure: RouterError | undefined;
  let rejectWait: ((error: RouterError) => void) | undefined;
  let phase: NodeJS.Timeout | undefined;
  let stopped = false;

  const fail = (cause: FailureCause): void => {
    failure ??= RouterError.failure(cause, `Tier "${tier}" ${MESSAGES[cause] ?? cause}.`);
    rejectWait?.(failure);
    controller.abort(failure);
  };
  const left = (): void => fail('aborted');
  const total = setTimeout(fail, Math.min(LONGEST_TIMER_MS, Math.max(0, totalMs)), 'total-timeout');
  if (caller.aborted) left();
  else caller.addEventListener('abort', left, { once: true });

  const stop = (): void => {
    stopped = true;
    clearTimeout(total);
    clearTimeout(phase);
    caller.removeEventListener('abort', left);
    rejectWait = undefined;
  };

  return {
    signal: controller.signal,
    arm(cause, ms) {
      clearTimeout(phase);
      phase = setTimeout(fail, Math.min(LONGEST_TIMER_MS, ms), cause);
    },
    disarm() {
      clearTimeout(phase);
    },
    wait(promise) {
      return new Promise((resolve, reject) => {
        rejectWait = reject;
        if (failure !== undefined) reject(failure);
        promise.then(resolve, (error: unknown) => reject(failure ?? error));
      });
    },
    stop,
    end() {
      if (!stopped && !controller.signal.aborted) controller.abort();
      stop();
    },
  };
}
