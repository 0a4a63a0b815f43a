import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AnswerChoice, Consult, Judgement, Oracle } from '../../lib/core/types';
import type { ChatMessage } from '../../lib/core/types-chat';

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

/** What an oracle must say of a text, given how sure the tier was or what those say whom it asks. */
export interface ConsultingCase {
  readonly text: string;
  readonly margins?: readonly number[];
  /** The tier that answered. Default: `small`. */
  readonly tier?: string;
  /** What is heard of those that are asked, in turn; undefined where a call fails. */
  readonly hears?: readonly (string | undefined)[];
  readonly says: 'pass' | 'fail' | 'nothing';
}

export interface ConsultingOracleUnderTest {
  readonly kind: string;
  readonly compile: () => Oracle;
  /** Whether it asks models, and not only the answer's own margins. */
  readonly callsModels: boolean;
  /** At least one that passes and one that fails. */
  readonly cases: readonly ConsultingCase[];
}

/** One question that a check has asked. */
export interface Asked {
  readonly tier: string;
  readonly messages: readonly ChatMessage[];
}

export interface Spoken {
  readonly consult: Consult;
  readonly asked: Asked[];
}

/** Those whom a check may ask, saying one thing after the other; nobody answers after the last. */
export function consultSaying(hears: readonly (string | undefined)[]): Spoken {
  const asked: Asked[] = [];
  const left = [...hears];
  const next = (tier: string, messages: readonly ChatMessage[]): AnswerChoice | undefined => {
    asked.push({ tier, messages });
    const text = left.shift();
    return text === undefined ? undefined : choiceOf(text);
  };
  return {
    asked,
    consult: {
      async samples(count) {
        const answers = Array.from({ length: count }, () => next('same', []));
        return answers.filter((answer) => answer !== undefined);
      },
      ask: async (tier, messages) => next(tier, messages),
    },
  };
}

const QUESTION: readonly ChatMessage[] = [{ role: 'user', content: 'What is it?' }];

const NOT_FOR_ANYBODY: Consult = {
  samples: () => Promise.reject(new Error('nobody may be asked')),
  ask: () => Promise.reject(new Error('nobody may be asked')),
};

/** Every oracle kind that judges by more than the text must pass it: the production gate relies on all of this. */
export function consultingOracleContract(oracle: ConsultingOracleUnderTest): void {
  describe(`the oracle ${oracle.kind}`, () => {
    const compiled = oracle.compile();
    const judgementOf = (consult?: Consult, tier = 'small'): Judgement => ({
      tier,
      messages: QUESTION,
      tools: [],
      ...(consult && { consult }),
    });
    const judge = (one: ConsultingCase) => {
      const { consult } = consultSaying(one.hears ?? []);
      const choice = choiceOf(one.text, one.margins && { margins: one.margins });
      return compiled.consult?.(choice, judgementOf(consult, one.tier));
    };

    it.each(oracle.cases)('says $says of $text, hearing $hears with margins $margins', async (one) => {
      const verdict = await judge(one);
      const said = verdict === undefined ? 'nothing' : verdict.pass ? 'pass' : 'fail';
      expect(said).toBe(one.says);
    });

    it('knows its own kind, signs its verdicts with it and says why it fails', async () => {
      expect(compiled.kind).toBe(oracle.kind);
      const verdicts = (await Promise.all(oracle.cases.map(judge))).filter((verdict) => verdict !== undefined);
      expect(new Set(verdicts.map(({ pass }) => pass)).size).toBe(2);
      for (const verdict of verdicts) {
        expect(verdict.oracle).toBe(oracle.kind);
        expect(verdict.detail === '').toBe(verdict.pass);
      }
    });

    it('tells nothing by the text alone', () => {
      for (const { text } of oracle.cases) expect(compiled.check(choiceOf(text), text)).toBeUndefined();
    });

    it('fails a refusal, an empty text and one of white space, and asks nobody', async () => {
      for (const choice of [choiceOf('', { refusal: 'I will not.' }), choiceOf(''), choiceOf(' \n')]) {
        expect(await compiled.consult?.(choice, judgementOf(NOT_FOR_ANYBODY))).toMatchObject({ pass: false });
      }
    });

    it('has nothing to say of tool calls, and asks nobody', async () => {
      const calls = { toolCalls: [{ id: 'call_1', name: 'look_up', arguments: '{}' }], margins: [0] };
      expect(await compiled.consult?.(choiceOf('some text', calls), judgementOf(NOT_FOR_ANYBODY))).toBeUndefined();
    });

    it('never quotes the answer, nor what it has heard', async () => {
      await fc.assert(
        fc.asyncProperty(markedText, fc.array(markedText, { minLength: 2, maxLength: 2 }), async (text, hears) => {
          const verdict = await judge({ text, hears, margins: [0], says: 'fail' });
          expect(verdict?.detail ?? '').not.toContain(MARKER);
        }),
      );
    });

    it.each(HUGE_TEXTS.map((text) => [text.slice(0, 5), text]))(
      'bears two million characters of %s',
      async (_, text) => {
        const heard = await judge({ text, hears: [text.slice(1), text.slice(1)], margins: [0], says: 'fail' });
        expect(heard?.pass).toBe(false);
      },
    );

    if (!oracle.callsModels) return;

    it('has nothing to say where nobody may be asked, or nobody answers', async () => {
      expect(await compiled.consult?.(choiceOf('some text'), judgementOf())).toBeUndefined();
      expect(await judge({ text: 'some text', says: 'nothing' })).toBeUndefined();
    });

    it('does not hide that a question could not be asked', async () => {
      await expect(compiled.consult?.(choiceOf('some text'), judgementOf(NOT_FOR_ANYBODY))).rejects.toThrow();
    });
  });
}
