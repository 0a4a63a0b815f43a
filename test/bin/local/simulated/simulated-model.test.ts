import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rightAnswer } from '../../../../bin/local/simulated/right-answer';
import {
  createSimulatedModel,
  type Question,
  type SimulatedTool,
} from '../../../../bin/local/simulated/simulated-model';
import type { ProfileName } from '../../../../bin/local/simulated/skills';
import { wrongAnswer } from '../../../../bin/local/simulated/wrong-answer';
import { type CorpusRow, promptOf } from '../../../../examples/corpus/corpus-row';
import { compileOracles } from '../../../../lib/core/oracle/compile';
import { parsePolicy } from '../../../../lib/core/policy/parse';
import type { Oracle } from '../../../../lib/core/types';
import { CORPUS, EXAMPLES, ROWS } from './sample-corpus';

const POLICIES = ['api-only', 'hybrid', 'self-hosted'];
const WEATHER: SimulatedTool = {
  name: 'get_weather',
  schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

function ask(prompt: string, rest: Partial<Question> = {}): Question {
  return { model: 'model-a', texts: [prompt], characters: prompt.length, tools: [], toolChoice: 'auto', ...rest };
}

async function oraclesOf(policy: string): Promise<ReadonlyMap<string, readonly Oracle[]>> {
  const text = readFileSync(join(EXAMPLES, 'policies', `${policy}.yaml`), 'utf8');
  const result = parsePolicy(text, { variables: {}, unset: 'fault' });
  if (!result.ok) throw new Error('the example policy is not valid');
  const tasks = Object.values(result.policy.tasks);
  return new Map(await Promise.all(tasks.map(async (task) => [task.id, await compileOracles(task)] as const)));
}

/** Kinds of the oracles that do not let an answer pass. */
function objections(oracles: readonly Oracle[], row: CorpusRow, text: string): string[] {
  const choice = { text, toolCalls: [], reasoning: '', refusal: '', finishReason: 'stop' as const };
  return oracles.filter((oracle) => oracle.check(choice, row.expect)?.pass === false).map((oracle) => oracle.kind);
}

describe.each(POLICIES)('judged by the oracles of the %s policy', (policy) => {
  it('every right answer passes', async () => {
    const oracles = await oraclesOf(policy);
    for (const row of ROWS) expect(objections(oracles.get(row.task) ?? [], row, rightAnswer(row)), row.id).toEqual([]);
  });

  it('every kind of wrong answer fails', async () => {
    const oracles = await oraclesOf(policy);
    for (const row of ROWS) {
      const others = ROWS.filter((other) => other.task === row.task);
      for (const chance of [0, 0.15, 0.35, 0.55, 0.75, 0.95]) {
        const text = wrongAnswer({ row, others, which: chance }, chance, false);
        expect(objections(oracles.get(row.task) ?? [], row, text), `${row.id}: ${text}`).not.toEqual([]);
      }
    }
  });
});

describe('a simulated model', () => {
  const small = createSimulatedModel('small', CORPUS);

  it('gives the same answer to the same question, also after a restart', () => {
    const again = createSimulatedModel('small', CORPUS);
    for (const row of ROWS) expect(again(ask(promptOf(row)))).toEqual(small(ask(promptOf(row))));
  });

  it('answers better the better its profile, and about as well as the profile says', async () => {
    const oracles = await oraclesOf('hybrid');
    const passRate = (profile: ProfileName, level: string) => {
      const model = createSimulatedModel(profile, CORPUS);
      const rows = ROWS.filter((row) => row.tags.includes(level));
      const passed = rows.filter((row) => {
        const text = model(ask(promptOf(row))).tokens.join('');
        return objections(oracles.get(row.task) ?? [], row, text).length === 0;
      });
      return passed.length / rows.length;
    };
    for (const level of ['easy', 'medium', 'hard']) {
      expect(passRate('small', level)).toBeLessThan(passRate('mid', level));
      expect(passRate('mid', level)).toBeLessThanOrEqual(passRate('frontier', level));
    }
    expect(passRate('small', 'hard')).toBeLessThan(0.7);
    expect(passRate('frontier', 'hard')).toBeGreaterThan(0.93);
  });

  it('finds a prompt of the corpus in one block of several', () => {
    const [row] = ROWS as [CorpusRow];
    const texts = [`a note\n${promptOf(row)}`, 'a note', promptOf(row)];
    expect(small(ask('', { texts })).tokens).toEqual(small(ask(promptOf(row))).tokens);
  });

  it('says of anything else that it is simulated', () => {
    expect(small(ask('What is the capital of Peru?')).tokens.join('')).toMatch(/simulated model/);
  });

  it('stops at the limit of tokens and says so', () => {
    const answer = small(ask('Tell me something.', { maxTokens: 3 }));
    expect(answer).toMatchObject({ finish: 'length', outputTokens: 3 });
    expect(answer.tokens).toHaveLength(3);
  });

  it('answers within a schema, inside the corpus and outside', () => {
    const row = ROWS.find(({ task }) => task === 'ticket-triage') as CorpusRow;
    const schema = { type: 'object', properties: { label: { type: 'string' } }, required: ['label'] };
    for (const prompt of [promptOf(row), 'something else']) {
      expect(JSON.parse(small(ask(prompt, { schema })).tokens.join(''))).toEqual({ label: expect.any(String) });
    }
  });

  it('never breaks the JSON of a task when it is bound to a schema', () => {
    for (const row of ROWS.filter(({ task }) => task === 'field-extraction')) {
      const text = small(ask(promptOf(row), { schema: { type: 'object' } })).tokens.join('');
      expect(Object.keys(JSON.parse(text))).toEqual(Object.keys(row.expect as object));
    }
  });

  it.each([
    ['when it must', { toolChoice: 'required' as const }, 'Hello.'],
    ['when it is named by the request', { toolChoice: { name: 'get_weather' } }, 'Hello.'],
    ['when the text names it', {}, 'Please call get_weather for Graz.'],
  ])('calls a tool %s', (_, rest, prompt) => {
    const answer = small(ask(prompt, { tools: [WEATHER], ...rest }));
    expect(answer.toolCall).toEqual({ name: 'get_weather', arguments: { city: 'simulated' } });
    expect(answer.finish).toBe('tool-call');
  });

  it.each([
    ['when nothing asks for it', {}, 'Hello.'],
    ['when it may not', { toolChoice: 'none' as const }, 'Please call get_weather.'],
    ['after it has been called', { toolResult: 'sunny' }, 'Please call get_weather.'],
  ])('calls no tool %s', (_, rest, prompt) => {
    expect(small(ask(prompt, { tools: [WEATHER], ...rest })).toolCall).toBeUndefined();
  });

  it('tells what a tool answered', () => {
    expect(small(ask('Hello.', { tools: [WEATHER], toolResult: 'sunny' })).tokens.join('')).toContain('sunny');
  });
});
