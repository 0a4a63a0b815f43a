import { RouterError } from '../../../errors';
import { isFields } from '../../../request/check';
import { messages as checkMessages } from '../../../request/check-messages';
import type { ChatMessage } from '../../../types-chat';
import type { OracleSpec, Policy } from '../../../types-policy';
import type { CorpusRow } from '../profile-document';

/** A row, or everything that is wrong with its line. */
export type RowRead =
  | { readonly ok: true; readonly row: CorpusRow }
  | { readonly ok: false; readonly faults: readonly string[] };

type Fields = Readonly<Record<string, unknown>>;

/** One line of a corpus. No fault quotes a prompt. */
export function readRow(line: string, policy: Policy): RowRead {
  const value = parse(line);
  if (!isFields(value)) return { ok: false, faults: [value === undefined ? 'not JSON' : 'not a JSON object'] };
  const faults: string[] = [];
  const id = value.id;
  if (typeof id !== 'string' || id === '') faults.push('id is missing, or no text');
  const task = taskOf(value, policy, faults);
  const messages = messagesOf(value, faults);
  const weight = value.weight ?? 1;
  if (typeof weight !== 'number' || !(weight > 0) || !Number.isFinite(weight))
    faults.push(`weight is ${JSON.stringify(weight)}; give a number above 0`);
  const tags = value.tags ?? [];
  if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string'))
    faults.push('tags must be a list of texts');
  const group = value.group ?? undefined;
  if (group !== undefined && typeof group !== 'string') faults.push('group must be a text');
  const wanting = task === undefined ? [] : kindsInWant(policy, task, value.expect);
  if (wanting.length > 0) faults.push(`expect is missing, and task "${task}" compares with it (${wanting.join(', ')})`);
  if (faults.length > 0) return { ok: false, faults };
  return {
    ok: true,
    row: {
      id: id as string,
      task: task as string,
      messages,
      weight: weight as number,
      tags: tags as readonly string[],
      ...(value.expect !== undefined && value.expect !== null && { expect: value.expect }),
      ...(group !== undefined && { group: group as string }),
    },
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function taskOf({ task }: Fields, policy: Policy, faults: string[]): string | undefined {
  if (typeof task === 'string' && Object.hasOwn(policy.tasks, task)) return task;
  const given = typeof task === 'string' ? `there is no task ${JSON.stringify(task.slice(0, 60))}` : 'task is missing';
  faults.push(`${given}; the policy has ${Object.keys(policy.tasks).join(', ')}`);
  return undefined;
}

function messagesOf({ prompt, messages }: Fields, faults: string[]): readonly ChatMessage[] {
  if (messages === undefined || messages === null) {
    if (typeof prompt === 'string' && prompt.trim() !== '') return [{ role: 'user', content: prompt }];
    faults.push(
      prompt === undefined || prompt === null ? 'prompt or messages are missing' : 'prompt is empty, or no text',
    );
    return [];
  }
  try {
    checkMessages(messages, 'messages', {});
  } catch (error) {
    if (!RouterError.is(error)) throw error;
    faults.push(error.message.replace(/\.$/, ''));
  }
  return messages as readonly ChatMessage[];
}

/** Kinds of oracles of the task that have nothing to compare with. */
function kindsInWant(policy: Policy, task: string, expect: unknown): string[] {
  if (expect !== undefined && expect !== null) return [];
  return (policy.tasks[task]?.oracle ?? []).filter(comparesWithRow).map(({ kind }) => kind);
}

function comparesWithRow(spec: OracleSpec): boolean {
  if (spec.kind === 'contains') return spec.values === undefined;
  return ['exact', 'numeric', 'human', 'code'].includes(spec.kind);
}
