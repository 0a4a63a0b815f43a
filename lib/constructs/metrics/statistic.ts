import { CUSTOMER_SIGNALS, SIGNALS, type Signal, WATCH_SIGNALS, type WatchSignal } from '../../core/telemetry/signals';

/** The row of a signal that the router emits. */
export function signalNamed(name: string): Signal {
  const signal = SIGNALS.find((row) => row.name === name);
  if (signal === undefined) {
    throw new Error(`no signal is called "${name}"; allowed: ${SIGNALS.map((row) => row.name).join(', ')}`);
  }
  return signal;
}

/** The row of a signal that the router emits of each customer, where that is switched on. */
export function customerSignalNamed(name: string): Signal {
  const signal = CUSTOMER_SIGNALS.find((row) => row.name === name);
  if (signal === undefined) {
    throw new Error(
      `no signal of a customer is called "${name}"; allowed: ${CUSTOMER_SIGNALS.map((row) => row.name).join(', ')}`,
    );
  }
  return signal;
}

/** The row of a signal that the watch function emits. */
export function watchSignalNamed(name: string): WatchSignal {
  const signal = WATCH_SIGNALS.find((row) => row.name === name);
  if (signal === undefined) {
    throw new Error(
      `no signal of the watch function is called "${name}"; allowed: ${WATCH_SIGNALS.map((row) => row.name).join(', ')}`,
    );
  }
  return signal;
}

/**
 * How a signal is read unless someone asks otherwise. A baseline is emitted with every request, so that its average over a
 * window is what was expected of that very window, even if another policy was published in its middle. A reading of the watch
 * function may have been put twice, so that none is read by its sum: what it counts of five minutes is its average.
 */
export function statisticOf(signal: Signal | WatchSignal): string {
  if (signal.per === 'watch') return signal.statistic;
  if (signal.per === 'task') return 'Average';
  if (signal.per === 'router') return 'Maximum';
  return signal.unit === 'Milliseconds' ? 'p95' : 'Sum';
}
