import { describe, expect, it } from 'vitest';
import { fuzzPolicies, fuzzRequests } from './fuzz';
import { fuzzHosts } from './fuzz-hosts';

/** Changed when the generators are; the same runs, the same inputs. */
const SEED = 20_261_122;
/** Seconds of work on an idle machine. */
const TIMEOUT_MS = 90_000;

describe('whatever comes in', () => {
  it(
    'requests are answered by the contract: no 500, no unhandled rejection',
    async () => {
      const statuses = await fuzzRequests({ runs: 8500, seed: SEED });
      // The inputs reach beyond the door: some are answered, and refused for many reasons.
      for (const status of [200, 400, 404, 502, 503]) expect(statuses[status]).toBeGreaterThan(10);
      expect(statuses[500]).toBeUndefined();
    },
    TIMEOUT_MS,
  );

  it(
    'policies are refused with their faults, or route',
    async () => {
      const { refused, taken } = await fuzzPolicies({ runs: 300, seed: SEED });
      expect(refused).toBeGreaterThan(60);
      expect(taken).toBeGreaterThan(60);
    },
    TIMEOUT_MS,
  );

  it(
    'what hosts send back is an answer, or a failure of the tier',
    async () => {
      const statuses = await fuzzHosts({ runs: 1200, seed: SEED });
      for (const status of [200, 502]) expect(statuses[status]).toBeGreaterThan(10);
    },
    TIMEOUT_MS,
  );
});
