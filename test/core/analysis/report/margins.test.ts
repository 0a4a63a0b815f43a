import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marginsOf } from '../../../../lib/core/analysis/report/margins';
import { someSums } from '../../../../lib/core/telemetry/rollup/sums';

function customer(costUsd: number, routingCostUsd = 0) {
  return someSums({ requests: 10, costUsd, routingCostUsd });
}

describe('margins', () => {
  it('take of a monthly revenue what falls on the period, a month having 30 days', () => {
    const [margin] = marginsOf({ acme: customer(20, 5) }, new Map([['acme', 300]]), 7 * 24);
    expect(margin).toEqual({
      customer: 'acme',
      requests: 10,
      revenueUsd: 70,
      costUsd: 25,
      marginUsd: 45,
      marginShare: 45 / 70,
      isNegative: false,
    });
  });

  it('list customers below zero first, the worst at the top, then the others, and unknown revenues last', () => {
    const customers = {
      cheap: customer(1),
      dear: customer(90),
      worst: customer(500),
      unknown: customer(7),
      '-': customer(9),
    };
    const revenue = new Map([
      ['cheap', 100],
      ['dear', 30],
      ['worst', 30],
      ['silent', 10],
    ]);
    const margins = marginsOf(customers, revenue, 720);
    expect(margins.map(({ customer: name, marginUsd, isNegative }) => [name, marginUsd, isNegative])).toEqual([
      ['worst', -470, true],
      ['dear', -60, true],
      ['silent', 10, false],
      ['cheap', 99, false],
      ['-', null, false],
      ['unknown', null, false],
    ]);
  });

  it('are below zero where nothing comes in, without a share of nothing', () => {
    const [margin] = marginsOf({ acme: customer(1) }, new Map([['acme', 0]]), 720);
    expect(margin).toMatchObject({ revenueUsd: 0, marginUsd: -1, marginShare: null, isNegative: true });
  });

  it('know no customer by the name of what objects have', () => {
    const margins = marginsOf({}, new Map([['constructor', 720]]), 1);
    expect(margins).toMatchObject([{ customer: 'constructor', requests: 0, costUsd: 0, marginUsd: 1 }]);
  });

  it('never put one below zero after one that is not', () => {
    const usd = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.tuple(usd, fc.option(usd))), (given) => {
        const customers = Object.fromEntries(Object.entries(given).map(([name, [cost]]) => [name, customer(cost)]));
        const known = Object.entries(given).flatMap(([name, [, revenue]]) =>
          revenue === null ? [] : [[name, revenue] as const],
        );
        const margins = marginsOf(customers, new Map(known), 720);
        const marks = margins.map(({ isNegative }) => isNegative);
        expect(marks).toEqual([...marks].sort((one, other) => Number(other) - Number(one)));
        expect(margins.map(({ customer: name }) => name).sort()).toEqual(Object.keys(given).sort());
      }),
    );
  });
});
