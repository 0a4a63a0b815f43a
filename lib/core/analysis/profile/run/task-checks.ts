import { messageOf } from '../../../message-of';
import { compileOracles } from '../../../oracle/compile';
import { oracleBuilder } from '../../../oracle/registry';
import { canonicalHash } from '../../../policy/canonical-hash';
import { codeKey } from '../../../policy/certificate-code';
import type { AnswerChoice, Judgement, Oracle, Verdict } from '../../../types';
import type { OracleKind, OracleSpec, Policy, Task } from '../../../types-policy';
import type { CorpusRow } from '../profile-document';
import type { Finding } from './recorded-answer';

/** What an answer is judged with. */
export interface Judging {
  readonly row: CorpusRow;
  readonly choice: AnswerChoice;
  readonly judgement: Judgement;
}

/** Undefined: it does not apply. `pending`: it applies, and its verdict is still to come. */
export type Found = Verdict | 'pending' | undefined;

/** One oracle of a task as profiling asks it. */
export interface Check {
  readonly kind: OracleKind;
  /** Of what the policy says of it. */
  readonly fingerprint: string;
  readonly callsModels: boolean;
  /** Whether it decides in production on a climb. */
  readonly gates: boolean;
  find(judging: Judging): Promise<Found>;
}

/** Judges by a module of the user's own. It may throw: a verdict is then still to come. */
export type CodeOracle = (
  answer: Pick<AnswerChoice, 'text' | 'toolCalls'>,
  expect: unknown,
  row: CorpusRow,
) => Promise<Finding>;

/** What a person said of an answer: true where it is good. */
export type HumanVerdicts = ReadonlyMap<string, boolean>;

export function humanKey(row: string, tier: string): string {
  return `${tier} ${row}`;
}

/** What oracles need beside the policy. */
export interface CheckPorts {
  /** By `module#export`. */
  readonly code: ReadonlyMap<string, CodeOracle>;
  readonly humanVerdicts: HumanVerdicts;
  /** Told of an oracle that broke, with the row. */
  readonly onFault: (row: string, message: string) => void;
}

/** Every task's oracles, in the policy's order. */
export async function compileChecks(
  policy: Policy,
  tasks: Iterable<string>,
  ports: CheckPorts,
): Promise<ReadonlyMap<string, readonly Check[]>> {
  const checks = new Map<string, readonly Check[]>();
  for (const id of tasks) {
    const task = policy.tasks[id] as Task;
    checks.set(id, (await Promise.all(task.oracle.map((spec) => compileCheck(task, spec, ports)))).flat());
  }
  return checks;
}

async function compileCheck(task: Task, spec: OracleSpec, ports: CheckPorts): Promise<Check[]> {
  const common = { kind: spec.kind, fingerprint: canonicalHash(spec), callsModels: false, gates: false };
  if (spec.kind === 'human') return [{ ...common, find: async (judging) => humanFinding(judging, ports) }];
  if (spec.kind === 'code') return [{ ...common, find: (judging) => codeFinding(codeKey(spec), judging, ports) }];
  const [oracle] = await compileOracles({ ...task, oracle: [spec] });
  const builder = oracleBuilder(spec.kind);
  if (oracle === undefined || builder === undefined) return [];
  const callsModels = builder.callsModels === true;
  const gates = isGated(task) && builder.production(spec) && (!callsModels || mayConsult(task));
  return [{ ...common, callsModels, gates, find: (judging) => finding(oracle, judging) }];
}

/** A static route gates only what is of high consequence. */
function isGated({ route, audit }: Task): boolean {
  return route !== 'static' || audit.consequence === 'high';
}

/** As a task's gate is compiled for production. */
function mayConsult({ route }: Task): boolean {
  return route === 'cascade' || route === 'static';
}

async function finding(oracle: Oracle, { row, choice, judgement }: Judging): Promise<Found> {
  return oracle.check(choice, row.expect) ?? (await oracle.consult?.(choice, judgement));
}

function humanFinding({ row, judgement }: Judging, { humanVerdicts }: CheckPorts): Found {
  const pass = humanVerdicts.get(humanKey(row.id, judgement.tier));
  if (pass === undefined) return 'pending';
  return { pass, oracle: 'human', detail: pass ? '' : 'a person found it wrong' };
}

async function codeFinding(key: string, { row, choice }: Judging, { code, onFault }: CheckPorts): Promise<Found> {
  const oracle = code.get(key);
  if (oracle === undefined) return 'pending';
  try {
    const { pass, detail } = await oracle({ text: choice.text, toolCalls: choice.toolCalls }, row.expect, row);
    return { pass, oracle: 'code', detail };
  } catch (error) {
    onFault(row.id, `${key}: ${messageOf(error)}`);
    return 'pending';
  }
}
