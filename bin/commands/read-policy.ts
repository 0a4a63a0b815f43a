import type { Fault, PolicyResult } from '../../lib/core/policy/fault';
import { describeFault } from '../../lib/core/policy/fault';
import { parsePolicy } from '../../lib/core/policy/parse';
import { readInput, type Terminal, UserError } from './command';

/** Reads and parses a policy file. `unset`: what a `${VAR}` without a value is. Warnings go to stderr. */
export async function readPolicy(
  file: string,
  unset: 'fault' | 'warning',
  terminal: Terminal,
): Promise<Extract<PolicyResult, { ok: true }> & { text: string }> {
  const text = await readInput(file, terminal);
  const result = parsePolicy(text, { variables: terminal.environment, unset, nowMs: Date.now() });
  if (!result.ok) throw faultsError(file, result.faults, result.warnings);
  for (const warning of result.warnings) terminal.err(`warning: ${describeFault(warning, file)}`);
  return { ...result, text };
}

export function faultsError(file: string, faults: readonly Fault[], warnings: readonly Fault[]): UserError {
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
  const lines = faults.map((fault) => `  ${describeFault(fault, file)}`);
  return new UserError(`${file} has ${count}:\n${lines.join('\n')}`, { file, faults, warnings });
}
