import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confidence } from '../../../lib/core/oracle/confidence';
import { consistency } from '../../../lib/core/oracle/consistency';
import { gateOf } from '../../../lib/core/oracle/gate';
import { judge } from '../../../lib/core/oracle/judge';
import { labels } from '../../../lib/core/oracle/labels';
import { length } from '../../../lib/core/oracle/length';
import { numeric } from '../../../lib/core/oracle/numeric';
import { uncertainty } from '../../../lib/core/oracle/uncertainty';
import type { AnswerChoice, Consult, Oracle, Verdict } from '../../../lib/core/types';
import type { ToolDefinition } from '../../../lib/core/types-chat';
import { choiceOf, consultSaying } from '../../contracts/oracle-contract';

const gate = gateOf([
  labels({ kind: 'labels', labels: ['billing', 'bug'] }),
  length({ kind: 'length', max: 5 }),
  numeric({ kind: 'numeric', tolerance: 0 }),
]);

function judged(choices: AnswerChoice[], tools: ToolDefinition[] = []): Promise<Verdict> {
  return gate({ model: 'small-model', choices }, { tier: 'small', messages: [], tools });
}

function aTool(parameters?: Record<string, unknown>): ToolDefinition {
  return { type: 'function', function: { name: 'look_up', ...(parameters && { parameters }) } };
}

function aCall(args: string, name = 'look_up'): AnswerChoice {
  return choiceOf('', { toolCalls: [{ id: 'call_1', name, arguments: args }], finishReason: 'tool_calls' });
}

describe('the gate on text', () => {
  it('lets an answer out that passes all oracles, and names those that judged', async () => {
    expect(await judged([choiceOf('bug')])).toEqual({ pass: true, oracle: 'labels, length', detail: '' });
  });

  it('names the first oracle that fails and says why', async () => {
    expect(await judged([choiceOf('billing')])).toEqual({
      pass: false,
      oracle: 'length',
      detail: '7 characters, more than 5',
    });
    expect(await judged([choiceOf('how do I')])).toMatchObject({ oracle: 'labels', detail: 'not one of 2 labels' });
  });

  it('judges every one of several choices', async () => {
    expect(await judged([choiceOf('bug'), choiceOf('bug')])).toMatchObject({ pass: true });
    expect(await judged([choiceOf('bug'), choiceOf('bugs'), choiceOf('bug')])).toEqual({
      pass: false,
      oracle: 'labels',
      detail: 'choice 2 of 3: not one of 2 labels',
    });
  });

  it('leaves a cut answer to the oracles', async () => {
    expect(await judged([choiceOf('bug', { finishReason: 'length' })])).toMatchObject({ pass: true });
  });

  it('fails a refusal, an empty text and an answer without choices', async () => {
    expect(await judged([choiceOf('', { refusal: 'No.' })])).toMatchObject({
      pass: false,
      detail: 'the model refused',
    });
    expect(await judged([choiceOf('\n')])).toMatchObject({ pass: false, detail: 'the text is empty' });
    expect(await judged([])).toMatchObject({ pass: false });
  });
});

describe('the gate on tool calls', () => {
  const CITY = {
    type: 'object',
    properties: { city: { type: 'string', pattern: '^[A-Z]' }, days: { type: 'integer', maximum: 7 } },
    required: ['city'],
    additionalProperties: false,
  };

  it.each<[string, AnswerChoice, string | undefined]>([
    ['arguments that match', aCall('{"city":"Rome","days":3}'), undefined],
    ['arguments of a wrong type', aCall('{"city":7}'), 'tool call 1: property /city: must be string'],
    ['arguments out of range', aCall('{"city":"Rome","days":8}'), 'tool call 1: property /days: must be <= 7'],
    ['a missing argument', aCall('{}'), "tool call 1: must have required property 'city'"],
    ['an invented argument', aCall('{"city":"Rome","x":1}'), 'tool call 1: must NOT have additional properties'],
    ['arguments cut short', aCall('{"city":"Ro'), 'tool call 1: the arguments are not JSON'],
    ['no arguments at all', aCall(''), 'tool call 1: the arguments are not JSON'],
    ['an invented tool', aCall('{"city":"Rome"}', 'look_down'), 'tool call 1 names no tool of the request'],
    ['a pattern of the caller, which is not run', aCall('{"city":"rome"}'), undefined],
  ])('judges %s by the tool', async (_, choice, detail) => {
    expect(await judged([choice], [aTool(CITY)])).toEqual({
      pass: detail === undefined,
      oracle: 'tools',
      detail: detail ?? '',
    });
  });

  it('judges the second call and the second choice too', async () => {
    const twice = choiceOf('', { toolCalls: [...aCall('{"city":"Rome"}').toolCalls, ...aCall('{}').toolCalls] });
    expect(await judged([twice], [aTool(CITY)])).toMatchObject({ detail: expect.stringMatching(/^tool call 2: /) });
    expect(await judged([choiceOf('bug'), aCall('{}')], [aTool(CITY)])).toMatchObject({
      pass: false,
      detail: expect.stringMatching(/^choice 2 of 2: tool call 1: /),
    });
  });

  it('does not hold text beside tool calls against the text oracles', async () => {
    const choice = choiceOf('Let me look that up for you.', { toolCalls: aCall('{"city":"Rome"}').toolCalls });
    expect(await judged([choice], [aTool(CITY)])).toMatchObject({ pass: true });
  });

  it('takes any JSON for a tool without parameters', async () => {
    expect(await judged([aCall('[1]')], [aTool()])).toMatchObject({ pass: true });
    expect(await judged([aCall('[1')], [aTool()])).toMatchObject({ pass: false });
  });

  it('takes draft-07 schemas as generators write them', async () => {
    const schema = { ...CITY, $schema: 'http://json-schema.org/draft-07/schema#', $id: 'city' };
    expect(await judged([aCall('{"city":"Rome"}')], [aTool(schema)])).toMatchObject({ pass: true });
    expect(await judged([aCall('{}')], [aTool(schema)])).toMatchObject({ pass: false });
  });

  it('follows references within the schema', async () => {
    const schema = { properties: { to: { $ref: '#/$defs/a~1b' } }, $defs: { 'a/b': { type: 'integer' } } };
    expect(await judged([aCall('{"to":"x"}')], [aTool(schema)])).toMatchObject({
      pass: false,
      detail: 'tool call 1: property /to: must be integer',
    });
  });

  it('forgets nothing while more tools pass by than it keeps', async () => {
    for (let i = 0; i < 250; i++) {
      const schema = { properties: { n: { const: i } } };
      expect(await judged([aCall(`{"n":${i}}`)], [aTool(schema)])).toMatchObject({ pass: true });
      expect(await judged([aCall('{"n":-1}')], [aTool(schema)])).toMatchObject({ pass: false });
    }
    expect(await judged([aCall('{"n":0}')], [aTool({ properties: { n: { const: 1 } } })])).toMatchObject({
      pass: false,
    });
  });

  const doubling = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => {
      const next = { $ref: `#/$defs/d${i + 1}` };
      return [`d${i}`, { allOf: [next, next] }];
    }),
  );
  const slow = { type: 'string', pattern: '^(a+)+$' };

  it.each<[string, Record<string, unknown>, string]>([
    ['a pattern that backtracks for ever', { properties: { a: slow } }, `{"a":"${'a'.repeat(60)}!"}`],
    ['such a pattern on names', { patternProperties: { '^(a+)+$': false } }, `{"${'a'.repeat(60)}!":1}`],
    [
      'such a pattern beside closed properties',
      { patternProperties: { '^(a+)+$': {} }, additionalProperties: false },
      `{"${'a'.repeat(60)}!":1}`,
    ],
    ['references that double', { $ref: '#/$defs/d0', $defs: { ...doubling, d60: { type: 'string' } } }, '{}'],
    ['references without end', { allOf: [{ $ref: '#' }] }, '{}'],
    [
      'items compared with each other',
      { uniqueItems: true },
      JSON.stringify(Array.from({ length: 50_000 }, (_, i) => [i])),
    ],
    ['a schema of another document', { $ref: 'https://example.com/schema' }, '{}'],
    ['a schema of a megabyte', { enum: ['x'.repeat(1_000_000)] }, '{}'],
    ['a schema that is none', { type: 'nonsense' }, '{}'],
    ['an asynchronous schema', { $async: true, type: 'object' }, '{}'],
    ['an $id that is somebody else’s', { $id: 'https://json-schema.org/draft/2020-12/schema' }, '{}'],
  ])('is not held up by %s', async (_, parameters, args) => {
    const startedAt = performance.now();
    expect(await judged([aCall(args)], [aTool(parameters)])).toMatchObject({ pass: true });
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect(await judged([aCall('{}')], [aTool(CITY)])).toMatchObject({ pass: false });
  });

  it('gives a verdict on any arguments and any schema', async () => {
    const anything = fc.dictionary(
      fc.constantFrom('type', 'properties', 'items', '$ref', 'enum', 'required', 'allOf', 'const', '$id', 'pattern'),
      fc.jsonValue(),
    );
    await fc.assert(
      fc.asyncProperty(fc.string(), anything, async (args, schema) => {
        expect(typeof (await judged([aCall(args)], [aTool(schema as Record<string, unknown>)])).pass).toBe('boolean');
      }),
    );
  });
});

describe('the gate with oracles that ask', () => {
  const labelled = labels({ kind: 'labels', labels: ['billing', 'bug'] });
  const polite = judge({ kind: 'judge', tier: 'large', rubric: 'It is polite.', pass: 0.5 });
  const steady = consistency({ kind: 'consistency', samples: 2, agree: 2 });
  const sure = confidence({ kind: 'confidence', threshold: 0.5 });

  async function judgedBy(oracles: Oracle[], consulting: Oracle[], choices: AnswerChoice[], hears: string[]) {
    const { consult, asked } = consultSaying(hears);
    const verdict = await gateOf(oracles, consulting)(
      { model: 'small-model', choices },
      { tier: 'small', messages: [], tools: [], consult },
    );
    return { verdict, asked: asked.length };
  }

  it('asks only about an answer that everything else lets pass', async () => {
    expect(await judgedBy([labelled], [polite], [choiceOf('what?')], ['{"score": 1}'])).toMatchObject({
      verdict: { pass: false, oracle: 'labels' },
      asked: 0,
    });
    const unsure = choiceOf('bug', { margins: [0.1] });
    expect(await judgedBy([sure], [polite], [unsure], ['{"score": 1}'])).toMatchObject({
      verdict: { pass: false, oracle: 'confidence' },
      asked: 0,
    });
    expect(await judgedBy([labelled], [polite], [choiceOf('bug')], ['{"score": 1}'])).toEqual({
      verdict: { pass: true, oracle: 'labels, judge', detail: '' },
      asked: 1,
    });
  });

  it('asks for all of them at once and names the first in the policy’s order that fails', async () => {
    const hears = ['{"score": 0}', 'other'];
    expect(await judgedBy([], [polite, steady], [choiceOf('bug')], hears)).toMatchObject({
      verdict: { pass: false, oracle: 'judge' },
      asked: 2,
    });
  });

  it('asks about every choice, and says which one fails', async () => {
    const asked: string[] = [];
    // By what is asked, not by turns: prompts are digested at once, so that either question may come first.
    const ask: Consult['ask'] = async (_, messages) => {
      const prompt = JSON.stringify(messages);
      asked.push(prompt);
      return choiceOf(prompt.includes('\\nbilling\\n') ? '{"score": 0.2}' : '{"score": 1}');
    };
    const verdict = await gateOf([], [polite])(
      { model: 'small-model', choices: [choiceOf('bug'), choiceOf('billing')] },
      { tier: 'small', messages: [], tools: [], consult: { ask, samples: async () => [] } },
    );
    expect(verdict).toEqual({ pass: false, oracle: 'judge', detail: 'choice 2 of 2: graded 0.2, below 0.5' });
    expect(asked).toHaveLength(2);
  });

  it('asks nothing about tool calls', async () => {
    expect(await judgedBy([], [polite], [aCall('{}')], [])).toMatchObject({
      verdict: { pass: false, oracle: 'tools' },
      asked: 0,
    });
  });

  it('signs a verdict by nobody where nobody could judge', async () => {
    expect(await judgedBy([sure], [polite], [choiceOf('bug')], [])).toMatchObject({
      verdict: { pass: true, oracle: '', detail: '' },
    });
  });

  it('waits for every question that is under way before it tells that one could not be asked', async () => {
    const ended: string[] = [];
    const slow: Oracle = {
      ...polite,
      consult: async () => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        ended.push('slow');
        return undefined;
      },
    };
    const broken: Oracle = { ...steady, consult: () => Promise.reject(new Error('broken')) };
    await expect(judgedBy([], [broken, slow], [choiceOf('bug')], [])).rejects.toThrow('broken');
    expect(ended).toEqual(['slow']);
  });
});

describe('the gate on a beginning', () => {
  const whole = [
    labels({ kind: 'labels', labels: ['billing', 'bug'] }),
    length({ kind: 'length', min: 3, max: 12 }),
    uncertainty({ kind: 'uncertainty' }),
    confidence({ kind: 'confidence', threshold: 0.5 }),
  ];
  const polite = judge({ kind: 'judge', tier: 'large', rubric: 'It is polite.', pass: 0.5 });

  it.each<[string, Partial<AnswerChoice>, string | undefined]>([
    ['b', {}, undefined],
    ['', { reasoning: 'let me see' }, undefined],
    ['b', { margins: [0.9] }, undefined],
    ['b', { margins: [0.1] }, 'confidence'],
    ['far too long to be', {}, 'length'],
    ['hard to say', {}, undefined],
    ['hard to say.', {}, 'uncertainty'],
    ['', { refusal: 'I will not' }, 'labels'],
  ])('%j with %j is failed by %s', async (text, parts, oracle) => {
    const { consult, asked } = consultSaying(['{"score": 0}']);
    const beginning = choiceOf(text, { finishReason: null, ...parts });
    const verdict = await gateOf(whole, [polite])(
      { model: 'm', choices: [beginning] },
      { tier: 'small', messages: [], tools: [], consult },
    );
    expect(verdict.pass).toBe(oracle === undefined);
    if (oracle !== undefined) expect(verdict.oracle).toBe(oracle);
    expect(asked).toEqual([]);
  });

  it.each([
    ['i am not sure ', false],
    ['i am not sure.', false],
    ['i am not sure', true],
    ['it is unclear', true],
    ['it is unclear, ', false],
  ])('%j, whose last word may go on, passes: %s', async (text, pass) => {
    const verdict = await gateOf([uncertainty({ kind: 'uncertainty' })])(
      { model: 'm', choices: [choiceOf(text, { finishReason: null })] },
      { tier: 'small', messages: [], tools: [] },
    );
    expect(verdict.pass).toBe(pass);
  });

  it('never fails what the whole answer would pass', async () => {
    const text = fc.stringMatching(/^[a-z '.,]{0,40}$/);
    await fc.assert(
      fc.asyncProperty(text, fc.nat(40), async (said, at) => {
        const oracles = [
          length({ kind: 'length', max: 20 }),
          uncertainty({ kind: 'uncertainty', phrases: ['a b', 'so'] }),
        ];
        const judgedAs = (choice: AnswerChoice) =>
          gateOf(oracles)({ model: 'm', choices: [choice] }, { tier: 'small', messages: [], tools: [] });
        const { pass } = await judgedAs(choiceOf(said));
        if (pass) {
          expect(await judgedAs(choiceOf(said.slice(0, at), { finishReason: null }))).toMatchObject({ pass: true });
        }
      }),
      { numRuns: 500 },
    );
  });
});
