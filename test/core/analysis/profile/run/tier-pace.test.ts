import { describe, expect, it } from 'vitest';
import { TierPace } from '../../../../../lib/core/analysis/profile/run/tier-pace';

/** A clock that runs only while somebody waits. */
function aClock(stopAfterMs = Number.POSITIVE_INFINITY) {
  let atMs = 1000;
  return {
    nowMs: () => atMs,
    pause: async (ms: number) => {
      atMs += ms;
      return atMs - 1000 <= stopAfterMs;
    },
  };
}

async function startsOf(
  limits: ConstructorParameters<typeof TierPace>[0],
  calls: readonly number[],
): Promise<number[]> {
  const clock = aClock();
  const pace = new TierPace(limits, clock.nowMs, clock.pause);
  const starts: number[] = [];
  for (const tokens of calls) {
    await pace.begin(tokens);
    starts.push(clock.nowMs() - 1000);
    pace.ended();
  }
  return starts;
}

describe('TierPace', () => {
  it.each<[string, ConstructorParameters<typeof TierPace>[0], readonly number[], readonly number[]]>([
    ['no limits', {}, [1, 1, 1], [0, 0, 0]],
    ['calls a minute', { requestsPerMinute: 60 }, [1, 1, 1], [0, 1000, 2000]],
    ['tokens a minute', { tokensPerMinute: 6000 }, [100, 50, 1], [0, 1000, 1500]],
    ['both, the slower of the two', { requestsPerMinute: 60, tokensPerMinute: 6000 }, [200, 10, 1], [0, 2000, 3000]],
  ])('spreads calls evenly: %s', async (_name, limits, calls, starts) => {
    expect(await startsOf(limits, calls)).toEqual(starts);
  });

  it('lets so many begin at a time', async () => {
    const clock = aClock();
    const pace = new TierPace({ concurrency: 2 }, clock.nowMs, clock.pause);
    let begun = 0;
    const calls = Array.from({ length: 5 }, async () => {
      await pace.begin(1);
      begun += 1;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).toBe(2);
    for (let ended = 1; ended <= 3; ended += 1) pace.ended();
    await Promise.all(calls);
    expect(begun).toBe(5);
  });

  it('waits as long as the host asks, and gives its place back when the run is stopped', async () => {
    const clock = aClock(500);
    const pace = new TierPace({ concurrency: 1 }, clock.nowMs, clock.pause);
    pace.leaveAlone(400);
    expect(await pace.begin(1)).toBe(true);
    pace.ended();
    pace.leaveAlone(5000);
    expect(await pace.begin(1)).toBe(false);
    // Nobody holds the only place: this waits for the host, not for the place, and the run is stopped again.
    expect(await pace.begin(1)).toBe(true);
  });
});
