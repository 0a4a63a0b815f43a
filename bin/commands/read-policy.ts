import { describeFault, type Fault, type PolicyResult } from '../../lib/core/policy/fault';
import { parsePolicy } from '../../lib/core/policy/parse';
import { readInput, sourceName, type Terminal, UserError } from './command';
import { oracleFaults } from './oracle-faults';

interface Reading {
  /** What a `${VAR}` without a value is. */
  readonly unset: 'fault' | 'warning';
  /** Keeps warnings off stderr: the document on stdout has them, or another process has told them. */
  readonly quiet?: boolean;
}

type ReadPolicy = Extract<PolicyResult, { ok: true }> & { readonly text: string };

/** Reads a policy file and everything in it that a router compiles, so that nothing is left for the router to refuse. */
export async function readPolicy(file: string, { unset, quiet }: Reading, terminal: Terminal): Promise<ReadPolicy> {
  const text = await readInput(file, terminal);
  const result = parsePolicy(text, { variables: terminal.environment, unset, nowMs: Date.now() });
  if (!quiet)
    for (const warning of result.warnings) terminal.err(`warning: ${describeFault(warning, sourceName(file))}`);
  const faults = result.ok ? await oracleFaults(result.policy, text) : result.faults;
  if (!result.ok || faults.length > 0) throw faultsError(file, faults, result.warnings);
  return { ...result, text };
}

export function faultsError(file: string, faults: readonly Fault[], warnings: readonly Fault[]): UserError {
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
  const lines = faults.map((fault) => `  ${describeFault(fault, sourceName(file))}`);
  return new UserError(`${sourceName(file)} has ${count}:\n${lines.join('\n')}`, { file, faults, warnings });
}
