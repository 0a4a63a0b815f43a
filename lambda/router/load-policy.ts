import type { Deployment } from '../../lib/core/policy/deployment';
import { describeFault, type Fault, type PolicyResult } from '../../lib/core/policy/fault';
import { type Prepared, prepare } from '../../lib/core/route';

/** What `${VAR}` in a policy stands for. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What surrounds a policy where it is loaded. */
export interface Surroundings {
  readonly variables: Variables;
  /** What no policy may widen; absent where nothing is fixed. */
  readonly deployment?: Deployment;
}

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

/** Reads what the deployment fixes. The checks are a chunk of their own, loaded when needed. */
export async function readDeployment(json: string): Promise<Deployment> {
  const { parseDeployment } = await import('../../lib/core/policy/deployment');
  return parseDeployment(json);
}

/** Prepares a document as the store holds it. */
export async function loadDocument(document: unknown, version: string, around: Surroundings): Promise<Prepared> {
  const { validatePolicy } = await import('../../lib/core/policy/validate');
  const { variables } = around;
  return accept(validatePolicy(document, { version, variables, unset: 'fault', nowMs: Date.now() }), around);
}

/** Prepares a document as somebody wrote it. */
export async function loadText(text: string, file: string, around: Surroundings): Promise<Prepared> {
  const { parsePolicy } = await import('../../lib/core/policy/parse');
  const { variables } = around;
  return accept(parsePolicy(text, { variables, unset: 'fault', nowMs: Date.now() }), around, file);
}

async function accept(result: PolicyResult, { deployment }: Surroundings, file?: string): Promise<Prepared> {
  if (!result.ok) throw new PolicyRefusedError(result.faults, file);
  if (deployment !== undefined) {
    const { wideningFaults } = await import('../../lib/core/policy/deployment');
    const faults = wideningFaults(result.policy, deployment);
    if (faults.length > 0) throw new PolicyRefusedError(faults, file);
  }
  return prepare(result.policy);
}
