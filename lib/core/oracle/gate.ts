import type { AnswerChoice, Gate, Oracle, Verdict } from '../types';
import { compileToolCheck } from './tool-calls';

/** How the verdict on tool calls is named; no oracle of a policy is. */
const TOOLS = 'tools';

/** All oracles on every choice; of the first that fails, what is wrong. */
export function gateOf(oracles: readonly Oracle[]): Gate {
  const toolFault = compileToolCheck();
  const names = oracles.map((oracle) => oracle.kind).join(', ');

  return async ({ choices }, tools) => {
    if (choices.length === 0) return { pass: false, oracle: names, detail: 'the answer holds no choice' };
    let passed = names;
    for (const [index, choice] of choices.entries()) {
      if (choice.toolCalls.length > 0) {
        const fault = await toolFault(choice, tools);
        if (fault !== undefined) return failed(TOOLS, fault, index, choices.length);
        passed = TOOLS;
      } else {
        const verdict = firstFailure(oracles, choice);
        if (verdict !== undefined) return failed(verdict.oracle, verdict.detail, index, choices.length);
      }
    }
    return { pass: true, oracle: passed, detail: '' };
  };
}

function firstFailure(oracles: readonly Oracle[], choice: AnswerChoice): Verdict | undefined {
  for (const oracle of oracles) {
    const verdict = oracle.check(choice);
    if (verdict?.pass === false) return verdict;
  }
  return undefined;
}

function failed(oracle: string, fault: string, index: number, choices: number): Verdict {
  return { pass: false, oracle, detail: choices > 1 ? `choice ${index + 1} of ${choices}: ${fault}` : fault };
}
