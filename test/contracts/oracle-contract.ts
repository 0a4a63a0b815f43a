import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AnswerChoice, Oracle } from '../../lib/core/types';

/** What an oracle must say of a text, given something to compare with where it needs that. */
export interface OracleCase {
  readonly text: string;
  readonly expect?: unknown;
  readonly says: 'pass' | 'fail';
}

export interface OracleUnderTest {
  readonly kind: string;
  readonly compile: () => Oracle | Promise<Oracle>;
  /** Something to compare with, for kinds that need it. */
  readonly expect?: unknown;
  /** At least one text that passes and one that fails. */
  readonly cases: readonly OracleCase[];
}

export function choiceOf(text: string, choice: Partial<AnswerChoice> = {}): AnswerChoice {
  return { text, toolCalls: [], reasoning: '', refusal: '', finishReason: 'stop', ...choice };
}

/** No oracle's own words hold it. */
const MARKER = 'qzxMARKERxzq';

/** Texts of every shape: JSON among them, halves of surrogate pairs too. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.json(),
  fc.double().map(String),
);

/** Texts that hold the marker: in prose, as a JSON value, as a JSON key. */
const markedText = fc.oneof(
  fc.tuple(fc.string(), fc.string()).map(([before, after]) => `${before} ${MARKER} ${after}`),
  fc.jsonValue().map((value) => JSON.stringify({ [MARKER]: value, label: MARKER, total: MARKER, tags: [MARKER] })),
  fc.jsonValue().map((value) => JSON.stringify([{ [MARKER]: { [MARKER]: value } }])),
);

const HUGE_TEXTS = ['a '.repeat(1_000_000), '['.repeat(1_000_000), '{"a":'.repeat(200_000), '\ud800'.repeat(1_000_000)];

/** Every oracle kind must pass it: profiling and the production gate rely on all of this. */
export function oracleContract(oracle: OracleUnderTest): void {
  describe(`the oracle ${oracle.kind}`, () => {
    let compiled: Oracle;

    beforeAll(async () => {
      compiled = await oracle.compile();
    });

    const judge = (text: string) => compiled.check(choiceOf(text), oracle.expect);

    it.each(oracle.cases)('says $says of $text, expecting $expect', ({ text, expect: expected, says }) => {
      const verdict = compiled.check(choiceOf(text), expected ?? oracle.expect);
      expect(verdict?.pass).toBe(says === 'pass');
    });

    it('knows its own kind and signs its verdicts with it', () => {
      expect(compiled.kind).toBe(oracle.kind);
      expect(judge('some text')?.oracle).toBe(oracle.kind);
    });

    it('says why it fails a text, and nothing more of one that passes', () => {
      const verdicts = oracle.cases.map(({ text, expect: expected }) =>
        compiled.check(choiceOf(text), expected ?? oracle.expect),
      );
      expect(verdicts.some((verdict) => verdict?.pass)).toBe(true);
      expect(verdicts.some((verdict) => verdict?.pass === false)).toBe(true);
      for (const verdict of verdicts) expect(verdict?.detail === '').toBe(verdict?.pass === true);
    });

    it('never throws and always judges alike, whatever the text', () => {
      fc.assert(
        fc.property(anyText, (text) => {
          expect(judge(text)).toEqual(judge(text));
        }),
      );
    });

    it.each(HUGE_TEXTS.map((text) => [text.slice(0, 5), text]))('bears two million characters of %s', (_, text) => {
      expect(judge(text)).toBeDefined();
    });

    it('does not see white space around the text', () => {
      for (const { text, expect: expected } of oracle.cases) {
        const expecting = expected ?? oracle.expect;
        const bare = compiled.check(choiceOf(text), expecting);
        expect(compiled.check(choiceOf(` \n\t${text}\n `), expecting)).toEqual(bare);
      }
    });

    it('never quotes the answer', () => {
      fc.assert(fc.property(markedText, (text) => !judge(text)?.detail.includes(MARKER)));
    });

    it('fails a refusal, an empty text and one of white space', () => {
      expect(compiled.check(choiceOf('', { refusal: 'I will not.' }), oracle.expect)?.pass).toBe(false);
      expect(judge('')?.pass).toBe(false);
      expect(judge(' \n')?.pass).toBe(false);
    });

    it('has nothing to say of tool calls', () => {
      const calls = { toolCalls: [{ id: 'call_1', name: 'look_up', arguments: '{}' }] };
      expect(compiled.check(choiceOf('some text', calls), oracle.expect)).toBeUndefined();
    });
  });
}
