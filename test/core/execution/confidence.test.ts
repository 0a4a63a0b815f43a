import { describe, expect, it } from 'vitest';
import { compileGate } from '../../../lib/core/oracle/compile';
import type { Gate, StreamOutcome } from '../../../lib/core/types';
import type { Task } from '../../../lib/core/types-policy';
import { aTask } from '../../builders';
import { outline, type Scene, stage } from './staging';

const ORACLE: Task['oracle'] = [{ kind: 'confidence', threshold: 0.5 }];

async function gateFor(oracle: Task['oracle'] = ORACLE): Promise<Gate> {
  return (await compileGate(aTask({ id: 'triage', ladder: ['small'], oracle }), 'all')) as Gate;
}

async function run(scene: Omit<Scene, 'gate'>) {
  const staged = stage({ task: { oracle: ORACLE }, ...scene, gate: await gateFor() });
  const execution = await staged.run();
  let text = execution.kind === 'whole' ? execution.text : '';
  if (execution.kind === 'stream') for await (const bytes of execution.slices) text += Buffer.from(bytes).toString();
  const sent = staged.provider.calls.map(({ body }) => [body.logprobs, body.top_logprobs]);
  return { execution, text, sent };
}

/** What the caller reads of probabilities: of each event or completion. */
function probabilitiesIn(text: string): unknown[] {
  const documents = text.startsWith('data: ')
    ? text
        .split('\n\n')
        .filter((event) => event !== '')
        .map((event) => event.slice(6))
    : [text];
  return documents.flatMap((document) =>
    JSON.parse(document).choices.map(({ logprobs }: { logprobs?: unknown }) => logprobs ?? null),
  );
}

describe.each([false, true])('confidence, streamed: %s', (stream) => {
  it('climbs from a tier that was unsure of its words', async () => {
    const { execution } = await run({
      stream,
      script: { small: [{ say: 'maybe so', sure: 0.6 }], mid: [{ say: 'yes', sure: 0.9 }] },
    });
    expect(outline(execution)).toEqual(['first small rejected', 'escalation mid answered']);
    expect(execution.trail.attempts[0]?.verdict).toEqual({
      pass: false,
      oracle: 'confidence',
      // Of each word .6, and .4 of the next: rounding may take a thousandth away.
      detail: expect.stringMatching(/^confidence 0\.(199|200), below 0\.5$/),
    });
  });

  it('asks for probabilities and keeps them from a caller who did not', async () => {
    const { text, sent } = await run({ stream, script: { small: [{ say: 'yes indeed', sure: 0.9 }] } });
    expect(sent).toEqual([[true, 2]]);
    expect(text).toContain('indeed');
    expect(text).not.toMatch(/logprob"|top_logprobs/);
    for (const probabilities of probabilitiesIn(text)) expect(probabilities).toBeNull();
  });

  it.each([0, 1])('hands on %s alternatives where the caller asked for so many', async (top) => {
    const { text, sent } = await run({
      stream,
      body: { logprobs: true, top_logprobs: top },
      script: { small: [{ say: 'yes', sure: 0.9 }] },
    });
    expect(sent).toEqual([[true, 2]]);
    const [told] = probabilitiesIn(text).filter((one) => one !== null) as [{ content: { top_logprobs: unknown[] }[] }];
    expect(told.content[0]?.top_logprobs).toHaveLength(top);
  });

  it('leaves a question alone that asks for enough, and its answer', async () => {
    const script = { small: [{ say: 'yes', sure: 0.9 }] } as const;
    const body = { logprobs: true, top_logprobs: 3 };
    const judged = await run({ stream, body, script });
    expect(judged.sent).toEqual([[true, 3]]);
    const unjudged = await stage({ stream, body, script, task: { oracle: [] } }).run();
    let text = unjudged.kind === 'whole' ? unjudged.text : '';
    for await (const bytes of (unjudged as Partial<StreamOutcome>).slices ?? []) text += Buffer.from(bytes).toString();
    expect(judged.text).toBe(text);
    expect(outline(judged.execution)).toEqual(['first small answered']);
  });

  it('does not mend a question that asks for alternatives without probabilities', async () => {
    const { sent } = await run({ stream, body: { top_logprobs: 3 }, script: { small: [{ say: 'yes', sure: 0.9 }] } });
    expect(sent).toEqual([[undefined, 3]]);
  });

  it('asks nothing of a tier that cannot tell, and neither passes nor fails it', async () => {
    const { execution, sent } = await run({
      stream,
      tiers: { small: { capabilities: ['tools'] } },
      script: { small: [{ say: 'maybe', sure: 0.1 }] },
    });
    expect(sent).toEqual([[undefined, undefined]]);
    expect(outline(execution)).toEqual(['first small answered']);
    expect(execution.trail.attempts[0]?.verdict).toEqual({ pass: true, oracle: '', detail: '' });
  });

  it('hands out nothing of high consequence that no check could judge', async () => {
    const { execution } = await run({
      stream,
      consequence: 'high',
      script: { small: [{ say: 'maybe' }], mid: [{ say: 'yes', sure: 0.9 }] },
    });
    expect(outline(execution)).toEqual(['first small rejected', 'escalation mid answered']);
    expect(execution.trail.attempts[0]?.verdict).toMatchObject({ oracle: 'gate' });
  });

  it('asks for nothing where nothing is judged', async () => {
    const { provider, run: go } = stage({
      stream,
      task: { oracle: ORACLE },
      script: { small: [{ say: 'yes', sure: 1 }] },
    });
    await go();
    expect(provider.calls[0]?.body.logprobs).toBeUndefined();
  });
});

describe('margins of several choices', () => {
  it('stay with the choice they belong to, in whatever order a stream brings them', async () => {
    const chunk = (index: number, text: string, p?: number, finish: 'stop' | null = null) => ({
      id: 'c1',
      object: 'chat.completion.chunk' as const,
      created: 1,
      model: 'm',
      choices: [
        {
          index,
          delta: { content: text },
          finish_reason: finish,
          ...(p !== undefined && { logprobs: { content: [{ token: text, logprob: Math.log(p) }] } }),
        },
      ],
    });
    const chunks = [chunk(1, 'b', 0.6), chunk(0, 'a', 1), chunk(1, 'b', 0.6, 'stop'), chunk(0, 'a', 1, 'stop')];
    const { execution } = await run({
      stream: true,
      choices: 2,
      script: { small: [{ chunks }], mid: [{ fail: 'unreachable' }], large: [{ fail: 'unreachable' }] },
    });
    expect(execution.trail.attempts[0]?.verdict?.detail).toMatch(/^choice 2 of 2: confidence 0\.(199|200), below/);
  });
});
