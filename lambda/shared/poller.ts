import type { Outage } from './outage';

export interface PollerOptions<Seen> {
  /** One look. What it throws means that nothing was seen. */
  readonly look: () => Promise<Seen>;
  readonly intervalMs: number;
  /** UTC milliseconds. */
  readonly nowMs: () => number;
  /** Told how every look ended. */
  readonly outage: Outage;
}

export interface Sight<Seen> {
  readonly seen: Seen;
  /** When the look at it began: nothing that came later is in it. */
  readonly askedAtMs: number;
}

/** Looks at something again and again beside whatever else is done, one look at a time. None of this ever rejects. */
export interface Poller<Seen> {
  /** What the last look that did not fail has seen; undefined before the first. */
  last(): Sight<Seen> | undefined;
  /** Looks now, for which it can be waited, and then every interval. Its timer keeps no process alive. */
  start(): Promise<void>;
  /** Looks now, or shares the look under way. */
  look(): Promise<void>;
  /** Waits for a look that begins after this call. */
  lookAfresh(): Promise<void>;
  /** For platforms whose timers stand still between requests: looks where the last look began an interval ago. */
  poke(): void;
  /** Looks no more by itself; resolves when the look under way has ended. */
  stop(): Promise<void>;
}

export function createPoller<Seen>({ look, intervalMs, nowMs, outage }: PollerOptions<Seen>): Poller<Seen> {
  let last: Sight<Seen> | undefined;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function lookOnce(): Promise<void> {
    const askedAtMs = nowMs();
    lookedAtMs = askedAtMs;
    try {
      last = { seen: await look(), askedAtMs };
      outage.over();
    } catch (error) {
      outage.met(error);
    }
  }

  function share(): Promise<void> {
    looking ??= lookOnce().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  return {
    last: () => last,
    start() {
      timer ??= setInterval(share, intervalMs).unref();
      return share();
    },
    look: share,
    async lookAfresh() {
      await looking;
      await share();
    },
    poke() {
      const agoMs = nowMs() - lookedAtMs;
      // Less than none where the clock was set back.
      if (agoMs >= intervalMs || agoMs < 0) void share();
    },
    async stop() {
      clearInterval(timer);
      timer = undefined;
      await looking;
    },
  };
}
