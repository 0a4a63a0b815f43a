import type { HandOn, StrategyKind } from '../types-policy';
import { isRecord } from './draft';

/** What a preset says of a task's optional keys. */
export interface TaskPreset {
  readonly strategy: readonly StrategyKind[];
  readonly expectedOutputTokens: number;
  readonly keywords: readonly string[];
  readonly handOn: HandOn;
  /** Whether a request begins at the ladder's second tier: small models fail such tasks too often to be tried first. */
  readonly startsHigher: boolean;
}

/** Usual kinds of task. The lengths are what such answers commonly have, in tokens. */
const PRESETS = {
  classification: {
    strategy: ['rules'],
    expectedOutputTokens: 8,
    keywords: ['classify', 'categorise', 'categorize', 'label', 'which category'],
    handOn: 'none',
    startsHigher: false,
  },
  extraction: {
    strategy: ['rules'],
    expectedOutputTokens: 150,
    keywords: ['extract', 'pull out', 'list all', 'as JSON'],
    handOn: 'reason',
    startsHigher: false,
  },
  summarising: {
    strategy: ['rules', 'score'],
    expectedOutputTokens: 250,
    keywords: ['summarise', 'summarize', 'summary', 'in short', 'key points'],
    handOn: 'none',
    startsHigher: false,
  },
  'rag-single-hop': {
    strategy: ['rules', 'score'],
    expectedOutputTokens: 200,
    keywords: ['according to', 'based on the passage', 'based on the document'],
    handOn: 'none',
    startsHigher: false,
  },
  'rag-multi-hop': {
    strategy: ['rules', 'score'],
    expectedOutputTokens: 350,
    keywords: ['compare', 'across documents', 'relationship between'],
    handOn: 'none',
    startsHigher: true,
  },
  'rag-open-domain': {
    strategy: ['rules', 'score'],
    expectedOutputTokens: 400,
    keywords: ['what is known about', 'research', 'overview of'],
    handOn: 'none',
    startsHigher: true,
  },
  reasoning: {
    strategy: ['rules', 'score'],
    expectedOutputTokens: 800,
    keywords: ['step by step', 'prove', 'reason through', 'work out'],
    handOn: 'reason',
    startsHigher: true,
  },
  code: {
    strategy: ['rules', 'score'],
    expectedOutputTokens: 800,
    keywords: ['code', 'function', 'refactor', 'unit test', 'stack trace', 'SQL'],
    handOn: 'reason',
    startsHigher: true,
  },
} as const satisfies Record<string, TaskPreset>;

export type PresetName = keyof typeof PRESETS;

export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];

/** A task as its document gives it, with its preset's words where it has none of its own. */
export function withPreset(task: Record<string, unknown>): Record<string, unknown> {
  const name = task.preset;
  if (typeof name !== 'string' || !Object.hasOwn(PRESETS, name)) return task;
  const { strategy, expectedOutputTokens, keywords, handOn, startsHigher } = PRESETS[name as PresetName];
  const second = startsHigher && Array.isArray(task.ladder) ? (task.ladder as unknown[])[1] : undefined;
  return {
    strategy: [...strategy],
    expectedOutputTokens,
    handOn,
    ...(typeof second === 'string' ? { start: second } : {}),
    ...task,
    recognise: withKeywords(task.recognise, keywords),
  };
}

function withKeywords(recognise: unknown, keywords: readonly string[]): unknown {
  if (recognise === undefined) return { keywords: [...keywords] };
  return isRecord(recognise) ? { keywords: [...keywords], ...recognise } : recognise;
}
