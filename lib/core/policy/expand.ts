import type { Findings } from './findings';
import { formatPath, type Path } from './path';

/** Values of variables by name, and what an unset one is: a fault where requests are served, a warning elsewhere. */
export interface Variables {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly unset: 'fault' | 'warning';
}

/** A working copy of a document: `x-` keys gone, variables expanded. Paths as `formatPath` writes them. */
export interface Expansion {
  readonly document: unknown;
  /** Strings that came from variables alone, so that they may be read as numbers. */
  readonly wholly: ReadonlySet<string>;
  /** Strings in which a placeholder stayed, as its variable is unset. */
  readonly unresolved: ReadonlySet<string>;
}

/** No policy is nested deeper or has more values; what has is an attack or an accident. */
const DEEPEST = 100;
const MOST_VALUES = 200_000;

/** `${NAME}` or `${NAME:-default}`; one more `$` in front makes it plain text. Braces cannot stand in a default. */
const PLACEHOLDER = /(\$?)\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?\}/g;

export function expandDocument(value: unknown, variables: Variables, findings: Findings): Expansion {
  const walk = new Walk(variables, findings);
  return { document: walk.copy(value), wholly: walk.wholly, unresolved: walk.unresolved };
}

class Walk {
  readonly wholly = new Set<string>();
  readonly unresolved = new Set<string>();
  private readonly path: (string | number)[] = [];
  private values = 0;
  /** Within an `x-` key: walked for its size and depth alone. */
  private ignoring = false;

  constructor(
    private readonly options: Variables,
    private readonly findings: Findings,
  ) {}

  copy(value: unknown): unknown {
    this.values += 1;
    if (this.values > MOST_VALUES) {
      if (this.values === MOST_VALUES + 1) this.findings.fault([], `has more than ${MOST_VALUES} values`);
      return null;
    }
    if (typeof value === 'string') return value.includes('${') && !this.ignoring ? this.expand(value) : value;
    if (typeof value !== 'object' || value === null) return value;
    if (this.path.length >= DEEPEST) {
      this.findings.fault(this.path.slice(0, 3), `is nested deeper than ${DEEPEST} levels`);
      return null;
    }
    return Array.isArray(value) ? this.copyList(value) : this.copyMapping(value as Record<string, unknown>);
  }

  private copyList(list: readonly unknown[]): unknown[] {
    const copies: unknown[] = [];
    for (let index = 0; index < list.length && this.values <= MOST_VALUES; index++) {
      this.path.push(index);
      copies.push(this.copy(list[index]));
      this.path.pop();
    }
    return copies;
  }

  private copyMapping(mapping: Record<string, unknown>): Record<string, unknown> {
    const copies: Record<string, unknown> = {};
    const keepsExtensions = holdsForeignKeys(this.path);
    for (const key of Object.keys(mapping)) {
      if (this.values > MOST_VALUES) break;
      this.path.push(key);
      if (key === '__proto__') this.findings.fault(this.path, 'this key is not allowed anywhere');
      else if (key.startsWith('x-') && !keepsExtensions) this.ignore(mapping[key]);
      else if (mapping[key] !== undefined) copies[key] = this.copy(mapping[key]);
      this.path.pop();
    }
    return copies;
  }

  private ignore(value: unknown): void {
    const before = this.ignoring;
    this.ignoring = true;
    this.copy(value);
    this.ignoring = before;
  }

  private expand(text: string): string {
    const at = formatPath(this.path);
    let replaced = false;
    const expanded = text.replace(PLACEHOLDER, (whole: string, dollar: string, name: string, fallback?: string) => {
      if (dollar !== '') return whole;
      const set = Object.hasOwn(this.options.variables, name) ? this.options.variables[name] : undefined;
      // As in a shell, `:-` also stands in for an empty value.
      const value = fallback === undefined ? set : set === undefined || set === '' ? fallback : set;
      if (value === undefined) {
        this.unresolved.add(at);
        this.reportUnset(name);
        return whole;
      }
      replaced = true;
      return value;
    });
    if (replaced && text.replace(PLACEHOLDER, '') === '' && !this.unresolved.has(at)) this.wholly.add(at);
    return expanded;
  }

  private reportUnset(name: string): void {
    const message = `the variable ${name} is not set; set it, or give a default: \${${name}:-...}`;
    if (this.options.unset === 'fault') this.findings.fault(this.path, message);
    else this.findings.warn(this.path, message);
  }
}

/** Names of HTTP headers and JSON schemas are not ours: an `x-` in them is theirs. */
function holdsForeignKeys(path: Path): boolean {
  if (path[0] === 'tiers') return path.length === 3 && path[2] === 'headers';
  return path[0] === 'tasks' && path[2] === 'oracle' && path[4] === 'schema';
}
