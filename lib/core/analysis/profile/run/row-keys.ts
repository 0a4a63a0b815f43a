import { nearest } from '../../../policy/nearest';

/** What a row of a corpus may say. */
const ROW_KEYS: readonly string[] = ['id', 'task', 'prompt', 'messages', 'weight', 'expect', 'tags', 'group'];

/** What an outcome says beside it. */
const OUTCOME_KEYS: readonly string[] = [
  'quality',
  'answers',
  'inputTokens',
  'outputTokens',
  'latencyMs',
  'costUsd',
  'split',
  'source',
  'calls',
  'repeats',
];

const KNOWN = new Set([...ROW_KEYS, ...OUTCOME_KEYS]);

/** A key nobody reads that is all but one that is read. */
export interface Misspelt {
  readonly given: string;
  readonly meant: string;
}

/** A row may say more than is read; only what is likely to be meant for something else is told of. */
export function misspeltKeys(row: Readonly<Record<string, unknown>>): Misspelt[] {
  return Object.keys(row).flatMap((given) => {
    if (KNOWN.has(given)) return [];
    const meant = nearest(given, ROW_KEYS);
    return meant === undefined || Object.hasOwn(row, meant) ? [] : [{ given, meant }];
  });
}
