import type { Fault } from './fault';
import { formatPath, type Path } from './path';

/** How many faults are told at most: enough for any document written by a person, and a bound for one that was not. */
const MOST = 500;

export interface FaultDetail {
  readonly given?: string;
  readonly allowed?: string;
}

/** Line of the value at a path, or of the nearest thing around it. */
export type Locate = (path: Path) => number | undefined;

/** What has been found so far, faults and warnings apart. */
export interface Findings {
  /** `line` where it is known better than by the path. */
  fault(path: Path, message: string, detail?: FaultDetail, line?: number): void;
  warn(path: Path, message: string, detail?: FaultDetail): void;
  /** From here on nothing is told of the values at these paths, as formatted. */
  silence(paths: ReadonlySet<string>): void;
  /** True once further faults are only counted: what makes their messages helpful is then wasted. */
  readonly full: boolean;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

export function createFindings(locate: Locate): Findings {
  const faults = createList(locate);
  const warnings = createList(locate);
  let silent: ReadonlySet<string> = new Set();
  return {
    fault(path, message, detail = {}, line) {
      if (!silent.has(formatPath(path))) faults.add(path, message, detail, line);
    },
    warn(path, message, detail = {}) {
      if (!silent.has(formatPath(path))) warnings.add(path, message, detail);
    },
    silence(paths) {
      silent = paths;
    },
    get full() {
      return faults.full();
    },
    get faults() {
      return faults.read();
    },
    get warnings() {
      return warnings.read();
    },
  };
}

/** In the order of the document's lines, the same thing said once. */
function createList(locate: Locate) {
  const found = new Map<string, Fault>();
  let more = 0;
  return {
    add(path: Path, message: string, detail: FaultDetail, known?: number): void {
      if (found.size === MOST) {
        more += 1;
        return;
      }
      const formatted = formatPath(path);
      const key = `${formatted}: ${message}`;
      if (found.has(key)) return;
      const line = known ?? locate(path);
      found.set(key, { path: formatted, ...(line === undefined ? {} : { line }), message, ...detail });
    },
    full: (): boolean => found.size === MOST,
    read(): readonly Fault[] {
      const list = [...found.values()].sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
      return more === 0 ? list : [...list, { path: '', message: `and ${more} more` }];
    },
  };
}
