import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClock } from '../../../lambda/router/clock';

const START_MS = 1_700_000_000_000;

/** The two clocks of a machine, and a reading of ours over them. */
function aMachine() {
  const clocks = { systemMs: START_MS, steadyMs: 5000.25 };
  const systemMs = () => Math.floor(clocks.systemMs);
  const nowMs = createClock(systemMs, () => clocks.steadyMs);
  return {
    nowMs,
    systemMs,
    passes(ms: number) {
      clocks.systemMs += ms;
      clocks.steadyMs += ms;
    },
    sleeps(ms: number) {
      clocks.systemMs += ms;
    },
    setTo(systemMs: number) {
      clocks.systemMs = systemMs;
    },
  };
}

describe('the clock of a process', () => {
  it('tells the time of day, with the fractions that the system does not tell', () => {
    const { nowMs, passes } = aMachine();
    const before = nowMs();
    passes(0.125);
    expect(before).toBe(START_MS);
    expect(nowMs() - before).toBeCloseTo(0.125, 3);
  });

  it('goes on at the time of day after the machine has slept, when the steady clock stood still', () => {
    const { nowMs, passes, sleeps } = aMachine();
    sleeps(8 * 3_600_000);
    expect(nowMs()).toBe(START_MS + 8 * 3_600_000);
    passes(40.5);
    expect(nowMs()).toBeCloseTo(START_MS + 8 * 3_600_000 + 40.5, 3);
  });

  it('does not go back where the system clock is set back', () => {
    const { nowMs, passes, setTo } = aMachine();
    const before = nowMs();
    setTo(START_MS - 3_600_000);
    passes(1000);
    expect(nowMs()).toBeCloseTo(before + 1000, 3);
  });

  it('goes forward only, and never lags more than a tenth of a second, whatever happens to the system clock', () => {
    const step = fc.record({
      passes: fc.double({ min: 0, max: 5000, noNaN: true }),
      jumps: fc.integer({ min: -1e7, max: 1e7 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const machine = aMachine();
        let lastMs = machine.nowMs();
        for (const { passes, jumps } of steps) {
          machine.passes(passes);
          machine.sleeps(jumps);
          const readMs = machine.nowMs();
          expect(readMs).toBeGreaterThanOrEqual(lastMs);
          // Of numbers so large the last digits are tenths of a microsecond.
          expect(readMs).toBeGreaterThanOrEqual(machine.systemMs() - 100.001);
          lastMs = readMs;
        }
      }),
    );
  });
});
