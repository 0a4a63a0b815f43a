import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CodeOracle } from '../../lib/core/analysis/profile/run/task-checks';
import { messageOf } from '../../lib/core/message-of';
import { codeKey } from '../../lib/core/policy/certificate-code';
import type { OracleSpec, Policy } from '../../lib/core/types-policy';
import { UserError } from '../commands/command';
import { moduleFolder } from './code-digests';

type CodeSpec = Extract<OracleSpec, { kind: 'code' }>;

/** An oracle that has said nothing after so long never will. */
const LONGEST_MS = 60_000;

/**
 * Loads the `code` oracles of the tasks; modules stand where the policy says, seen from its own folder. Once `givenUp` is
 * aborted nobody waits for one any more: its verdict is then still to come.
 */
export async function loadCodeOracles(
  policy: Policy,
  tasks: Iterable<string>,
  policyFile: string,
  givenUp: AbortSignal,
): Promise<ReadonlyMap<string, CodeOracle>> {
  const folder = moduleFolder(policyFile);
  const loaded = new Map<string, CodeOracle>();
  for (const id of tasks) {
    for (const [index, spec] of (policy.tasks[id]?.oracle ?? []).entries()) {
      if (spec.kind !== 'code') continue;
      const oracle = await load(spec, folder, `tasks.${id}.oracle[${index}]`);
      loaded.set(codeKey(spec), async (...asked) => verdictIn(await inTime(oracle(...asked), givenUp)));
    }
  }
  return loaded;
}

type UserFunction = (...asked: Parameters<CodeOracle>) => unknown;

async function load({ module, export: name }: CodeSpec, folder: string, path: string): Promise<UserFunction> {
  const file = resolve(folder, module);
  let members: Readonly<Record<string, unknown>>;
  try {
    members = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new UserError(`${path}: ${file} cannot be loaded: ${messageOf(error)}`);
  }
  const member = members[name];
  if (typeof member !== 'function') {
    const functions = Object.keys(members)
      .filter((key) => typeof members[key] === 'function')
      .sort();
    throw new UserError(
      `${path}: ${file} exports no function "${name}"; it exports ${functions.join(', ') || 'none at all'}.`,
    );
  }
  return member as UserFunction;
}

function verdictIn(said: unknown): { readonly pass: boolean; readonly detail: string } {
  if (typeof said === 'boolean') return { pass: said, detail: said ? '' : 'the code oracle found it wrong' };
  const { pass, detail = '' } = (said ?? {}) as { readonly pass?: unknown; readonly detail?: unknown };
  if (typeof pass === 'boolean' && typeof detail === 'string') return { pass, detail };
  throw new Error('it must return true, false or { pass, detail }');
}

async function inTime(said: unknown, givenUp: AbortSignal): Promise<unknown> {
  if (!(said instanceof Promise)) return said;
  let leave = (): void => {};
  const late = new Promise<never>((_resolve, reject) => {
    const stop = (): void => reject(new Error('it had given no verdict when the run was stopped'));
    const timer = setTimeout(() => reject(new Error(`it gave no verdict in ${LONGEST_MS / 1000} s`)), LONGEST_MS);
    if (givenUp.aborted) stop();
    givenUp.addEventListener('abort', stop);
    leave = () => {
      clearTimeout(timer);
      givenUp.removeEventListener('abort', stop);
    };
  });
  try {
    return await Promise.race([said, late]);
  } finally {
    leave();
  }
}
