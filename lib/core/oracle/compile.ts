import { messageOf } from '../message-of';
import type { Gate, Oracle } from '../types';
import type { OracleSpec, Task } from '../types-policy';
import { gateOf } from './gate';
import { type OracleBuilder, oracleBuilder } from './registry';

/** Every oracle of the task that is built, in the policy's order: what profiling judges by. */
export function compileOracles(task: Task): Promise<readonly Oracle[]> {
  return compileWhere(task, () => true);
}

/** Whether the checks of a gate may call models. */
export type GateScope = 'all' | 'without-models';

/** The oracles of the task that run in production, as one gate; undefined where there are none, and nothing is gated. */
export async function compileGate(task: Task, scope: GateScope): Promise<Gate | undefined> {
  const oracles = await compileWhere(task, (builder, spec) => builder.production(spec) && !callsModels(builder));
  const consulting =
    scope === 'all'
      ? await compileWhere(task, (builder, spec) => builder.production(spec) && callsModels(builder))
      : [];
  return oracles.length + consulting.length === 0 ? undefined : gateOf(oracles, consulting);
}

function callsModels({ callsModels: calls }: OracleBuilder): boolean {
  return calls === true;
}

async function compileWhere(
  task: Task,
  wanted: (builder: OracleBuilder, spec: OracleSpec) => boolean,
): Promise<readonly Oracle[]> {
  const oracles: Oracle[] = [];
  for (const [index, spec] of task.oracle.entries()) {
    const builder = oracleBuilder(spec.kind);
    if (builder === undefined || !wanted(builder, spec)) continue;
    oracles.push(await compileOne(builder, spec, `tasks.${task.id}.oracle[${index}]`));
  }
  return oracles;
}

async function compileOne(builder: OracleBuilder, spec: OracleSpec, path: string): Promise<Oracle> {
  try {
    return await builder.compile(spec);
  } catch (error) {
    const why = messageOf(error);
    throw new Error(`${path}: the ${spec.kind} oracle does not compile: ${why}`, { cause: error });
  }
}
