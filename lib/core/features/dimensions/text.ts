import type { Consequence } from '../../types-policy';
import { clamped, saturating } from './scale';
import type { Signals } from './signals';

/** Marks that bring a dimension to 6.3. Chosen so that one chance hit stays under 4 and two marker words under 7. */
const MARKS = { reasoning: 2.2, expert: 1.8, safety: 2.5, format: 2.5, structure: 6 } as const;
/** Mathematical signs that weigh as one word of reasoning or expertise, and how much they can weigh in all. */
const SIGNS_PER_MARK = 4;
const MOST_SIGN_MARKS = 1.5;
/** Expert terms have to be brought together: each after the first asks for some reasoning, whatever words ask for it. */
const REASONING_PER_TERM = 0.5;

const SAFETY_OF: Readonly<Record<Consequence, number>> = { low: 0, medium: 1, high: 4 };
const RISK_OF: Readonly<Record<Consequence, number>> = { low: 2, medium: 4, high: 7 };

function signMarks(mathSigns: number): number {
  return Math.min(MOST_SIGN_MARKS, mathSigns / SIGNS_PER_MARK);
}

/** Words of reasoning, words of proof twice, formulae, and expert terms to be brought together. */
export function reasoningDepth({ reading }: Signals): number {
  const { reasoning, proof, expert } = reading.counts;
  const terms = REASONING_PER_TERM * Math.max(0, expert - 1);
  return saturating(reasoning + proof + terms + signMarks(reading.mathSigns), MARKS.reasoning);
}

/** Words of a trade or science, and formulae. */
export function domainSpecificity({ reading }: Signals): number {
  return saturating(reading.counts.expert + signMarks(reading.mathSigns), MARKS.expert);
}

/** Words of harm and medicine, and what a wrong answer would cost. */
export function safetySensitivity({ reading, consequence }: Signals): number {
  return clamped(saturating(reading.counts.safety, MARKS.safety) + SAFETY_OF[consequence]);
}

/** What the answer must look like: a schema most, JSON less, words that name formats. */
export function outputFormat({ reading, format }: Signals): number {
  const required = format === 'json_schema' ? 7 : format === 'json_object' ? 4 : 0;
  return clamped(required + saturating(reading.counts.format, MARKS.format) / 2);
}

/**
 * How little invention can be borne: by consequence, more for facts and expert matters without material to answer from,
 * less where material is given.
 */
export function hallucinationRisk(signals: Signals): number {
  const { fact, expert } = signals.reading.counts;
  const base = RISK_OF[signals.consequence];
  if (signals.grounded) return clamped(base - 2);
  return clamped(base + (fact > 0 ? 1.5 : 0) + 0.45 * saturating(expert, MARKS.expert));
}

/** Instructions, listed demands, nested conditions, embedded code, tools and calls to them. */
export function structure({ reading, fenced, tools, toolCalls }: Signals): number {
  const { condition, instruct } = reading.counts;
  const marks = condition + instruct / 2 + reading.listItems + (fenced ? 2 : 0) + Math.min(tools, 10) + toolCalls;
  return saturating(marks, MARKS.structure);
}
