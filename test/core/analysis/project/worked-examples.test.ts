import { describe, expect, it } from 'vitest';
import { projectScenario } from '../../../../lib/core/analysis/project';
import { callUsd } from '../../../../lib/core/analysis/project/call-price';
import {
  breakEvenEscalationShare,
  breakEvenTokensPerSecond,
  cascadeUsd,
  gpuUsd,
  marginOf,
  monthUsd,
  type Part,
  savingFactor,
  savingOf,
  tokensServed,
} from '../../../../lib/core/analysis/project/formulas';
import { GPU_INSTANCES } from '../../../../lib/core/analysis/project/rates';
import { MONTH } from '../../../../lib/core/durations';
import { aScenario, aTaskOf, gpuTier, rentedTier } from './a-scenario';

/** USD for one call at prices per million tokens. */
function call(input: number, output: number, inputPrice: number, outputPrice: number): number {
  return callUsd({ kind: 'tokens', input: inputPrice, output: outputPrice, uplift: 1 }, { input, output });
}

function hourlyUsd(instance: string): number {
  return GPU_INSTANCES.find((each) => each.instance === instance)?.hourlyUsd ?? Number.NaN;
}

/** A share of the requests at one price, the rest at another. */
function moveShare(share: number, fromUsd: number, toUsd: number): readonly Part[] {
  return [
    { share, usd: toUsd },
    { share: 1 - share, usd: fromUsd },
  ];
}

/** What is left after moving a share of a month's requests, against leaving them. */
function savedByMoving(requests: number, share: number, fromUsd: number, toUsd: number) {
  return savingOf(
    monthUsd(requests, moveShare(0, fromUsd, toUsd)),
    monthUsd(requests, moveShare(share, fromUsd, toUsd)),
  );
}

const cents = (usd: number): string => usd.toFixed(2);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** In i and j a cheap request costs $0.0005 and one on the frontier $0.02. */
const CHEAP = 0.0005;
const FRONTIER = 0.02;
const cascade = { classifierUsd: 0, cheapUsd: CHEAP, verifierUsd: 0, frontierUsd: FRONTIER };

const ROWS: readonly (readonly [
  row: string,
  arithmetic: string,
  computed: () => readonly string[],
  expected: readonly string[],
])[] = [
  [
    'a',
    '1,000,000 x (500 x 3 + 200 x 15) / 1M = 4,500; at 1 and 5: 1,500; 0.7 x 1,500 + 0.3 x 4,500 = 2,400',
    () => {
      const [dear, cheap] = [call(500, 200, 3, 15), call(500, 200, 1, 5)];
      const { share } = savedByMoving(1e6, 0.7, dear, cheap);
      const routed = monthUsd(1e6, moveShare(0.7, dear, cheap));
      return [cents(1e6 * dear), cents(1e6 * cheap), cents(routed), percent(share)];
    },
    ['4500.00', '1500.00', '2400.00', '46.7 %'],
  ],
  [
    'b',
    '0.6 x 0.0005 + 0.4 x 0.02 = 0.0083; x 150,000 = 1,245 against 3,000; (300 - 3,000) / 300, (300 - 1,245) / 300',
    () => {
      const parts = moveShare(0.6, FRONTIER, CHEAP);
      const seat = monthUsd(150_000, parts);
      const before = monthUsd(150_000, moveShare(0, FRONTIER, CHEAP));
      return [
        monthUsd(1, parts).toFixed(4),
        cents(seat),
        cents(before),
        percent(marginOf(300, before)),
        percent(marginOf(300, seat)),
      ];
    },
    ['0.0083', '1245.00', '3000.00', '-900.0 %', '-315.0 %'],
  ],
  [
    'c',
    '1,200,000 x 0.004 = 4,800; 1,200,000 x (0.68 x 0.00024 + 0.32 x 0.004) = 1,731.84',
    () => {
      const [dear, cheap] = [call(800, 200, 2.5, 10), call(800, 200, 0.15, 0.6)];
      const { share } = savedByMoving(1.2e6, 0.68, dear, cheap);
      return [cents(1.2e6 * dear), cents(monthUsd(1.2e6, moveShare(0.68, dear, cheap))), percent(share)];
    },
    ['4800.00', '1731.84', '63.9 %'],
  ],
  [
    'd',
    '50,000 x 30 x 300 x 3 / 1M = 1,350; 0.65 x 360 + 0.35 x 1,350 = 706.50',
    () => {
      const requests = 50_000 * MONTH.days;
      const [dear, cheap] = [call(300, 0, 3, 0), call(300, 0, 0.8, 0)];
      const { share } = savedByMoving(requests, 0.65, dear, cheap);
      return [cents(requests * dear), cents(monthUsd(requests, moveShare(0.65, dear, cheap))), percent(share)];
    },
    ['1350.00', '706.50', '47.7 %'],
  ],
  ['e', '1,000,000 x (100 x 1 + 50 x 5) / 1M = 350', () => [cents(1e6 * call(100, 50, 1, 5))], ['350.00']],
  [
    'f',
    '1 - (0.001 + 0.002 + 0.001) / 0.02 = 0.8; there a cascade costs what the frontier does: 0.004 + 0.8 x 0.02',
    () => {
      const checked = { classifierUsd: 0.001, cheapUsd: 0.002, verifierUsd: 0.001, frontierUsd: 0.02 };
      const share = breakEvenEscalationShare(checked);
      return [share.toFixed(6), cascadeUsd(checked, share).toFixed(6)];
    },
    ['0.800000', '0.020000'],
  ],
  [
    'g',
    '1.006 / 3,600 s / (0.20 / 1M) = 1,397 tokens a second; x 3,600 x 720 = 3.62 B',
    () => {
      const perSecond = breakEvenTokensPerSecond(hourlyUsd('g5.xlarge'), 0.2);
      return [perSecond.toFixed(0), `${(tokensServed(perSecond, MONTH.hours) / 1e9).toFixed(2)} B`];
    },
    ['1397', '3.62 B'],
  ],
  ['h', '2 x 720 x 6.88 = 9,907.20', () => [cents(gpuUsd(hourlyUsd('p5.4xlarge'), 2 * MONTH.hours))], ['9907.20']],
  [
    'i',
    '100,000 x 0.02 = 2,000; 60,000 x (0.02 - 0.0005) = 1,170; less 720 x 1.006 = 724.32 leaves 445.68',
    () => {
      const saved = savedByMoving(100_000, 0.6, FRONTIER, CHEAP).usd;
      const gpu = gpuUsd(hourlyUsd('g5.xlarge'), MONTH.hours);
      const bill = monthUsd(100_000, moveShare(0, FRONTIER, CHEAP));
      return [cents(bill), cents(saved), cents(gpu), cents(savingOf(saved, gpu).usd)];
    },
    ['2000.00', '1170.00', '724.32', '445.68'],
  ],
  [
    'j',
    '0.02 / (0.0005 + 0.15 x 0.02) = 5.71; 0.02 / (0.0005 + 0.25 x 0.02) = 3.64',
    () => [savingFactor(cascade, 0.15).toFixed(2), savingFactor(cascade, 0.25).toFixed(2)],
    ['5.71', '3.64'],
  ],
  [
    'k',
    '2,000 x 75 / 1M = 0.15; 2,000 x 0.60 / 1M = 0.0012',
    () => [call(0, 2000, 0, 75).toFixed(4), call(0, 2000, 0, 0.6).toFixed(4)],
    ['0.1500', '0.0012'],
  ],
  [
    'l',
    '0.50 x 2/3, 0.70 x 2/3, 0.85 x 2/3',
    () => [0.5, 0.7, 0.85].map((share) => percent(savedByMoving(1, share, 3, 1).share)),
    ['33.3 %', '46.7 %', '56.7 %'],
  ],
];

describe('the worked examples, by the formulas', () => {
  it.each(ROWS)('%s: %s', (_row, _arithmetic, computed, expected) => {
    expect(computed()).toEqual(expected);
  });
});

describe('the worked examples, by a whole projection', () => {
  it('a: 70 % of a million requests begin, and end, on the cheap tier', () => {
    const result = twoTiers(1e6, 0.7, { input: 500, output: 200 }, [1, 5], [3, 15]);
    expect([result.allFrontierUsd, result.allCheapestUsd, result.monthlyUsd].map(cents)).toEqual([
      '4500.00',
      '1500.00',
      '2400.00',
    ]);
    expect(percent(result.saving.share)).toBe('46.7 %');
  });

  it('b: a seat of 150,000 requests brings in less than it costs, either way', () => {
    const result = twoTiers(150_000, 0.6, { input: 1000, output: 0 }, [0.5, 0], [20, 0], 300);
    expect([result.monthlyUsd, result.allFrontierUsd].map(cents)).toEqual(['1245.00', '3000.00']);
    expect([result.margin?.allFrontier, result.margin?.routed].map((share) => percent(share ?? 0))).toEqual([
      '-900.0 %',
      '-315.0 %',
    ]);
  });

  it('c and d: the moved share of the calls', () => {
    const c = twoTiers(1.2e6, 0.68, { input: 800, output: 200 }, [0.15, 0.6], [2.5, 10]);
    const d = twoTiers(50_000 * MONTH.days, 0.65, { input: 300, output: 0 }, [0.8, 0], [3, 0]);
    expect([c, d].map(({ monthlyUsd, saving }) => [cents(monthlyUsd), percent(saving.share)])).toEqual([
      ['1731.84', '63.9 %'],
      ['706.50', '47.7 %'],
    ]);
  });

  it('e: a classifier call for each of a million requests', () => {
    const result = projectScenario(
      aScenario({
        volume: 1e6,
        tiers: [rentedTier('sorter', 1, 5), rentedTier('frontier', 3, 15)],
        tasks: [
          aTaskOf(
            'task',
            [{ tier: 'frontier', start: 1, climb: 0 }],
            { input: 500, output: 200 },
            {
              choosing: [{ tier: 'sorter', input: 100, output: 50 }],
            },
          ),
        ],
      }),
    );
    expect(cents(result.perPurpose.classifier.usd)).toBe('350.00');
    expect(cents(result.monthlyUsd)).toBe('4850.00');
  });

  it('g: the load at which a g5.xlarge breaks even with a tier at $0.20 a million tokens', () => {
    const result = twoTiers(1e6, 0.5, { input: 500, output: 500 }, [0.2, 0.2], [4, 20]);
    const g5 = result.selfHosting?.instances.find(({ instance }) => instance === 'g5.xlarge');
    expect(g5?.breakEvenTokensPerSecond.toFixed(0)).toBe('1397');
  });

  it('h: two H100 all month, whatever is asked of them', () => {
    const result = projectScenario(
      aScenario({
        volume: 1,
        tiers: [gpuTier('own', hourlyUsd('p5.4xlarge'), 5000, 2, 2)],
        tasks: [aTaskOf('task', [{ tier: 'own', start: 1, climb: 0 }], { input: 500, output: 200 })],
      }),
    );
    expect([cents(result.gpu.usd), result.gpu.hours]).toEqual(['9907.20', 1440]);
  });

  it('i: what moving 60 % saves, less a GPU that stands beside it', () => {
    const { usd } = twoTiers(100_000, 0.6, { input: 1000, output: 0 }, [0.5, 0], [20, 0]).saving;
    const idle = gpuTier('spare', hourlyUsd('g5.xlarge'), 1000);
    const result = twoTiers(100_000, 0.6, { input: 1000, output: 0 }, [0.5, 0], [20, 0], undefined, [idle]);
    expect([cents(result.allFrontierUsd), cents(usd), cents(result.gpu.usd), cents(result.saving.usd)]).toEqual([
      '2000.00',
      '1170.00',
      '724.32',
      '445.68',
    ]);
  });

  it.each([
    [0.15, '5.71'],
    [0.25, '3.64'],
  ])('j: everything pays the cheap call first, and %s of it the frontier too', (climb, factor) => {
    const result = projectScenario(
      aScenario({
        volume: 1e6,
        tiers: [rentedTier('cheap', 0.5, 0), rentedTier('frontier', 20, 0)],
        tasks: [
          aTaskOf(
            'task',
            [
              { tier: 'cheap', start: 1, climb },
              { tier: 'frontier', start: 0, climb: 0 },
            ],
            { input: 1000, output: 0 },
          ),
        ],
      }),
    );
    expect((result.allFrontierUsd / result.monthlyUsd).toFixed(2)).toBe(factor);
    expect(result.cascades.task?.savingFactor.toFixed(2)).toBe(factor);
    expect(result.cascades.task?.breakEvenShare).toBeCloseTo(1 - CHEAP / FRONTIER, 12);
  });

  it.each([
    [0.5, '33.3 %'],
    [0.7, '46.7 %'],
    [0.85, '56.7 %'],
  ])('l: %s to a model three times cheaper', (share, saved) => {
    const result = twoTiers(1000, share, { input: 500, output: 200 }, [1, 5], [3, 15]);
    expect(percent(result.saving.share)).toBe(saved);
  });
});

/** A share of the requests on the cheap tier, the rest on the frontier, and nothing climbs. */
function twoTiers(
  volume: number,
  share: number,
  tokens: { input: number; output: number },
  [cheapInput, cheapOutput]: readonly [number, number],
  [input, output]: readonly [number, number],
  revenueUsd?: number,
  beside: readonly ReturnType<typeof gpuTier>[] = [],
) {
  const rungs = [
    { tier: 'cheap', start: share, climb: 0 },
    { tier: 'frontier', start: 1 - share, climb: 0 },
  ];
  return projectScenario(
    aScenario({
      volume,
      tiers: [...beside, rentedTier('cheap', cheapInput, cheapOutput), rentedTier('frontier', input, output)],
      tasks: [aTaskOf('task', rungs, tokens)],
      ...(revenueUsd !== undefined && { revenueUsd }),
    }),
  );
}
