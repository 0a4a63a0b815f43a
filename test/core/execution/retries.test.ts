import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAILURES, type FailureCause } from '../../../lib/core/errors';
import type { Act } from '../../fixtures/scripted-provider';
import { heard, outline, stage } from './staging';

const BUDGET = 3;
const TIERS = ['small', 'mid', 'large'] as const;

const causes = Object.keys(FAILURES).filter((cause) => cause !== 'aborted') as FailureCause[];
const cause = fc.constantFrom(...causes);
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ fail: cause, retryAfterMs: fc.integer({ min: 0, max: 5000 }) }),
  fc.record({ fail: cause }),
  fc.constant({ say: 'one two three' }),
  fc.constant({ say: '' }),
);
const streamedAct: fc.Arbitrary<Act> = fc.oneof(act, fc.record({ cutAfter: fc.constant('one two '), fail: cause }));
const acts = (one: fc.Arbitrary<Act>) => fc.array(one, { minLength: 1, maxLength: 5 });

const scene = fc.boolean().chain((stream) => {
  const played = acts(stream ? streamedAct : act);
  return fc.record({
    stream: fc.constant(stream),
    script: fc.record({ small: played, mid: played, large: played }),
    retries: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 3, maxLength: 3 }),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  });
});

describe('whatever befalls the tiers of a ladder', () => {
  it('retries stay within the budget and within each tier’s own, and none follows at once', async () => {
    const check = fc.asyncProperty(scene, async ({ stream, script, retries, random }) => {
      const tiers = Object.fromEntries(TIERS.map((id, at) => [id, { retries: retries[at] as number }]));
      const { provider, pauses, run } = stage({ script, stream, tiers, ports: { random: () => random } });
      const execution = await run();
      const attempts = execution.kind === 'stream' ? (await heard(execution)).attempts : outline(execution);
      const retried = attempts.filter((attempt) => attempt.startsWith('retry'));
      expect(provider.calls).toHaveLength(attempts.length);
      expect(retried.length).toBeLessThanOrEqual(BUDGET);
      expect(pauses).toHaveLength(retried.length);
      for (const pauseMs of pauses) expect(pauseMs).toBeGreaterThanOrEqual(50);
      for (const [at, id] of TIERS.entries()) {
        const own = retried.filter((attempt) => attempt.startsWith(`retry ${id} `));
        expect(own.length).toBeLessThanOrEqual(retries[at] as number);
      }
    });
    await fc.assert(check, { numRuns: 400, seed: 4 });
  });
});
