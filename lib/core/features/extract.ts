import type { Features, Request, TaskSource } from '../types';
import type { ChatBody } from '../types-chat';
import type { Policy, Task } from '../types-policy';
import type { Signals, Standing } from './dimensions/signals';
import { standingOf } from './dimensions/standing';
import { expectedOutput } from './expected-output';
import { humanText } from './human-text';
import { type Reading, readText, Vocabulary } from './reading';
import { compileRecognise } from './recognise';
import { compileScore } from './score';
import { type Limits, tighten } from './tighten';
import { type InputTokens, inputTokens } from './tokens';

interface KnownTask {
  readonly task: Task;
  readonly standing: Standing;
}

interface Naming {
  readonly known: KnownTask;
  readonly source: TaskSource;
}

/** Which task a request is of: as the caller says, else as its text shows, else the default one. */
function compileNaming(policy: Policy, vocabulary: Vocabulary): (request: Request, reading: Reading) => Naming {
  const tasks = new Map<string, KnownTask>();
  for (const task of Object.values(policy.tasks)) tasks.set(task.id, { task, standing: standingOf(policy, task) });
  const fallback = tasks.get(policy.defaultTask);
  if (!fallback) throw new Error(`the policy has no task "${policy.defaultTask}" to be its default`);
  const recognise = compileRecognise(policy, vocabulary);
  return (request, reading) => {
    const hinted = request.hints.task === undefined ? undefined : tasks.get(request.hints.task);
    if (hinted) return { known: hinted, source: 'hint' };
    const recognised = tasks.get(recognise(reading) ?? '');
    return recognised ? { known: recognised, source: 'recognised' } : { known: fallback, source: 'default' };
  };
}

function countTurns(body: ChatBody): { readonly userTurns: number; readonly toolCalls: number } {
  let userTurns = 0;
  let toolCalls = 0;
  for (const message of body.messages) {
    if (message.role === 'user') userTurns++;
    toolCalls += message.tool_calls?.length ?? 0;
  }
  return { userTurns, toolCalls };
}

function signalsOf(
  body: ChatBody,
  measured: Pick<Signals, 'reading' | 'grounded' | 'fenced' | 'expectedOutputTokens'>,
  input: InputTokens,
  limits: Limits,
): Signals {
  return {
    reading: measured.reading,
    inputTokens: input.total,
    prefixTokens: input.prefix,
    expectedOutputTokens: measured.expectedOutputTokens,
    ...countTurns(body),
    tools: body.tools?.length ?? 0,
    format: body.response_format?.type ?? 'text',
    grounded: measured.grounded,
    fenced: measured.fenced,
    residency: limits.residency,
    consequence: limits.consequence,
    maxRetentionDays: limits.maxRetentionDays,
    latencyBudgetMs: limits.latencyBudgetMs,
    userTier: limits.userTier,
  };
}

/**
 * Compiles a policy into the step that reads a request: its task, sizes, dimensions, and what it may not do. Time is
 * linear in the prompt: everything is counted, but only the first and last 8,000 characters of the newest turn are read
 * for their words.
 */
export function compileExtract(policy: Policy): (request: Request) => Features {
  const vocabulary = new Vocabulary();
  const nameTask = compileNaming(policy, vocabulary);
  const score = compileScore(policy);
  const floor = policy.tasks[policy.defaultTask];

  return (request) => {
    const { body } = request;
    const human = humanText(body.messages);
    const reading = readText(human.text, vocabulary);
    const { known, source } = nameTask(request, reading);
    const { task, standing } = known;
    const input = inputTokens(body);
    const asked = { tools: (body.tools?.length ?? 0) > 0, maxOutputTokens: request.maxOutputTokens };
    const expectedOutputTokens = expectedOutput(task, reading, human, input, asked);
    const limits = tighten(request, policy, task, source === 'recognised' ? floor : undefined);
    const { grounded, fenced } = human;
    const signals = signalsOf(body, { reading, grounded, fenced, expectedOutputTokens }, input, limits);
    return {
      task: task.id,
      taskSource: source,
      inputTokens: input.total,
      expectedOutputTokens,
      reservedOutputTokens: request.maxOutputTokens ?? expectedOutputTokens,
      ...score(signals, standing),
      ...limits,
      text: human.text,
    };
  };
}
