import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askedAgain, type Question } from '../../../lib/core/telemetry/asked-again';
import { likenessOf } from '../../../lib/core/telemetry/likeness';
import { cpuMs } from '../../fixtures/cpu-ms';

const LETTER =
  'Since Tuesday the export of our time sheets stops half way: the file ends after three hundred rows, whichever month ' +
  'I choose and in whichever browser. Last week it still worked. Could somebody have a look before Friday?';

const START = Date.UTC(2026, 10, 22, 9);
let made = 0;

interface Asked {
  readonly at: number;
  readonly text?: string;
  readonly more?: Partial<Question>;
}

/** Asked so many seconds after the start, answered within half a second. */
function asked({ at, text = LETTER, more = {} }: Asked): Question {
  const customer = more.customer ?? 'acme';
  return {
    requestId: `req-${++made}`,
    time: new Date(START + at * 1000).toISOString(),
    customer,
    task: 'triage',
    tier: 'small',
    model: 'small-model',
    reason: 'start',
    latencyMs: 500,
    likeness: likenessOf([{ role: 'user', content: text }], customer),
    ...more,
  };
}

function repeats(records: readonly Question[], earlier: readonly Question[] = []): string[] {
  return askedAgain(records, earlier).map(({ again, first }) => `${again.requestId} after ${first.requestId}`);
}

describe('a question asked again', () => {
  it('is counted once, for the request that it follows', () => {
    const [first, again, third] = [asked({ at: 0 }), asked({ at: 60 }), asked({ at: 90, text: `${LETTER} Please!` })];
    expect(repeats([third, first, again])).toEqual([
      `${again.requestId} after ${first.requestId}`,
      `${third.requestId} after ${again.requestId}`,
    ]);
    expect(repeats([third, third], [first, again])).toEqual([`${third.requestId} after ${again.requestId}`]);
    expect(repeats([], [first, again])).toEqual([]);
  });

  it.each<[string, Asked, boolean]>([
    ['ten minutes later', { at: 600 }, true],
    ['still later', { at: 601 }, false],
    ['at once, before the answer', { at: 0.2 }, false],
    ['once it was answered', { at: 0.5 }, true],
    ['by somebody else', { at: 60, more: { customer: 'umbra' } }, false],
    ['of another task', { at: 60, more: { task: 'summary' } }, false],
    ['for another feature', { at: 60, more: { feature: 'inbox' } }, false],
    ['of the frontier by name', { at: 60, more: { tier: 'large', reason: 'pinned' } }, true],
    ['of the cache', { at: 60, more: { reason: 'cached' } }, false],
    ['in vain', { at: 60, more: { tier: null, reason: 'refused' } }, false],
    ['without a likeness', { at: 60, more: { likeness: undefined as unknown as string } }, false],
    ['in other words', { at: 60, text: 'How do I invite somebody?' }, false],
  ])('%s', (_, again, counts) => {
    expect(repeats([asked({ at: 0 }), asked(again)])).toHaveLength(counts ? 1 : 0);
  });

  it('waits a second at most for the answer: who asks again while it is written has lost patience', () => {
    const slow = asked({ at: 0, more: { latencyMs: 60_000 } });
    expect(repeats([slow, asked({ at: 0.9 })])).toEqual([]);
    expect(repeats([slow, asked({ at: 20 })])).toHaveLength(1);
  });

  it('is not one where two people say who they are, and one where they do not', () => {
    const by = (session?: string) => (session === undefined ? {} : { session });
    const first = asked({ at: 0, more: by('s-1') });
    expect(repeats([first, asked({ at: 60, more: by('s-2') })])).toEqual([]);
    expect(repeats([first, asked({ at: 60, more: by('s-1') })])).toHaveLength(1);
    expect(repeats([first, asked({ at: 60 })])).toHaveLength(1);
  });

  it('tells callers without a customer apart by their keys', () => {
    const by = (keyId: string) => ({ customer: undefined as unknown as string, keyId });
    const likeness = asked({ at: 0 }).likeness as string;
    const one = asked({ at: 0, more: { ...by('key-1'), likeness } });
    expect(repeats([one, asked({ at: 60, more: { ...by('key-2'), likeness } })])).toEqual([]);
    expect(repeats([one, asked({ at: 60, more: { ...by('key-1'), likeness } })])).toHaveLength(1);
  });

  it('knows a form that is filled in from a question that is asked again', () => {
    const form = (name: string) => `${LETTER} The name of the customer is ${name}.`;
    const names = ['Ada', 'Bo', 'Cy', 'Di', 'Ed', 'Flo', 'Gus', 'Hal', 'Ida', 'Jo'];
    const filled = names.map((name, at) => asked({ at: 10 * at, text: form(name) }));
    expect(repeats(filled).length).toBeLessThanOrEqual(3);
    expect(repeats(filled.slice(4), filled.slice(0, 4))).toEqual([]);
    const again = asked({ at: 200, text: form('Ada') });
    expect(repeats([again], filled)).toEqual([`${again.requestId} after ${filled[0]?.requestId}`]);
  });

  it('is found among all, however the minutes are cut, and never twice', () => {
    const asking = fc.record({
      at: fc.integer({ min: 0, max: 1200 }),
      text: fc.constantFrom(LETTER, `${LETTER} Please!`, 'How do I invite somebody?', 'Hello'),
      customer: fc.constantFrom('acme', 'umbra'),
    });
    fc.assert(
      fc.property(fc.array(asking, { maxLength: 30 }), fc.integer({ min: 30, max: 300 }), (all, cutS) => {
        const records = all.map(({ at, text, customer }) => asked({ at, text, more: { customer } }));
        const minuteOf = ({ time }: Question): number => Math.floor((Date.parse(time) - START) / (cutS * 1000));
        const cut = Array.from({ length: Math.ceil(1201 / cutS) }, (_, minute) => {
          const before = records.filter((record) => minuteOf(record) < minute);
          return repeats(
            records.filter((record) => minuteOf(record) === minute),
            before,
          );
        });
        const whole = repeats(records);
        expect(cut.flat().sort()).toEqual([...whole].sort());
        expect(new Set(whole.map((pair) => pair.split(' ')[0])).size).toBe(whole.length);
      }),
    );
  });

  it('is looked for among ten thousand questions of one task in good time', () => {
    const many = Array.from({ length: 10_000 }, (_, at) =>
      asked({ at: at * 0.06, text: `${LETTER} ${at} ${at * 7} ${at * 13} ${at * 29} and so on` }),
    );
    expect(cpuMs(() => expect(repeats(many).length).toBeLessThan(100))).toBeLessThan(8000);
  }, 60_000);
});
