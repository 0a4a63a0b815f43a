import { describe, expect, it } from 'vitest';
import { prepare, route } from '../../lib/core/route';
import type { HandOn, Task } from '../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../builders';
import { type Act, scriptedProvider } from '../fixtures/scripted-provider';

/** Stands in the rejected draft, what a judge says and what a sample says; and in nothing that anybody else does. */
const MARKER = 'qzxMARKERxzq';
const DRAFT = `my draft ${MARKER} which no check lets pass`;

const TIERS = ['small', 'mid', 'large'].map((id) => aTier({ id }));

interface Scene {
  readonly handOn?: HandOn;
  readonly stream?: boolean;
  readonly task?: Partial<Task>;
  readonly headers?: Record<string, string>;
  readonly script: Readonly<Record<string, readonly Act[]>>;
}

/** Everything that leaves the router: to the caller, and into the record. */
async function perform({ handOn = 'draft', stream = false, task, headers = {}, script }: Scene) {
  const provider = scriptedProvider(script);
  const policy = aPolicy({
    tiers: TIERS,
    tasks: [
      aTask({
        id: 'triage',
        route: 'cascade',
        ladder: ['small', 'mid'],
        oracle: [{ kind: 'labels', labels: ['yes', 'no'] }],
        handOn,
        ...task,
      }),
    ],
  });
  const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Well?' }], stream });
  const faults: unknown[] = [];
  const routed = await route(
    { incoming: { headers, body }, caller: {}, left: new AbortController().signal },
    await prepare(policy),
    {
      providers: { 'openai-compatible': provider },
      nowMs: Date.now,
      random: () => 0,
      pause: () => Promise.resolve(),
      newRequestId: () => 'req-1',
      onFault: (fault) => faults.push(fault),
    },
  );
  let text = '';
  if (typeof routed.response.body === 'string') text = routed.response.body;
  else for await (const bytes of routed.response.body) text += Buffer.from(bytes).toString();
  const record = await routed.attribution;
  const sentUp = JSON.stringify(provider.calls.filter(({ tier }) => tier.id === 'mid').map((call) => call.body));
  const left = JSON.stringify([routed.response.status, routed.response.headers, text, record, faults.map(String)]);
  return { text, record, sentUp, left };
}

describe.each([false, true])('a rejected draft, streamed: %s', (stream) => {
  it.each([
    ['none', false, false],
    ['reason', true, false],
    ['draft', true, true],
  ] as const)('handed on as %s goes to the next tier and to nobody else', async (handOn, tellsWhy, showsDraft) => {
    const { text, sentUp, left } = await perform({
      handOn,
      stream,
      script: { small: [{ say: DRAFT }], mid: [{ say: 'yes' }] },
    });
    expect(text).toContain('yes');
    expect(sentUp.includes('not one of 2 labels')).toBe(tellsWhy);
    expect(sentUp.includes(MARKER)).toBe(showsDraft);
    expect(left).not.toContain(MARKER);
  });

  it('is not told by the refusal to hand out any', async () => {
    const { left, record } = await perform({
      stream,
      headers: { 'x-tierwise-blast-radius': 'high' },
      script: { small: [{ say: DRAFT }], mid: [{ say: DRAFT }] },
    });
    expect(record).toMatchObject({ error: 'answer_rejected', status: 502 });
    expect(left).not.toContain(MARKER);
  });

  it.each([
    ['alone', DRAFT],
    ['in a JSON text', JSON.stringify({ said: DRAFT })],
  ])('is not told by the fault that a tier finds with the note that holds it, quoted %s', async (_, quoted) => {
    const fault: Act = { fail: 'invalid-request', message: `cannot read ${quoted}` };
    const { text, left } = await perform({
      stream,
      headers: { 'x-tierwise-blast-radius': 'high' },
      script: { small: [{ say: DRAFT }], mid: [fault] },
    });
    expect(text).toContain('found fault with the request');
    expect(left).not.toContain(MARKER);
  });

  it('is not told by a judge or a sample that repeats it', async () => {
    const { record, left } = await perform({
      stream,
      task: {
        oracle: [
          { kind: 'judge', tier: 'large', rubric: 'It is polite.', pass: 0.5 },
          { kind: 'consistency', samples: 2, agree: 2 },
        ],
      },
      script: {
        small: [{ say: DRAFT }, { say: `another ${MARKER}` }],
        mid: [{ say: 'yes' }],
        large: [{ say: `I was told: ${MARKER}` }, { say: '{"score": 1}' }],
      },
    });
    expect(record).toMatchObject({ tier: 'mid', status: 200 });
    expect(record?.consultations).toHaveLength(4);
    expect(left).not.toContain(MARKER);
  });
});

describe('a rejected beginning of a stream', () => {
  const task: Partial<Task> = {
    oracle: [{ kind: 'uncertainty', phrases: ['my draft'] }],
    gate: { mode: 'first-tokens', tokens: 3 },
  };

  it('is not told by the tier that goes on instead', async () => {
    const { text, sentUp, left } = await perform({
      stream: true,
      task,
      script: { small: [{ say: DRAFT }], mid: [{ say: 'it is so and not otherwise' }] },
    });
    expect(text).toContain('otherwise');
    expect(sentUp).toContain(MARKER);
    expect(left).not.toContain(MARKER);
  });

  it('is not told by that tier’s fault in the middle of its answer', async () => {
    const chunk = (content: string) => ({
      id: 'c1',
      object: 'chat.completion.chunk' as const,
      created: 1,
      model: 'mid-model',
      choices: [{ index: 0, delta: { content }, finish_reason: null }],
    });
    const { text, left } = await perform({
      stream: true,
      task,
      script: {
        small: [{ say: DRAFT }],
        mid: [
          {
            chunks: ['it ', 'is ', 'so ', 'and '].map(chunk),
            fail: 'invalid-request',
            message: `cannot go on with ${DRAFT}`,
          },
        ],
      },
    });
    expect(text).toContain('found fault with the request');
    expect(left).not.toContain(MARKER);
  });
});
