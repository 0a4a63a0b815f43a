import type { Answer, AnswerChoice, Checked, Gate, Judgement, Oracle, Verdict } from '../types';
import { isForesighted } from './foresighted-oracle';
import { settleAll } from './settle-all';
import { compileToolCheck, type ToolCheck } from './tool-calls';

/** How the verdict on tool calls is named; no oracle of a policy is. */
const TOOLS = 'tools';

/**
 * All oracles on every choice; of the first that fails, what is wrong. A verdict that passes is signed by those that
 * judged, by nobody where none had anything to say. `consulting` are asked, all at once, only of an answer that the
 * others let pass. A choice without a finish reason is the beginning of one, judged by what can be told from it.
 */
export function gateOf(oracles: readonly Oracle[], consulting: readonly Oracle[] = []): Gate {
  const toolFault = compileToolCheck();

  return async (answer, judgement) => {
    if (answer.choices.length === 0) {
      const oracle = [...oracles, ...consulting].map(({ kind }) => kind).join(', ');
      return { pass: false, oracle, detail: 'the answer holds no choice' };
    }
    // Kinds that had something to say.
    const spoke = new Set<string>();
    const failure =
      (await nearFailure(oracles, toolFault, answer, judgement, spoke)) ??
      (await farFailure(consulting, answer, judgement, spoke));
    return failure ?? { pass: true, oracle: [...spoke].join(', '), detail: '' };
  };
}

/** What oracles that call nobody, or the tools' schemas, find wrong. */
async function nearFailure(
  oracles: readonly Oracle[],
  toolFault: ToolCheck,
  { choices }: Answer,
  judgement: Judgement,
  spoke: Set<string>,
): Promise<Verdict | undefined> {
  for (const [index, choice] of choices.entries()) {
    const failure =
      choice.toolCalls.length > 0
        ? await toolFailure(toolFault, choice, judgement, spoke)
        : await firstFailure(oracles, choice, judgement, spoke);
    if (failure !== undefined) return placed(failure, index, choices.length);
  }
  return undefined;
}

/** Arguments that are still being written prove nothing. */
async function toolFailure(
  toolFault: ToolCheck,
  choice: AnswerChoice,
  { tools }: Judgement,
  spoke: Set<string>,
): Promise<Verdict | undefined> {
  if (choice.finishReason === null) return undefined;
  const fault = await toolFault(choice, tools);
  spoke.add(TOOLS);
  return fault === undefined ? undefined : { pass: false, oracle: TOOLS, detail: fault };
}

async function firstFailure(
  oracles: readonly Oracle[],
  choice: AnswerChoice,
  judgement: Judgement,
  spoke: Set<string>,
): Promise<Verdict | undefined> {
  for (const oracle of oracles) {
    const verdict =
      choice.finishReason === null ? beginning(oracle, choice, judgement) : await checked(oracle, choice, judgement);
    if (verdict?.pass === false) return verdict;
    if (verdict !== undefined) spoke.add(verdict.oracle);
  }
  return undefined;
}

function beginning(oracle: Oracle, choice: AnswerChoice, judgement: Judgement): Checked {
  return isForesighted(oracle) ? oracle.beginning(choice, judgement) : undefined;
}

function checked(oracle: Oracle, choice: AnswerChoice, judgement: Judgement): Checked | Promise<Checked> {
  return oracle.check(choice) ?? oracle.consult?.(choice, judgement);
}

/** What oracles that call other tiers find wrong; their calls wait for nobody but each other. */
async function farFailure(
  oracles: readonly Oracle[],
  { choices }: Answer,
  judgement: Judgement,
  spoke: Set<string>,
): Promise<Verdict | undefined> {
  if (oracles.length === 0 || choices.some(({ finishReason }) => finishReason === null)) return undefined;
  const asked = choices.flatMap((choice, index) => {
    if (choice.toolCalls.length > 0) return [];
    return oracles.map(async (oracle) => {
      const verdict = await checked(oracle, choice, judgement);
      return verdict && placed(verdict, index, choices.length);
    });
  });
  const verdicts = (await settleAll(asked)).filter((verdict) => verdict !== undefined);
  for (const { oracle } of verdicts) spoke.add(oracle);
  return verdicts.find(({ pass }) => !pass);
}

function placed(verdict: Verdict, index: number, choices: number): Verdict {
  if (verdict.pass || choices === 1) return verdict;
  return { pass: false, oracle: verdict.oracle, detail: `choice ${index + 1} of ${choices}: ${verdict.detail}` };
}
