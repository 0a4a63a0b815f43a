import type { Progress } from '../../lib/core/analysis/profile/run/run-profile';
import { usd } from '../../lib/core/figures';

export interface ProgressOptions {
  /** Of a terminal: redraws its line; absent where the output is none. */
  readonly redraw?: (line: string) => void;
  /** Of that terminal, in characters. Default: 80. */
  readonly columns?: () => number;
  readonly print: (line: string) => void;
  readonly spentUsd: () => number;
  readonly nowMs: () => number;
}

export interface ProgressBar {
  tell(progress: Progress): void;
  /** Leaves the last state standing. */
  end(): void;
}

const REDRAW_MS = 200;
const PRINT_MS = 5000;
const WIDEST = 30;
const COLUMNS = 80;

/** A bar on a terminal, a line every few seconds elsewhere. */
export function progressBar({ redraw, columns = () => COLUMNS, print, spentUsd, nowMs }: ProgressOptions): ProgressBar {
  const startedAtMs = nowMs();
  let toldAtMs = redraw === undefined ? startedAtMs : Number.NEGATIVE_INFINITY;
  let last: Progress | undefined;
  let shown: Progress | undefined;

  function line({ done, total, asked }: Progress): string {
    const share = total === 0 ? 1 : done / total;
    const elapsedMs = nowMs() - startedAtMs;
    const left = asked > 0 && done < total ? `, ${duration((elapsedMs * (total - done)) / asked)} left` : '';
    return `${done} of ${total} calls (${Math.floor(share * 100)} %), ${usd(spentUsd())}${left}`;
  }

  function show(progress: Progress): void {
    shown = progress;
    if (redraw === undefined) {
      print(line(progress));
      return;
    }
    const said = line(progress);
    // What wraps cannot be drawn over.
    const width = Math.min(WIDEST, columns() - said.length - '[] '.length - 1);
    if (width < 1) {
      redraw(said);
      return;
    }
    const filled = progress.total === 0 ? width : Math.floor((width * progress.done) / progress.total);
    redraw(`[${'#'.repeat(filled)}${' '.repeat(width - filled)}] ${said}`);
  }

  return {
    tell(progress) {
      last = progress;
      if (nowMs() - toldAtMs < (redraw === undefined ? PRINT_MS : REDRAW_MS)) return;
      toldAtMs = nowMs();
      show(progress);
    },
    end() {
      if (last !== undefined && shown !== last) show(last);
      if (redraw !== undefined && shown !== undefined) print('');
    },
  };
}

function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
