import { constants } from 'node:os';
import { SIGNALS } from '../on-signals';

/**
 * For as long as there is nothing to save: the first signal ends the process and what belongs to it. The line of progress
 * is ended. Gives what takes this back.
 */
export function endOnSignal(): () => void {
  const end = (signal: NodeJS.Signals): void => {
    process.stderr.write('\nStopped.\n');
    process.exit(128 + constants.signals[signal]);
  };
  for (const signal of SIGNALS) process.once(signal, end);
  return () => {
    for (const signal of SIGNALS) process.off(signal, end);
  };
}
