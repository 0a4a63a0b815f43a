import { describe, expect, it } from 'vitest';
import type { RouterAlarms } from '../../lib/constructs/router-alarms';
import { embeddedMetrics } from '../../lib/core/telemetry/embedded-metrics';
import { deployedAlarms, deskPolicy, type Kinds, measured, ROUTER, servedKinds, TASK } from './a-desk';
import { type Datapoint, type Datapoints, keyOf, readLines } from './datapoints';
import { Minutes } from './minutes';
import { TemplateAlarm } from './template-alarm';
import { binomialDraws, evenly } from './traffic';

const DAY = 1440;
const DRAWS = 100;

/** Compiled from one template: the baseline of its policy is in none of its alarms. */
const ALARMS = alarmsOf(deployedAlarms());

function alarmsOf(alarms: RouterAlarms): readonly TemplateAlarm[] {
  const task = alarms.forTask(TASK);
  return [
    task.escalationAboveFiveMinutes,
    task.escalationBelowFiveMinutes,
    task.escalationAboveOneDay,
    task.escalationBelowOneDay,
  ].map((alarm) => new TemplateAlarm(alarm));
}

const [ABOVE_FIVE_MINUTES, BELOW_FIVE_MINUTES, ABOVE_ONE_DAY, BELOW_ONE_DAY] = ALARMS as [
  TemplateAlarm,
  TemplateAlarm,
  TemplateAlarm,
  TemplateAlarm,
];

interface Traffic {
  readonly requestsPerPeriod: number;
  readonly days: number;
  /** Of each minute. */
  readonly rate: (minute: number) => number;
}

/** What the router emits for one request of each kind. */
async function emittedKinds(baseline: string): Promise<Kinds<Datapoints>> {
  const policy = deskPolicy({ baseline });
  const { plain, climbed, upRouted } = await servedKinds(policy);
  const emitted = (record: typeof plain) => ofAlarms(readLines(embeddedMetrics(record, ROUTER, policy)));
  return { plain: emitted(plain), climbed: emitted(climbed), upRouted: emitted(upRouted) };
}

const READ = ['Requests', 'UpRoutes', 'Escalations', 'Rate', 'High', 'Low'].map((name) =>
  keyOf(name.length > 4 ? name : `BaselineEscalation${name}`, { Router: ROUTER, Task: TASK }),
);

/** Only what the alarms read: the rest would make the simulation slow and change nothing. */
function ofAlarms(points: Datapoints): Datapoints {
  return new Map([...points].filter(([key]) => READ.includes(key)));
}

/** What stands in CloudWatch after such traffic; of what escalates half is sent up, half climbs. */
function simulate(
  { requestsPerPeriod, days, rate }: Traffic,
  kinds: Kinds<Datapoints> | ((minute: number) => Kinds<Datapoints>),
  seed: number,
): Minutes {
  const kindsAt = typeof kinds === 'function' ? kinds : () => kinds;
  const minutes = new Minutes(days * DAY);
  const requestsOf = evenly(requestsPerPeriod, 5);
  const draws = new Map<number, (n: number) => number>();
  for (let minute = 0; minute < minutes.length; minute++) {
    const [n, chance] = [requestsOf(minute), rate(minute)];
    const draw = draws.get(chance) ?? binomialDraws(chance, seed * 1000 + draws.size);
    draws.set(chance, draw);
    const escalated = draw(n);
    const up = Math.floor(escalated / 2);
    const { plain, climbed, upRouted } = kindsAt(minute);
    minutes.put(minute, plain, n - escalated);
    minutes.put(minute, climbed, escalated - up);
    minutes.put(minute, upRouted, up);
  }
  return minutes.close();
}

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function paging(minutes: Minutes, from = 1, until = minutes.length): number | undefined {
  const first = ALARMS.flatMap((alarm) => alarm.firstRaised(minutes, from, until) ?? []);
  return first.length === 0 ? undefined : Math.min(...first);
}

const FIFTH = await emittedKinds(measured(2000, 10_000));

describe('what the router emits', () => {
  it('for many requests adds up to what it emits for one, so many times', async () => {
    const policy = deskPolicy({ baseline: measured(2000, 10_000) });
    const { plain, climbed, upRouted } = await servedKinds(policy);
    const lines = [...Array(7).fill(plain), ...Array(3).fill(climbed), ...Array(2).fill(upRouted)].flatMap((record) =>
      embeddedMetrics(record, ROUTER, policy),
    );
    const whole = readLines(lines);
    expect(whole.get(keyOf('Requests', { Router: ROUTER, Task: TASK }))?.sum).toBe(12);
    expect(whole.get(keyOf('UpRoutes', { Router: ROUTER, Task: TASK }))?.sum).toBe(2);
    expect(whole.get(keyOf('Escalations', { Router: ROUTER, Task: TASK }))?.sum).toBe(3);
    const minutes = new Minutes(1);
    minutes.put(0, FIFTH.plain, 7);
    minutes.put(0, FIFTH.climbed, 3);
    minutes.put(0, FIFTH.upRouted, 2);
    minutes.close();
    expect([...minutes.keys()].sort()).toEqual([...READ].sort());
    for (const key of READ) {
      const { sum, count, max, min } = whole.get(key) as Datapoint;
      expect(minutes.statistic(key, 'Sum', 0, 1)).toBeCloseTo(sum, 9);
      expect(minutes.statistic(key, 'SampleCount', 0, 1)).toBe(count);
      expect(minutes.statistic(key, 'Maximum', 0, 1)).toBe(max);
      expect(minutes.statistic(key, 'Minimum', 0, 1)).toBe(min);
    }
  });
});

describe('the escalation alarms of the template, over what the router emits', () => {
  it('do not page in a week at the baseline, in at least 95 of 100 draws', () => {
    const traffic = { requestsPerPeriod: 6000, days: 7, rate: () => 0.2 };
    const paged = seeds(DRAWS).filter((seed) => paging(simulate(traffic, FIFTH, seed)) !== undefined);
    expect(paged.length).toBeLessThanOrEqual(5);
  }, 120_000);

  it.each([
    ['a step of +20 %', 0.24, ABOVE_FIVE_MINUTES],
    ['a drop of 30 %, as of an oracle that passes everything it may', 0.14, BELOW_FIVE_MINUTES],
  ])('catch %s within three periods, in at least 90 of 100 draws', (_name, after, alarm) => {
    const step = 60;
    const traffic = { requestsPerPeriod: 6000, days: 1 / 12, rate: (minute: number) => (minute < step ? 0.2 : after) };
    const caught = seeds(DRAWS).filter((seed) => {
      const minutes = simulate(traffic, FIFTH, seed);
      expect(paging(minutes, 1, step)).toBeUndefined();
      return alarm.firstRaised(minutes, step + 1, step + 15) !== undefined;
    });
    expect(caught.length).toBeGreaterThanOrEqual(90);
  });

  it('judge 1,000 requests a day over the long window alone', () => {
    const requestsPerPeriod = 1000 / 288;
    const quiet = { requestsPerPeriod, days: 7, rate: () => 0.2 };
    const paged = seeds(DRAWS).filter((seed) => paging(simulate(quiet, FIFTH, seed)) !== undefined);
    expect(paged.length).toBeLessThanOrEqual(5);
    const doubled = { requestsPerPeriod, days: 4, rate: (minute: number) => (minute < 2 * DAY ? 0.2 : 0.4) };
    const caught = seeds(DRAWS).filter((seed) => {
      const minutes = simulate(doubled, FIFTH, seed);
      for (const alarm of [ABOVE_FIVE_MINUTES, BELOW_FIVE_MINUTES]) expect(alarm.firstRaised(minutes)).toBeUndefined();
      return paging(minutes, 2 * DAY + 1, 3 * DAY) !== undefined;
    });
    expect(caught.length).toBeGreaterThanOrEqual(90);
  }, 120_000);

  it('never page on 30 requests a day, whatever becomes of them', () => {
    for (const rate of [0, 0.2, 1]) {
      const traffic = { requestsPerPeriod: 30 / 288, days: 7, rate: () => rate };
      for (const seed of seeds(5)) expect(paging(simulate(traffic, FIFTH, seed))).toBeUndefined();
    }
  });

  it('judge a baseline of nothing by its upper bound', async () => {
    const none = await emittedKinds(measured(0, 10_000));
    const within = { requestsPerPeriod: 6000, days: 7, rate: () => 0.0002 };
    const paged = seeds(20).filter((seed) => paging(simulate(within, none, seed)) !== undefined);
    expect(paged).toEqual([]);
    const step = 60;
    const beyond = { requestsPerPeriod: 6000, days: 1 / 12, rate: (minute: number) => (minute < step ? 0 : 0.02) };
    for (const seed of seeds(20)) expect(paging(simulate(beyond, none, seed), step + 1, step + 15)).toBeDefined();
  });

  it('judge no task without a baseline', async () => {
    const without = await emittedKinds('{}');
    const traffic = { requestsPerPeriod: 6000, days: 2, rate: (minute: number) => (minute < DAY ? 0 : 1) };
    expect(paging(simulate(traffic, without, 1))).toBeUndefined();
  });
});

describe('a baseline that is published while the traffic is what it is', async () => {
  const TENTH = await emittedKinds(measured(1000, 10_000));
  const PUBLISHED = 2 * DAY;

  /** From the third day on held to another baseline than before. */
  function published(rate: number, before: Kinds<Datapoints>, after: Kinds<Datapoints>): Minutes {
    const kindsAt = (minute: number) => (minute < PUBLISHED ? before : after);
    return simulate({ requestsPerPeriod: 600, days: 4, rate: () => rate }, kindsAt, 1);
  }

  it.each([
    ['the first', 'before it', 0.6, 0.2],
    ['gone with the next policy', 'after it', 0.2, 0.6],
  ])('and is %s is held against nothing that came %s', async (_name, when, before, after) => {
    const without = await emittedKinds('{}');
    const kindsAt = (minute: number) => (minute < PUBLISHED === (when === 'before it') ? without : FIFTH);
    const rate = (minute: number) => (minute < PUBLISHED ? before : after);
    const minutes = simulate({ requestsPerPeriod: 600, days: 4, rate }, kindsAt, 1);
    expect(paging(minutes)).toBeUndefined();
  });

  it('and is the first is judged over a day once it has stood for one', async () => {
    const without = await emittedKinds('{}');
    const kindsAt = (minute: number) => (minute < PUBLISHED ? without : TENTH);
    const minutes = simulate({ requestsPerPeriod: 600, days: 4, rate: () => 0.2 }, kindsAt, 1);
    const raised = ABOVE_ONE_DAY.firstRaised(minutes) ?? 0;
    expect(raised).toBeGreaterThan(PUBLISHED + 0.98 * DAY);
    expect(raised).toBeLessThanOrEqual(PUBLISHED + DAY);
  });

  it.each([
    ['rise', 0.2, TENTH, FIFTH, ABOVE_ONE_DAY],
    ['fall', 0.1, FIFTH, TENTH, BELOW_ONE_DAY],
  ] as const)(
    'that allows a %s silences the alarm over a day at once, and raises no other',
    (_name, rate, before, after, alarm) => {
      const minutes = published(rate, before, after);
      expect(alarm.isRaised(minutes, PUBLISHED)).toBe(true);
      expect(paging(minutes, PUBLISHED + 10)).toBeUndefined();
      expect(alarm.isRaised(minutes, PUBLISHED + 1)).toBe(false);
    },
  );

  it.each([
    ['rise', 0.2, FIFTH, TENTH, ABOVE_FIVE_MINUTES, ABOVE_ONE_DAY],
    ['fall', 0.1, TENTH, FIFTH, BELOW_FIVE_MINUTES, BELOW_ONE_DAY],
  ] as const)(
    'that forbids a %s is judged by the alarm over five minutes at once, over a day when the day has turned',
    (_name, rate, before, after, short, long) => {
      const minutes = published(rate, before, after);
      expect(paging(minutes, 1, PUBLISHED)).toBeUndefined();
      expect(short.firstRaised(minutes, PUBLISHED)).toBeLessThanOrEqual(PUBLISHED + 10);
      expect(long.firstRaised(minutes, PUBLISHED)).toBe(PUBLISHED + DAY);
    },
  );
});
