import { SIGNALS, type Signal } from '../../core/telemetry/signals';

/** The row of a signal that the router emits. */
export function signalNamed(name: string): Signal {
  const signal = SIGNALS.find((row) => row.name === name);
  if (signal === undefined) {
    throw new Error(`no signal is called "${name}"; allowed: ${SIGNALS.map((row) => row.name).join(', ')}`);
  }
  return signal;
}

/**
 * How a signal is read unless someone asks otherwise. A baseline is emitted with every request, so that its average over a
 * window is what was expected of that very window, even if another policy was published in its middle.
 */
export function statisticOf(signal: Signal): string {
  if (signal.per === 'task') return 'Average';
  if (signal.per === 'router') return 'Maximum';
  return signal.unit === 'Milliseconds' ? 'p95' : 'Sum';
}
