/** A signal of the scheduled watch function, as far as alarms and dashboards read it. */
export interface WatchSignal {
  readonly name: string;
  readonly statistic: string;
  readonly meaning: string;
}

/** In [Router, Task], and in [Router] as the maximum over all tasks. */
export const ESCALATION_EXCESS: WatchSignal = {
  name: 'EscalationExcess',
  statistic: 'Maximum',
  meaning: 'how far the escalation deviation lies beyond its limit; 0 while it does not count as drift',
};

/** In [Router]: one for every run. */
export const WATCH_HEARTBEAT: WatchSignal = {
  name: 'WatchHeartbeat',
  statistic: 'SampleCount',
  meaning: 'a run of the watch function that came to its end',
};

/** Names that the router itself does not emit. */
export const WATCH_SIGNALS: readonly WatchSignal[] = [ESCALATION_EXCESS, WATCH_HEARTBEAT];
