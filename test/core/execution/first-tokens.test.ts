import { describe, expect, it } from 'vitest';
import { compileGate } from '../../../lib/core/oracle/compile';
import type { Execution, Gate, StreamOutcome } from '../../../lib/core/types';
import type { Task } from '../../../lib/core/types-policy';
import { aTask } from '../../builders';
import { heard, outline, type Scene, stage } from './staging';

const ORACLE: Task['oracle'] = [{ kind: 'confidence', threshold: 0.5 }, { kind: 'uncertainty' }];
const LONG = 'one two three four five six seven eight';

/** A task that judges its streams by their first three tokens. */
async function staged(scene: Partial<Scene> & Pick<Scene, 'script'>, oracle = ORACLE) {
  const task: Partial<Task> = { route: 'cascade', oracle, gate: { mode: 'first-tokens', tokens: 3 } };
  const gate = (await compileGate(aTask({ id: 'triage', ladder: ['small'], ...task }), 'all')) as Gate;
  return stage({ stream: true, task: { ...task, ...scene.task }, gate, ...scene });
}

describe('a stream judged by its first tokens', () => {
  it('goes on live once they have passed', async () => {
    const { run } = await staged({
      script: { small: [{ say: LONG, sure: [0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1] }] },
    });
    const execution = (await run()) as StreamOutcome;
    // What is judged is under way still: nothing of the call is booked.
    expect(execution.trail.attempts).toMatchObject([
      { tier: 'small', verdict: { pass: true, oracle: 'confidence' }, costUsd: 0 },
    ]);
    expect(await heard(execution)).toEqual({ text: LONG, error: undefined, attempts: ['first small answered'] });
    const { trail } = await execution.ended;
    expect(trail).toMatchObject({ reason: 'start', attempts: [{ verdict: { pass: true }, costUsd: 0.01 }] });
  });

  it('is sent up before anybody has seen it where they fail, and the tier is told to stop', async () => {
    const { provider, run } = await staged({
      script: { small: [{ say: LONG, sure: 0.6 }], mid: [{ say: 'yes indeed it is so', sure: 0.9 }] },
    });
    const execution = await run();
    expect(await heard(execution)).toEqual({
      text: 'yes indeed it is so',
      error: undefined,
      attempts: ['first small rejected', 'escalation mid answered'],
    });
    expect(provider.calls[0]?.signal.aborted).toBe(true);
    const [first] = execution.trail.attempts;
    expect(first).toMatchObject({ verdict: { oracle: 'confidence' }, usage: { estimated: true } });
    expect(first?.usage?.outputTokens).toBeLessThan(LONG.length / 4);
    expect(execution.trail).toMatchObject({ reason: 'escalated', escalations: 1, fallbacks: 0 });
  });

  it('fails by a phrase that its beginning holds', async () => {
    const { run } = await staged({
      script: { small: [{ say: "I don't know what to say" }], mid: [{ say: 'it is a long answer' }] },
    });
    expect(await heard(await run())).toMatchObject({
      text: 'it is a long answer',
      attempts: ['first small rejected', 'escalation mid answered'],
    });
  });

  it('is not failed by half a word', async () => {
    // The third token may be the beginning of "unclearly".
    const { run } = await staged({
      script: { small: [{ chunks: wordChunks(['It ', 'is ', 'unclear', 'ly ', 'put.']) }] },
    });
    expect(await heard(await run())).toMatchObject({
      text: 'It is unclearly put.',
      attempts: ['first small answered'],
    });
  });

  it.each([
    ['by its text', 'insufficient information'],
    ['by its confidence', 'so so'],
  ])('is judged whole where it ends before that: %s', async (_, say) => {
    const { run } = await staged({
      script: { small: [{ say, sure: say === 'so so' ? 0.5 : 0.9 }], mid: [{ say: 'yes', sure: 0.9 }] },
    });
    expect(await heard(await run())).toMatchObject({
      text: 'yes',
      attempts: ['first small rejected', 'escalation mid answered'],
    });
  });

  it('goes out from the last tier although it fails, and says so', async () => {
    const { run } = await staged({
      script: { small: [{ say: LONG, sure: 0.5 }], mid: [{ say: LONG, sure: 0.5 }], large: [{ say: LONG, sure: 0.5 }] },
    });
    const execution = await run();
    expect(execution.trail).toMatchObject({ tier: 'large', reason: 'oracle-unmet', escalations: 2 });
    expect(await heard(execution)).toEqual({
      text: LONG,
      error: undefined,
      attempts: ['first small rejected', 'escalation mid rejected', 'escalation large rejected'],
    });
  });

  it('is held to its end where it calls a tool, whose arguments are judged whole', async () => {
    const call = (part: object) => ({ tool_calls: [{ index: 0, ...part }] });
    const chunks = [
      chunkOf(call({ id: 'c', type: 'function', function: { name: 'look', arguments: '' } })),
      ...['{"a', '":', '1', ',', '}'].map((text) => chunkOf(call({ function: { arguments: text } }))),
      chunkOf({}, 'tool_calls'),
    ];
    const tools = [{ type: 'function' as const, function: { name: 'look' } }];
    const { run } = await staged({ body: { tools }, script: { small: [{ chunks }], mid: [{ say: LONG, sure: 0.9 }] } });
    expect(await heard(await run())).toMatchObject({
      text: LONG,
      attempts: ['first small rejected', 'escalation mid answered'],
    });
  });

  it('is held whole where the consequence is high', async () => {
    const { run } = await staged({
      consequence: 'high',
      script: {
        small: [{ say: LONG, sure: [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5] }],
        mid: [{ say: LONG, sure: 0.9 }],
      },
    });
    const execution = await run();
    expect(outline(execution)).toEqual(['first small rejected', 'escalation mid answered']);
  });

  it('counts no reasoning, which proves nothing of the answer', async () => {
    const sure = (p: number) => ({ content: [{ token: 'x', logprob: Math.log(p) }] });
    const chunks = [
      ...Array.from({ length: 9 }, () => chunkOf({ reasoning_content: 'hm ' }, null, sure(0.5))),
      ...Array.from({ length: 4 }, () => chunkOf({ content: 'yes ' }, null, sure(1))),
      chunkOf({}, 'stop'),
    ];
    const { run } = await staged({ script: { small: [{ chunks }] } });
    expect(await heard(await run())).toMatchObject({ text: 'yes yes yes yes ', attempts: ['first small answered'] });
  });

  it('that breaks while it is held falls back, as long as nobody has seen it', async () => {
    const { run } = await staged({
      script: { small: [{ cutAfter: 'one two ', fail: 'cut' }], mid: [{ say: LONG, sure: 0.9 }] },
    });
    expect(await heard(await run())).toMatchObject({
      text: LONG,
      attempts: ['first small failed cut', 'fallback mid answered'],
    });
  });

  it('tells the failure of the tiers above it once its own beginning is gone', async () => {
    const { run } = await staged({
      script: { small: [{ say: LONG, sure: 0.5 }], mid: [{ fail: 'unreachable' }], large: [{ fail: 'rate-limited' }] },
    });
    const execution: Execution = await run();
    expect(execution).toMatchObject({ kind: 'failed', error: { code: 'tiers_unavailable' } });
  });

  it('keeps probabilities from a caller who did not ask for them', async () => {
    const { run } = await staged({ script: { small: [{ say: LONG, sure: 0.9 }] } });
    const execution = (await run()) as StreamOutcome;
    let text = '';
    for await (const bytes of execution.slices) text += Buffer.from(bytes).toString();
    expect(text).toContain('eight');
    expect(text).not.toContain('top_logprobs');
  });
});

function chunkOf(delta: object, finish: 'stop' | 'tool_calls' | null = null, logprobs?: object) {
  return {
    id: 'c1',
    object: 'chat.completion.chunk' as const,
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish, ...(logprobs && { logprobs }) }],
  };
}

function wordChunks(words: readonly string[]) {
  return [...words.map((content) => chunkOf({ content })), chunkOf({}, 'stop')];
}
