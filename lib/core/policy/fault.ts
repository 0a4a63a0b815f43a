import type { Policy } from '../types-policy';

/** One thing that is wrong with a policy document, for the person who wrote it. */
export interface Fault {
  /** Such as `tasks.ticket-triage.ladder[1]`; empty for the document as a whole. */
  readonly path: string;
  /** Counted from 1; absent where the document was not read from text. */
  readonly line?: number;
  readonly message: string;
  readonly given?: string;
  readonly allowed?: string;
}

/** A policy, or everything that stands in its way. Warnings hinder nothing. */
export type PolicyResult =
  | {
      readonly ok: true;
      readonly policy: Policy;
      /** The document as it was read, variables unexpanded: what a store keeps. */
      readonly document: unknown;
      readonly warnings: readonly Fault[];
    }
  | { readonly ok: false; readonly faults: readonly Fault[]; readonly warnings: readonly Fault[] };

/** A fault on one line: `policy.yaml:14 tasks.triage.ladder[1]: no tier is called "midd"; did you mean "mid"? allowed: ...`. */
export function describeFault(fault: Fault, file?: string): string {
  const { path, line, given, allowed } = fault;
  const place =
    file === undefined ? (line === undefined ? '' : `line ${line}`) : `${file}${line === undefined ? '' : `:${line}`}`;
  const where = [place, path].filter((part) => part !== '').join(' ');
  let text = where === '' ? fault.message : `${where}: ${fault.message}`;
  if (given !== undefined && !names(fault.message, given)) text += `; given ${given}`;
  if (allowed !== undefined) text += `${text.endsWith('?') ? '' : ';'} allowed: ${allowed}`;
  return text;
}

/** Whether a message tells what was given by itself. A bare number in it may be another one. */
function names(message: string, given: string): boolean {
  return message.startsWith(given) || (given.startsWith('"') && message.includes(given));
}
