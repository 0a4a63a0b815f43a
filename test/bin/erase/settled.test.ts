import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { completeAtMs, settledAtMs, settledBeforeMs } from '../../../bin/commands/erase/settled';
import { SETTLE_MS } from '../../../lambda/shared/store/attribution-port';
import { MINUTE_MS } from '../../../lib/core/durations';

it('what came in a minute can be taken at the moment that is told, and not a minute before', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000 }), (minute) => {
      const lastMs = minute * MINUTE_MS;
      const atMs = settledAtMs(lastMs);
      expect(settledBeforeMs(completeAtMs(atMs))).toBeGreaterThan(lastMs);
      expect(settledBeforeMs(completeAtMs(atMs - MINUTE_MS))).toBeLessThanOrEqual(lastMs);
      expect(atMs - lastMs).toBeLessThanOrEqual(71 * MINUTE_MS + SETTLE_MS);
    }),
  );
});
