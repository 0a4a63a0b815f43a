import { describe, expect, it } from 'vitest';
import type { StreamOutcome } from '../../../lib/core/types';
import type { Purse, TierHealth } from '../../../lib/core/types-live';
import { outline, stage, wants } from './staging';

const WHOLE = 'one two three four';

describe('a stream that nobody begins to read', () => {
  it('ends when its caller leaves: the call is booked once, and its money settled', async () => {
    const settled: number[] = [];
    const purse: Purse = { reserve: async () => ({ settle: (usd) => void settled.push(usd) }) };
    const left = new AbortController();
    const { provider, run } = stage({
      script: { small: [{ say: WHOLE }] },
      stream: true,
      caller: left.signal,
      ports: { purse },
    });
    const { ended, slices } = (await run()) as StreamOutcome;
    expect(settled).toEqual([]);
    left.abort();
    const { trail, error } = await ended;
    expect(error?.failure).toBe('aborted');
    expect(outline({ trail } as StreamOutcome)).toEqual(['first small failed aborted']);
    expect(settled).toHaveLength(1);
    expect(provider.calls[0]?.signal.aborted).toBe(true);
    const late: Uint8Array[] = [];
    for await (const bytes of slices) late.push(bytes);
    expect(late).toEqual([]);
  });

  it('ends too where it had been held back until it was judged', async () => {
    const left = new AbortController();
    const script = { small: [{ say: WHOLE }] };
    const execution = await stage({ script, stream: true, gate: wants('three'), caller: left.signal }).run();
    left.abort();
    expect((await (execution as StreamOutcome).ended).error?.failure).toBe('aborted');
  });
});

describe('a port that breaks while a stream is taken up', () => {
  it('ends the answer, which is told as a fault, and the broken call is booked once', async () => {
    let asked = 0;
    const health: TierHealth = {
      state: () => ({ breaker: 'closed' }),
      admit: () => {
        asked += 1;
        if (asked > 1) throw new TypeError('broken');
        return { ended: () => {} };
      },
    };
    const script = { small: [{ cutAfter: 'one two ', fail: 'cut' as const }], mid: [{ say: WHOLE }] };
    const { slices, ended } = (await stage({ script, stream: true, ports: { health } }).run()) as StreamOutcome;
    for await (const _bytes of slices);
    const { trail, error } = await ended;
    expect(outline({ trail } as StreamOutcome)).toEqual(['first small failed cut']);
    expect(error).toMatchObject({ code: 'internal', cause: expect.objectContaining({ message: 'broken' }) });
  });

  it('ends the answer too where what its call has cost cannot be told', async () => {
    const price = (): number => {
      throw new TypeError('broken');
    };
    const script = { small: [{ say: WHOLE }] };
    const { slices, ended } = (await stage({ script, stream: true, ports: { price } }).run()) as StreamOutcome;
    for await (const _bytes of slices);
    expect((await ended).error).toMatchObject({ code: 'internal' });
  });
});
