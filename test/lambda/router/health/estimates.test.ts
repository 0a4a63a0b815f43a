import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LoadReading } from '../../../../lambda/router/health/load-reading';
import { QueueEstimator, STALE_MS } from '../../../../lambda/router/health/queue-estimate';
import { ResistantLine } from '../../../../lambda/router/health/resistant-line';
import { SteadyMean } from '../../../../lambda/router/health/steady-mean';

describe('a steady mean', () => {
  const meanOf = (...observed: number[]) => {
    const mean = new SteadyMean();
    for (const one of observed) mean.add(one);
    return mean.value;
  };

  it('says nothing before three observations, and is not led astray by the first', () => {
    expect([meanOf(9000), meanOf(9000, 100), meanOf(9000, 100, 110)]).toEqual([undefined, undefined, 110]);
  });

  it('follows, and takes one outlier for no more than four times the mean', () => {
    expect(meanOf(100, 100, 100, 200)).toBeCloseTo(110);
    expect(meanOf(100, 100, 100, 1e9)).toBeCloseTo(130);
    expect(meanOf(100, 100, 100, ...Array(60).fill(200))).toBeCloseTo(200, 0);
  });

  it('passes over what is no time', () => {
    expect(meanOf(100, 100, 100, Number.NaN, 0, -5)).toBe(100);
  });
});

describe('a resistant line', () => {
  const lineOf = (points: readonly (readonly [number, number])[]) => {
    const line = new ResistantLine();
    for (const [x, y] of points) line.add(x, y);
    return line;
  };
  const spread = Array.from({ length: 31 }, (_, at) => [100 * (1 + at), 50 + 10 * (1 + at)] as const);

  it('says nothing before three points, their middle before nine, and a slope from then on', () => {
    expect(lineOf(spread.slice(0, 2)).line).toBeUndefined();
    expect(lineOf(spread.slice(0, 3)).line).toEqual({ base: 70, slope: 0 });
    const { line } = lineOf(spread.slice(0, 9));
    expect([line?.base, line?.slope]).toEqual([expect.closeTo(50), expect.closeTo(0.1)]);
  });

  it('is not moved by a few points that are anything at all', () => {
    const wild = spread.map(([x, y], at) => [x, at % 8 === 0 ? 30_000 : y] as const);
    const { line } = lineOf(wild);
    expect([line?.base, line?.slope]).toEqual([expect.closeTo(50, -1), expect.closeTo(0.1, 1)]);
  });

  it('tells no slope where all prompts are about as long', () => {
    expect(lineOf(Array.from({ length: 20 }, (_, at) => [100 + at, 200 + at] as const)).line?.slope).toBe(0);
  });

  it('lets two new points outvote the old ones once loosened', () => {
    const line = lineOf(Array.from({ length: 31 }, () => [100, 5000] as const));
    line.loosen();
    expect(line.line?.base).toBe(5000);
    line.add(100, 200);
    line.add(100, 200);
    expect(line.line?.base).toBe(5000);
    line.add(100, 200);
    expect(line.line?.base).toBe(200);
  });

  it('is never negative, whatever the points', () => {
    const point = fc.tuple(fc.nat(100_000), fc.nat(100_000));
    fc.assert(
      fc.property(fc.array(point, { minLength: 3, maxLength: 60, size: 'max' }), (points) => {
        const { line } = lineOf(points);
        expect(line?.base).toBeGreaterThanOrEqual(0);
        expect(line?.slope).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('a queue as it stands now', () => {
  interface Told {
    readonly reading: LoadReading;
    /** Own calls that were under way when it was asked for. */
    readonly own?: number;
  }

  /** One reading a second, the last at 0. */
  const estimator = (told: readonly Told[], concurrency?: number) => {
    const queue = new QueueEstimator();
    for (const [at, { reading, own = 0 }] of told.entries()) {
      queue.report({ reading, atMs: (at + 1 - told.length) * 1000, begun: own, ended: 0 }, 2000, concurrency);
    }
    return queue;
  };
  const load = (waiting: number, running: number, own?: number): Told =>
    own === undefined ? { reading: { waiting, running } } : { reading: { waiting, running }, own };

  it('is unknown without a reading, and once the last is too old', () => {
    expect(new QueueEstimator().estimate(0, 0, 0)).toBeUndefined();
    expect(estimator([load(3, 5)]).estimate(0, 0, STALE_MS)).toMatchObject({ waiting: 3, ageMs: STALE_MS });
    expect(estimator([load(3, 5)]).estimate(0, 0, STALE_MS + 1)).toBeUndefined();
  });

  it('is none where a request or two wait for the next step alone', () => {
    expect(estimator([load(1, 4)]).estimate(0, 0, 0)).toMatchObject({ waiting: 0, running: 5 });
    expect(estimator([load(3, 100)]).estimate(0, 0, 0)).toMatchObject({ waiting: 0 });
    expect(estimator([load(9, 100)]).estimate(0, 0, 0)).toMatchObject({ waiting: 9, running: 100 });
  });

  it('counts the calls that this process has begun since, once all places are known to be taken', () => {
    const queue = estimator([load(3, 5, 8)]);
    expect(queue.estimate(10, 0, 0)).toMatchObject({ waiting: 5, running: 5 });
    expect(queue.estimate(10, 6, 0)).toMatchObject({ waiting: 0, running: 4 });
  });

  it('takes calls to come from others as well where this process has a quarter of the load', () => {
    expect(estimator([load(3, 5, 2)]).estimate(4, 0, 0)).toMatchObject({ waiting: 11, running: 5 });
  });

  it('takes a third of the calls to go to the replica that told, where this process has three times its load', () => {
    expect(estimator([load(3, 5, 24)]).estimate(27, 0, 0)).toMatchObject({ waiting: 4, running: 5 });
  });

  it('tries a little more than it has seen, second by second, where nobody waits', () => {
    const grown = (seconds: number) => estimator([load(9, 10), ...Array(seconds).fill(load(0, 10))]);
    expect(grown(0).estimate(0, 0, 0)).toMatchObject({ waiting: 9, running: 10 });
    expect(grown(1).estimate(1, 0, 0)).toMatchObject({ waiting: 0, running: 11 });
    expect(grown(1).estimate(9, 0, 0)).toMatchObject({ waiting: 8, running: 11 });
  });

  it('takes a host whose cache is full to begin nothing more', () => {
    const queue = estimator([{ reading: { waiting: 0, running: 6, cacheUsage: 0.99 }, own: 6 }]);
    expect(queue.estimate(8, 0, 0)).toMatchObject({ waiting: 2, running: 6 });
  });

  it('splits one number by the calls at a time that the policy allows', () => {
    expect(estimator([{ reading: { underWay: 9 } }], 4).estimate(0, 0, 0)).toMatchObject({ waiting: 5, running: 4 });
    expect(estimator([{ reading: { underWay: 9 } }]).waiting(0, 0, 0)).toBe(9);
  });

  it('takes a host at its word where it says who waits', () => {
    expect(estimator([load(1, 4, 5)]).waiting(5, 0, 0)).toBe(1);
    expect(estimator([load(4, 4, 8)]).waiting(8, 3, 0)).toBe(1);
  });

  it('says that a request may have to wait where places are nearly taken, and where nobody knows', () => {
    expect(new QueueEstimator().makesWait(0, 0, 0)).toBe(true);
    expect(estimator([load(0, 4)]).makesWait(0, 0, 0)).toBe(false);
    expect(estimator([load(9, 10), load(0, 7)]).makesWait(0, 0, 0)).toBe(false);
    expect(estimator([load(9, 10), load(0, 8)]).makesWait(0, 0, 0)).toBe(true);
  });
});
