import { describe, expect, it } from 'vitest';
import type { Hold, Purse } from '../../../lib/core/types-live';
import type { Budget } from '../../../lib/core/types-policy';
import { outline, stage } from './staging';

const BUDGET: Budget = {
  id: 'narrow',
  scope: 'all',
  limitUsd: 1,
  period: 'month',
  onExhausted: 'refuse',
  reserve: 'expected',
};
const SAY = { small: [{ say: 'hello' }] };

/** A purse that gives its hold after so many milliseconds, and what was settled by it. */
function slowPurse(ms: number): { purse: Purse; settled: number[] } {
  const settled: number[] = [];
  const hold: Hold = { settle: (costUsd) => void settled.push(costUsd) };
  const purse = { reserve: () => new Promise<Hold>((resolve) => setTimeout(resolve, ms, hold)) };
  return { purse, settled };
}

describe('leave to make a call', () => {
  it('is waited for no longer than the call may take, and money set aside too late is given back', async () => {
    const { purse, settled } = slowPurse(150);
    const { provider, run } = stage({ script: SAY, totalMs: 60, ports: { purse } });
    const execution = await run();
    expect(execution).toMatchObject({ kind: 'failed', error: { code: 'tiers_unavailable' } });
    expect(outline(execution)).toEqual([]);
    expect(provider.calls).toEqual([]);
    expect(settled).toEqual([]);
    await expect.poll(() => settled, { timeout: 20_000 }).toEqual([0]);
  });

  it('tells the purse how long the call may take', async () => {
    const told: (number | undefined)[] = [];
    const purse: Purse = {
      reserve: async (_estimate, longestMs) => {
        told.push(longestMs);
        return { settle: () => {} };
      },
    };
    await stage({ script: SAY, totalMs: 7000, ports: { purse } }).run();
    expect(told).toEqual([7000]);
  });

  it('is not waited for once the caller has left', async () => {
    const { purse, settled } = slowPurse(150);
    const left = new AbortController();
    const { provider, run } = stage({ script: SAY, caller: left.signal, ports: { purse } });
    const running = run();
    left.abort();
    expect(await running).toMatchObject({ kind: 'failed', error: { failure: 'aborted' } });
    expect(provider.calls).toEqual([]);
    await expect.poll(() => settled, { timeout: 20_000 }).toEqual([0]);
  });

  it('that cannot be asked for leaves what earlier attempts have cost in the account', async () => {
    let asked = 0;
    const hold: Hold = { settle: () => {} };
    const purse: Purse = {
      reserve: () => Promise.resolve().then(() => (++asked === 1 ? hold : Promise.reject(new Error('gone')))),
    };
    const script = { small: [{ say: '' }], mid: [{ say: 'hello' }] };
    const execution = await stage({ script, ports: { purse } }).run();
    expect(outline(execution)).toEqual(['first small failed empty']);
    expect(execution.trail.attempts[0]?.costUsd).toBeGreaterThan(0);
    expect(execution).toMatchObject({ kind: 'failed', error: { code: 'internal' } });
  });

  it('that a budget withholds is why nobody answers only where no tier was asked', async () => {
    const poorFrom = (from: number): Purse => {
      let asked = 0;
      return { reserve: async () => (++asked < from ? { settle: () => {} } : { budget: BUDGET, roomUsd: 0 }) };
    };
    const script = { small: [{ fail: 'server-error' as const }], mid: [{ say: 'hello' }] };
    const withheld = await stage({ script, ports: { purse: poorFrom(1) } }).run();
    expect(withheld).toMatchObject({
      kind: 'failed',
      error: { code: 'budget_exceeded' },
      exhausted: { budget: BUDGET },
    });
    const failing = await stage({ script, ports: { purse: poorFrom(2) } }).run();
    expect(outline(failing)).toEqual(['first small failed server-error']);
    expect(failing).toMatchObject({ kind: 'failed', error: { code: 'upstream_error' } });
  });
});
