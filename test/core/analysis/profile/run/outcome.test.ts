import { describe, expect, it } from 'vitest';
import { outcomeOf, readOutcome } from '../../../../../lib/core/analysis/profile/run/outcome';
import type { RecordedAnswer } from '../../../../../lib/core/analysis/profile/run/recorded-answer';
import { aPolicy, aTask, aTier } from '../../../../builders';

const POLICY = aPolicy({
  tiers: [aTier({ id: 'small' }), aTier({ id: 'large' })],
  tasks: [aTask({ id: 'task', ladder: ['small', 'large'] })],
});
const ROW = {
  id: 'row',
  task: 'task',
  messages: [
    { role: 'system' as const, content: 'Be brief.' },
    { role: 'user' as const, content: [{ type: 'text' as const, text: 'Really?' }] },
  ],
  weight: 2,
  tags: ['easy'],
  expect: { a: 1 },
  group: 'g',
};

function anAnswer(parts: Partial<RecordedAnswer>): RecordedAnswer {
  return {
    row: 'row',
    task: 'task',
    tier: 'small',
    sample: 0,
    pass: true,
    model: 'small-model',
    inputTokens: 10,
    outputTokens: 2,
    costUsd: 0.5,
    judgeCostUsd: 0.1,
    latencyMs: 30,
    choice: { text: 'yes', toolCalls: [], reasoning: '', refusal: '', finishReason: 'stop' },
    ...parts,
  };
}

const ANSWERS: readonly RecordedAnswer[] = [
  anAnswer({
    gate: false,
    oracle: 'exact',
    margin: 0.7,
    findings: { judge: { pass: true, detail: '' } },
    lostUsd: 0.2,
  }),
  anAnswer({
    tier: 'large',
    pass: false,
    detail: 'wrong',
    choice: {
      text: '',
      toolCalls: [{ id: '1', name: 'look', arguments: '{}' }],
      reasoning: '',
      refusal: 'no',
      finishReason: 'tool_calls',
    },
  }),
  anAnswer({ sample: 1 }),
];

describe('an outcome', () => {
  it('has the members every reader knows', () => {
    expect(outcomeOf(ROW, ANSWERS)).toMatchObject({
      id: 'row',
      task: 'task',
      prompt: 'Really?',
      quality: { small: 1, large: 0 },
      answers: { small: 'yes', large: '' },
      inputTokens: { small: 10, large: 10 },
      costUsd: { small: 0.5, large: 0.5 },
      group: 'g',
      source: 'profile',
    });
  });

  it('is a row of a corpus and its answers again when it is read', () => {
    const line = JSON.stringify(outcomeOf(ROW, ANSWERS));
    expect(readOutcome(line, POLICY, 0)).toEqual({ ok: true, row: ROW, answers: ANSWERS });
  });

  it('says a lone question only once', () => {
    const row = { ...ROW, messages: [{ role: 'user' as const, content: 'Really?' }] };
    const outcome = outcomeOf(row, [anAnswer({})]);
    expect(outcome).not.toHaveProperty('messages');
    expect(readOutcome(JSON.stringify(outcome), POLICY, 0)).toMatchObject({ ok: true, row });
  });

  it('tells a failed call and a verdict still to come from a wrong answer', () => {
    const { choice: _, pass: __, ...bare } = anAnswer({ inputTokens: 0, outputTokens: 0, costUsd: 0, latencyMs: 0 });
    const failed: RecordedAnswer = { ...bare, failed: 'empty' };
    const { pass: ___, ...pending } = anAnswer({ tier: 'large' });
    const outcome = outcomeOf(ROW, [failed, pending]);
    expect(outcome.quality).toEqual({});
    expect(Object.keys(outcome.answers)).toEqual(['large']);
    expect(readOutcome(JSON.stringify(outcome), POLICY, 0)).toMatchObject({ answers: [failed, pending].reverse() });
  });

  it.each([
    { told: { inputTokens: { small: 1000 }, outputTokens: { small: 100 }, costUsd: { small: 0.25 } }, costUsd: 0.25 },
    { told: { inputTokens: { small: 1000 }, outputTokens: { small: 100 }, costUsd: { small: 0 } }, costUsd: 0 },
    { told: { inputTokens: { small: 1000 }, outputTokens: { small: 100 } }, costUsd: (1000 * 3 + 100 * 5) / 1e6 },
    { told: { inputTokens: { small: 1000 } }, costUsd: null },
    { told: {}, costUsd: null },
  ])('costs what it says, else what its tokens do, else nobody knows: $costUsd', ({ told, costUsd }) => {
    const prices = [{ kind: 'tokens' as const, uplift: 1, input: 3, output: 5 }];
    const policy = aPolicy({
      tiers: [aTier({ id: 'small', prices })],
      tasks: [aTask({ id: 'task', ladder: ['small'] })],
    });
    const line = {
      id: 'row',
      task: 'task',
      prompt: 'Really?',
      quality: { small: 1 },
      answers: { small: 'yes' },
      ...told,
    };
    const read = readOutcome(JSON.stringify(line), policy, 0);
    expect(read).toMatchObject({ ok: true, answers: [{ tier: 'small', costUsd }] });
    if (read.ok) expect(outcomeOf(read.row, read.answers).costUsd).toEqual(costUsd === null ? {} : { small: costUsd });
  });
});
