import { describeFault, type Fault } from '../../lib/core/policy/fault';
import { type Prepared, prepare } from '../../lib/core/route';

/** What `${VAR}` in a policy stands for. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A policy document that cannot be used, with every fault of it. */
export class PolicyRefusedError extends Error {
  constructor(
    readonly faults: readonly Fault[],
    file?: string,
  ) {
    super(faults.map((fault) => describeFault(fault, file)).join('\n'));
    this.name = 'PolicyRefusedError';
  }
}

/** Prepares a document as the store holds it. The checks of a document are a chunk of their own, loaded when needed. */
export async function loadDocument(document: unknown, version: string, variables: Variables): Promise<Prepared> {
  const { validatePolicy } = await import('../../lib/core/policy/validate');
  const result = validatePolicy(document, { version, variables, unset: 'fault', nowMs: Date.now() });
  if (!result.ok) throw new PolicyRefusedError(result.faults);
  return prepare(result.policy);
}

/** Prepares a document as somebody wrote it. */
export async function loadText(text: string, file: string, variables: Variables): Promise<Prepared> {
  const { parsePolicy } = await import('../../lib/core/policy/parse');
  const result = parsePolicy(text, { variables, unset: 'fault', nowMs: Date.now() });
  if (!result.ok) throw new PolicyRefusedError(result.faults, file);
  return prepare(result.policy);
}
