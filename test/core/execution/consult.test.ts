import { describe, expect, it } from 'vitest';
import type { ExecutionPorts } from '../../../lib/core/execution/plan';
import { compileGate } from '../../../lib/core/oracle/compile';
import type { Execution, Gate } from '../../../lib/core/types';
import type { Admission, Purse, TierHealth } from '../../../lib/core/types-live';
import type { Task } from '../../../lib/core/types-policy';
import { aTask } from '../../builders';
import { outline, type Scene, stage } from './staging';

/** Of clocks that stand still. */
const NOON_MS = Date.UTC(2026, 10, 22, 12);
const JUDGE: Task['oracle'] = [{ kind: 'judge', tier: 'large', rubric: 'It is polite.', pass: 0.7 }];
const CONSISTENCY: Task['oracle'] = [{ kind: 'consistency', samples: 3, agree: 2 }];
const DISAGREEMENT: Task['oracle'] = [{ kind: 'consistency', samples: 2, agree: 2, tiers: ['mid'] }];

/** A cascade over `small` and `mid`, judged by these oracles; `large` stands beside the ladder. */
async function perform(oracle: Task['oracle'], scene: Partial<Scene> & Pick<Scene, 'script'>) {
  const task = { route: 'cascade', oracle, ladder: ['small', 'mid'] } as const;
  const gate = (await compileGate(aTask({ id: 'triage', ...task }), 'all')) as Gate;
  const staged = stage({ ladder: task.ladder, task, gate, advisers: ['large', 'mid'], ...scene });
  return { ...staged, execution: await staged.run() };
}

function consultations({ trail }: Execution): string[] {
  return trail.consultations.map(({ purpose, tier, outcome, cause }) =>
    [purpose, tier, outcome, cause].filter(Boolean).join(' '),
  );
}

function textOf(execution: Execution): unknown {
  return execution.kind === 'whole' ? execution.completion.choices[0]?.message.content : execution.kind;
}

describe('a judge', () => {
  it('lets the answer out that it grades well, and is booked beside the attempts', async () => {
    const { execution, provider } = await perform(JUDGE, {
      script: { small: [{ say: 'Good day.' }], large: [{ say: '{"score": 0.9}' }] },
    });
    expect(textOf(execution)).toBe('Good day.');
    expect(outline(execution)).toEqual(['first small answered']);
    expect(execution.trail.consultations).toEqual([
      {
        purpose: 'judge',
        tier: 'large',
        model: 'large-model',
        outcome: 'answered',
        usage: expect.objectContaining({ outputTokens: 10 }),
        costUsd: 0.01,
        startedAtMs: expect.any(Number),
        latencyMs: expect.any(Number),
      },
    ]);
    expect(provider.calls[1]?.body).toMatchObject({ messages: [{ role: 'system' }, { role: 'user' }] });
    expect(provider.calls[1]?.body.tools).toBeUndefined();
  });

  it('sends the request up where it grades the answer badly', async () => {
    const { execution } = await perform(JUDGE, {
      script: {
        small: [{ say: 'Go away.' }],
        mid: [{ say: 'Good day.' }],
        large: [{ say: '{"score": 0.1}' }, { say: '{"score": 0.8}' }],
      },
    });
    expect(textOf(execution)).toBe('Good day.');
    expect(outline(execution)).toEqual(['first small rejected', 'escalation mid answered']);
    expect(consultations(execution)).toEqual(['judge large answered', 'judge large answered']);
    expect(execution.trail.attempts[0]?.verdict?.detail).toBe('graded 0.1, below 0.7');
  });

  it.each(['low', 'medium'] as const)(
    'that cannot be reached does not hinder an answer of %s consequence',
    async (consequence) => {
      const { execution } = await perform(JUDGE, {
        consequence,
        script: { small: [{ say: 'Good day.' }], large: [{ fail: 'overloaded' }] },
      });
      expect(textOf(execution)).toBe('Good day.');
      expect(consultations(execution)).toEqual(['judge large failed overloaded']);
    },
  );

  it('that cannot be reached fails an answer of high consequence', async () => {
    const { execution } = await perform(JUDGE, {
      consequence: 'high',
      script: { small: [{ say: 'Good day.' }], mid: [{ say: 'Good day.' }], large: [{ fail: 'overloaded' }] },
    });
    expect(execution).toMatchObject({ kind: 'failed', error: { code: 'answer_rejected' } });
    expect(consultations(execution)).toEqual(['judge large failed overloaded', 'judge large failed overloaded']);
  });

  it.each([
    ['low', 'Good day.'],
    ['high', 'failed'],
  ] as const)('is never asked where the guards keep the prompt from it: %s', async (consequence, text) => {
    const { execution, provider } = await perform(JUDGE, {
      consequence,
      advisers: ['mid'],
      script: { small: [{ say: 'Good day.' }], mid: [{ say: 'Good day.' }], large: [{ say: '{"score": 1}' }] },
    });
    expect(textOf(execution)).toBe(text);
    expect(provider.calls.map(({ tier }) => tier.id)).not.toContain('large');
    expect(execution.trail.consultations).toEqual([]);
  });

  it('is not asked about an answer that a cheaper check has failed', async () => {
    const { execution } = await perform([...JUDGE, { kind: 'length', max: 3 }], {
      script: { small: [{ say: 'too long' }], mid: [{ say: 'ok' }], large: [{ say: '{"score": 1}' }] },
    });
    expect(textOf(execution)).toBe('ok');
    expect(consultations(execution)).toEqual(['judge large answered']);
  });

  it('that never answers is left when its time is over', async () => {
    const startedAt = Date.now();
    const { execution } = await perform(JUDGE, {
      tiers: { large: { timeouts: { connectMs: 50, firstTokenMs: 50, stallMs: 50, totalMs: 60 } } },
      script: { small: [{ say: 'Good day.' }], large: [{ hang: true }] },
    });
    expect(textOf(execution)).toBe('Good day.');
    expect(consultations(execution)).toEqual(['judge large failed total-timeout']);
    // The request itself may take 15 seconds.
    expect(Date.now() - startedAt).toBeLessThan(8000);
  });

  it('is not begun where the request has no time left', async () => {
    const { execution } = await perform(JUDGE, {
      ports: { nowMs: () => NOON_MS, endsAtMs: NOON_MS + 5 },
      script: { small: [{ say: 'Good day.' }], large: [{ say: '{"score": 0}' }] },
    });
    expect(textOf(execution)).toBe('Good day.');
    expect(execution.trail.consultations).toEqual([]);
  });

  it('is left when the caller leaves', async () => {
    const left = new AbortController();
    const { execution, provider } = await perform(JUDGE, {
      caller: left.signal,
      consequence: 'high',
      script: {
        small: [{ say: 'Good day.' }],
        mid: [{ say: 'Good day.' }],
        large: [{ hang: true, meanwhile: () => left.abort() }],
      },
    });
    expect(consultations(execution)).toEqual(['judge large failed aborted']);
    expect(provider.calls.map(({ tier }) => tier.id)).toEqual(['small', 'large']);
    expect(provider.calls[1]?.signal.aborted).toBe(true);
  });
});

describe('samples', () => {
  it('are asked of the tier that answered, and let an answer out that they agree with', async () => {
    const { execution, provider } = await perform(CONSISTENCY, {
      body: { seed: 7, temperature: 0, stop: ['.'] },
      stream: true,
      script: { small: [{ say: 'Paris' }, { say: 'Rome' }, { say: ' Paris ' }] },
    });
    expect(execution.kind).toBe('stream');
    expect(consultations(execution)).toEqual(['sample small answered', 'sample small answered']);
    const [first, ...samples] = provider.calls.map(({ body }) => body);
    expect(first).toMatchObject({ seed: 7, temperature: 0 });
    for (const body of samples) {
      expect(body).toMatchObject({ temperature: 0.7, stop: ['.'], messages: first?.messages });
      expect(body).not.toHaveProperty('seed');
      expect(body).not.toHaveProperty('stream');
    }
  });

  it('send the request up where they disagree', async () => {
    const { execution } = await perform(CONSISTENCY, {
      script: {
        small: [{ say: 'Paris' }, { say: 'Rome' }, { say: 'Oslo' }],
        mid: [{ say: 'Bern' }],
      },
    });
    expect(textOf(execution)).toBe('Bern');
    expect(consultations(execution)).toEqual([
      'sample small answered',
      'sample small answered',
      'sample mid answered',
      'sample mid answered',
    ]);
  });

  it('are asked all at once', async () => {
    const left = new AbortController();
    let waiting = 0;
    const meanwhile = (): void => {
      waiting += 1;
      if (waiting === 2) left.abort();
    };
    const { provider, execution } = await perform(CONSISTENCY, {
      caller: left.signal,
      script: { small: [{ say: 'Paris' }, { hang: true, meanwhile }], mid: [{ say: 'Bern' }] },
    });
    // One after the other, the first would have come to the end of its time.
    expect(consultations(execution)).toEqual(['sample small failed aborted', 'sample small failed aborted']);
    expect(provider.calls).toHaveLength(3);
  });

  it.each([
    ['low', 'Paris'],
    ['high', 'Bern'],
  ] as const)('that fail prove nothing, and of %s consequence that is too little', async (consequence, text) => {
    const { execution } = await perform(CONSISTENCY, {
      consequence,
      script: { small: [{ say: 'Paris' }, { fail: 'server-error' }], mid: [{ say: 'Bern' }] },
    });
    expect(textOf(execution)).toBe(text);
  });

  it('are asked once for all choices of an answer', async () => {
    const choice = (index: number) => ({
      index,
      message: { role: 'assistant' as const, content: 'Paris' },
      finish_reason: 'stop' as const,
    });
    const completion = {
      id: 'c',
      object: 'chat.completion' as const,
      created: 1,
      model: 'm',
      choices: [choice(0), choice(1)],
    };
    const { execution } = await perform(CONSISTENCY, {
      choices: 2,
      body: { n: 2 },
      script: { small: [{ completion }, { say: 'Paris' }] },
    });
    expect(outline(execution)).toEqual(['first small answered']);
    expect(consultations(execution)).toEqual(['sample small answered', 'sample small answered']);
  });

  it('are asked of another tier as its own, by its own prompt', async () => {
    const { execution, provider } = await perform(DISAGREEMENT, {
      task: {
        route: 'cascade',
        ladder: ['small', 'mid'],
        oracle: DISAGREEMENT,
        prompts: { small: 'You are small.', mid: 'You are mid.' },
      },
      script: { small: [{ say: 'Paris' }], mid: [{ say: 'Rome' }, { say: 'Bern' }, { say: 'Bern' }] },
    });
    expect(consultations(execution)).toEqual(['sample mid answered', 'sample mid answered']);
    expect(provider.calls[1]?.body.messages[0]?.content).toBe('You are mid.');
    expect(textOf(execution)).toBe('Bern');
  });

  it('are not asked of a tier that cannot do what the question needs', async () => {
    const { execution, provider } = await perform(DISAGREEMENT, {
      tiers: { mid: { capabilities: [] } },
      request: { needs: ['json_schema'] },
      script: { small: [{ say: 'Paris' }], mid: [{ say: 'Rome' }] },
    });
    expect(textOf(execution)).toBe('Paris');
    expect(provider.calls).toHaveLength(1);
  });
});

describe('leave for a consultation', () => {
  function keepers(full: readonly string[] = []) {
    const admitted: string[] = [];
    const reserved: number[] = [];
    const settled: number[] = [];
    const ended: (string | undefined)[] = [];
    const order: string[] = [];
    const health: TierHealth = {
      state: () => ({ breaker: 'closed' }),
      admit(tier): Admission | undefined {
        if (full.includes(tier.id)) return undefined;
        admitted.push(tier.id);
        order.push(`${tier.id} begins`);
        return {
          ended({ cause }) {
            ended.push(cause);
            order.push(`${tier.id} ends`);
          },
        };
      },
    };
    const purse: Purse = {
      async reserve({ expectedUsd }) {
        reserved.push(expectedUsd);
        return { settle: (costUsd) => void settled.push(costUsd) };
      },
    };
    return { admitted, reserved, settled, ended, order, ports: { health, purse } };
  }

  it('is asked of the tier and the budgets for each, at the price of its own prompt, and given back', async () => {
    const { admitted, reserved, settled, ended, order, ports } = keepers();
    await perform(JUDGE, { ports, script: { small: [{ say: 'Good day.' }], large: [{ say: '{"score": 1}' }] } });
    expect(admitted).toEqual(['small', 'large']);
    expect(order).toEqual(['small begins', 'small ends', 'large begins', 'large ends']);
    // The scene's price: a thousandth of a dollar for each output token, of which a grade is expected to take 32.
    expect(reserved).toEqual([0.01, 0.032]);
    expect(settled).toEqual([0.01, 0.01]);
    expect(ended).toEqual([undefined, undefined]);
  });

  it('is told why a call failed', async () => {
    const { ended, settled, ports } = keepers();
    await perform(CONSISTENCY, {
      ports,
      script: { small: [{ say: 'Paris' }, { fail: 'server-error' }], mid: [{ say: 'Bern' }] },
    });
    expect(ended).toEqual([undefined, 'server-error', 'server-error']);
    expect(settled).toHaveLength(3);
  });

  it('is given back at what the prompt costs where the call is never answered', async () => {
    const { settled, ports } = keepers();
    const price: ExecutionPorts['price'] = (_tier, { inputTokens, outputTokens }) => inputTokens + outputTokens / 1000;
    const { execution } = await perform(CONSISTENCY, {
      ports: { ...ports, price },
      script: { small: [{ say: 'Paris' }, { hang: true }], mid: [{ say: 'Bern' }] },
      totalMs: 60,
    });
    const samples = execution.trail.consultations.filter(({ tier }) => tier === 'small');
    expect(samples).toHaveLength(2);
    for (const sample of samples) {
      expect(sample).toMatchObject({ outcome: 'failed', cause: 'total-timeout', costUsd: 100 });
      expect(sample.usage).toMatchObject({ inputTokens: 100, outputTokens: 0, estimated: true });
    }
    expect(settled.slice(1, 3)).toEqual([100, 100]);
  });

  it('is not forced: a judge that takes no call is not asked', async () => {
    const { ports, admitted } = keepers(['large']);
    const { execution } = await perform(JUDGE, {
      ports,
      script: { small: [{ say: 'Good day.' }], large: [{ say: '{"score": 0}' }] },
    });
    expect(textOf(execution)).toBe('Good day.');
    expect(admitted).toEqual(['small']);
  });
});
