import type { Attempt } from '../types';

/** Names of the oracles that hold an answer against a schema: the task's own, and those of the tools it calls. */
const SCHEMA_ORACLES: ReadonlySet<string> = new Set(['json-schema', 'tools']);

export function isSchemaFailure({ verdict }: Pick<Attempt, 'verdict'>): boolean {
  return verdict?.pass === false && SCHEMA_ORACLES.has(verdict.oracle);
}
