import { RouterError } from '../../../errors';
import { isFields } from '../../../request/check';
import { messages as checkMessages } from '../../../request/check-messages';
import type { ChatMessage } from '../../../types-chat';
import type { Policy } from '../../../types-policy';
import type { CorpusRow } from '../profile-document';
import { expectFaults } from './expect-faults';
import { type Misspelt, misspeltKeys } from './row-keys';

/** A row, or everything that is wrong with its line. */
export type RowRead =
  | { readonly ok: true; readonly row: CorpusRow; readonly misspelt: readonly Misspelt[] }
  | { readonly ok: false; readonly faults: readonly string[] };

/** Stands where the task is not known, of which nothing is expected. */
const NO_TASK = { id: '', oracle: [] } as const;

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
  faults.push(...expectFaults(policy.tasks[task ?? ''] ?? NO_TASK, value.expect));
  if (faults.length > 0) return { ok: false, faults };
  return {
    ok: true,
    misspelt: misspeltKeys(value),
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

function messagesOf({ prompt, messages, quality }: Fields, faults: string[]): readonly ChatMessage[] {
  if (messages === undefined || messages === null) {
    if (typeof prompt === 'string' && prompt.trim() !== '') return [{ role: 'user', content: prompt }];
    faults.push(
      prompt === undefined || prompt === null ? 'prompt or messages are missing' : 'prompt is empty, or no text',
    );
    return [];
  }
  // An outcome names its prompt beside the messages, for readers who know no messages.
  if (prompt !== undefined && prompt !== null && !isFields(quality))
    faults.push('both prompt and messages are given, and only one can be asked; leave one out');
  try {
    checkMessages(messages, 'messages', {});
  } catch (error) {
    if (!RouterError.is(error)) throw error;
    faults.push(error.message.replace(/\.$/, ''));
  }
  return messages as readonly ChatMessage[];
}
