import { startFunctionProcess } from './function-process';

/** A function that runs beside this process again and again. */
export interface ScheduledFunction {
  close(): Promise<void>;
}

export interface ScheduleOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly everyMs: number;
  /** Where its log goes, as a deployed function's goes to a log group. */
  readonly logFile: string;
}

/** Starts a bundle on a schedule, with its environment. */
export function startScheduledFunction(bundle: string, options: ScheduleOptions): ScheduledFunction {
  const { environment, everyMs, logFile } = options;
  const { end } = startFunctionProcess('scheduled-host', [bundle, String(everyMs)], environment, logFile);
  return { close: end };
}
