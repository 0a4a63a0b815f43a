import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, it } from 'vitest';
import type { RouterAlarms } from '../../lib/constructs/router-alarms';
import { inputDistribution } from '../../lib/core/analysis/profile/input-distribution';
import { embeddedMetrics } from '../../lib/core/telemetry/embedded-metrics';
import type { Attribution } from '../../lib/core/types';
import { type DeskSettings, deployedAlarms, deskPolicy, measured, ROUTER, served, servedKinds, TASK } from './a-desk';
import { readLines } from './datapoints';
import { Minutes } from './minutes';
import { TemplateAlarm } from './template-alarm';
import { binomialDraws } from './traffic';
import { type Watched, watched } from './watched-desk';

const WEEK = 7 * 288;
const ALARMS: RouterAlarms = deployedAlarms();
const WATCH = ALARMS.watch;
if (WATCH === undefined) throw new Error('the alarms are made for a watch function that runs');

const EXCESS = new TemplateAlarm(ALARMS.escalationExcess);

/** Everything that was put, by the minute at which its period ended. After a crash a run may put the same values again. */
async function minutesOf(desk: Watched, crashedAfter?: number): Promise<Minutes> {
  const minutes = new Minutes(desk.periods * 5 + 5);
  let period = 0;
  for await (const points of watched(desk)) {
    period += 1;
    minutes.put(period * 5, points, period === crashedAfter ? 2 : 1);
  }
  return minutes.close();
}

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** The first period after which an alarm is raised, the first being 1. */
function raisedAfter(alarm: TemplateAlarm, minutes: Minutes): number | undefined {
  const minute = alarm.firstRaised(minutes);
  return minute === undefined ? undefined : Math.ceil(minute / 5) - 1;
}

describe('the alarm on the excess that the watch function finds', async () => {
  const policy = deskPolicy({ baseline: measured(2000, 10_000) });
  const { plain, climbed } = await servedKinds(policy);

  function drawn(requests: number, rate: (period: number) => number, periods: number, seed: number): Watched {
    const draws = new Map<number, (n: number) => number>();
    const escalated = Array.from({ length: periods }, (_, period) => {
      const chance = rate(period);
      const draw = draws.get(chance) ?? binomialDraws(chance, seed * 1000 + draws.size);
      draws.set(chance, draw);
      return draw(requests);
    });
    return {
      policy,
      periods,
      loads: [
        { record: plain, requests: (period) => requests - (escalated[period] as number) },
        { record: climbed, requests: (period) => escalated[period] as number },
      ],
    };
  }

  it('does not page in a week at the baseline, in at least 24 of 25 draws', async () => {
    let paged = 0;
    for (const seed of seeds(25)) {
      const minutes = await minutesOf(drawn(6000, () => 0.2, WEEK, seed));
      paged += Number(EXCESS.firstRaised(minutes) !== undefined);
    }
    expect(paged).toBeLessThanOrEqual(1);
  }, 120_000);

  it.each([
    ['a step of +20 %', 0.24],
    ['a drop of 30 %', 0.14],
  ])('is raised by %s within three periods, in at least 90 of 100 draws', async (_name, after) => {
    let caught = 0;
    for (const seed of seeds(100)) {
      const minutes = await minutesOf(drawn(6000, (period) => (period < 12 ? 0.2 : after), 15, seed));
      const period = raisedAfter(EXCESS, minutes);
      expect(period ?? 13).toBeGreaterThan(12);
      caught += Number(period !== undefined);
    }
    expect(caught).toBeGreaterThanOrEqual(90);
  });

  it('is raised for a task that was published after the deployment', async () => {
    const later = deskPolicy({ baseline: measured(2000, 10_000) });
    const task = { ...later.tasks[TASK], id: 'returns' } as (typeof later.tasks)[string];
    const published = { ...later, tasks: { ...later.tasks, returns: task } };
    const record: Attribution = { ...climbed, task: 'returns' };
    const minutes = await minutesOf({ policy: published, periods: 4, loads: [{ record, requests: () => 1000 }] });
    expect(() => ALARMS.forTask('returns')).toThrow('no task');
    expect(raisedAfter(EXCESS, minutes)).toBe(2);
  });
});

/** Runs a desk on one kind of request and says after how many periods an alarm of it is raised. */
async function raised(
  alarm: TemplateAlarm,
  settings: DeskSettings,
  record: Attribution,
  more: Partial<Watched> = {},
): Promise<number | undefined> {
  const policy = deskPolicy(settings);
  const desk = { policy, periods: 24, loads: [{ record, requests: () => 1000 }], ...more };
  const after = raisedAfter(alarm, await minutesOf(desk));
  const crashed = raisedAfter(alarm, await minutesOf(desk, desk.periods - 4));
  expect(crashed).toBe(after);
  return after;
}

describe('the alarms on the other signals of the watch function', () => {
  const alarm = (name: keyof typeof WATCH): TemplateAlarm => new TemplateAlarm(WATCH[name]);

  it('tell a day on which routing costs more than it saves, and no day on which it saves', async () => {
    const netSaving = alarm('netSaving');
    const { plain, climbed } = await servedKinds(deskPolicy());
    expect(await raised(netSaving, {}, plain, { periods: 300 })).toBeUndefined();
    // A task that always climbs pays for the small tier and for the frontier tier. Half a day must be known.
    expect(await raised(netSaving, {}, climbed, { periods: 300 })).toBe(144);
    const wasGood = [
      { record: plain, requests: (period: number) => (period < 288 ? 1000 : 0) },
      { record: climbed, requests: (period: number) => (period < 288 ? 0 : 100_000) },
    ];
    const turned = (await raised(netSaving, {}, plain, { periods: 600, loads: wasGood })) ?? 0;
    expect(turned).toBeGreaterThan(288);
    expect(turned).toBeLessThan(576);
  });

  it('tell requests that are not what was profiled, once they have come for an hour', async () => {
    const inputDrift = alarm('inputDrift');
    const passes = { small: [{ say: 'billing' }], frontier: [{ say: 'billing' }] };
    const short = await served(deskPolicy(), passes);
    const long = await served(
      deskPolicy(),
      passes,
      `Where is my parcel? ${'It was sent three weeks ago. '.repeat(400)}`,
    );
    const profiled = Object.entries(short.decision.dimensions).map(([name, value]) => {
      const { edges, shares } = inputDistribution(Array(1000).fill(value));
      return `${name}: { edges: [${edges}], shares: [${shares}] }`;
    });
    const baseline = `{ escalationRate: 0.2, low: 0.19, high: 0.21, n: 10000, inputs: { ${profiled.join(', ')} } }`;
    expect(await raised(inputDrift, { baseline }, short)).toBeUndefined();
    expect(await raised(inputDrift, { baseline }, long)).toBe(10);
  });

  it('tell a task that other tiers serve than its baseline intends, once for an hour', async () => {
    const { plain } = await servedKinds(deskPolicy());
    const mix = (small: number) => `{ n: 10000, mix: { small: ${small}, frontier: ${1 - small} } }`;
    expect(await raised(alarm('tierMix'), { baseline: mix(0.98) }, plain)).toBeUndefined();
    expect(await raised(alarm('tierMix'), { baseline: mix(0.75) }, plain)).toBe(10);
  });

  it('tell a tier whose bill runs away from its projection', async () => {
    const { plain } = await servedKinds(deskPolicy());
    const monthly = plain.costUsd * 1000 * 288 * 30;
    const projected = (usd: number) => ({ more: `projection: { perTier: { small: ${usd} } }` });
    const month = { periods: 320, hasMonth: true };
    const billDeviation = alarm('billDeviation');
    expect(await raised(billDeviation, projected(monthly), plain, month)).toBeUndefined();
    expect(await raised(billDeviation, projected(monthly / 1.3), plain, month)).toBeGreaterThan(288);
  });

  it('tell a baseline that is older than the policy allows', async () => {
    const { plain } = await servedKinds(deskPolicy());
    const profiled = (day: string) => ({
      baseline: `{ escalationRate: 0.2, low: 0.19, high: 0.21, profiledAt: ${day} }`,
    });
    expect(await raised(alarm('baselineAge'), profiled('2026-09-01'), plain)).toBeUndefined();
    expect(await raised(alarm('baselineAge'), profiled('2026-08-01'), plain)).toBe(10);
  });

  it('tell a watch function that has stopped, a quarter of an hour later, and a run put twice is one', async () => {
    const { plain } = await servedKinds(deskPolicy());
    const heartbeat = alarm('heartbeat');
    for (const isTwice of [false, true]) {
      const minutes = new Minutes(120);
      let period = 0;
      const desk = { policy: deskPolicy(), periods: 12, loads: [{ record: plain, requests: () => 0 }] };
      for await (const points of watched(desk)) {
        period += 1;
        minutes.put(period * 5, points, isTwice ? 2 : 1);
      }
      expect(heartbeat.firstRaised(minutes.close(), 15)).toBe(76);
    }
  });

  it('tell calls that are repeated, and no climbs', async () => {
    const policy = deskPolicy();
    const { plain, climbed } = await servedKinds(policy);
    const retried = await served(policy, { small: [{ fail: 'unreachable' }, { say: 'billing' }] });
    expect(retried.retries).toBe(1);
    const amplified = new TemplateAlarm(ALARMS.forTask(TASK).retryAmplification as cloudwatch.Alarm);
    const share = async (other: Attribution, of: number) => {
      const loads = [
        { record: plain, requests: () => 1000 * (1 - of) },
        { record: other, requests: () => 1000 * of },
      ];
      const minutes = new Minutes(125);
      let period = 0;
      for await (const points of watched({ policy, periods: 24, loads })) {
        period += 1;
        minutes.put(period * 5, points);
        for (const { record, requests } of loads)
          minutes.put(period * 5 - 1, readLines(embeddedMetrics(record, ROUTER, policy)), requests());
      }
      return amplified.firstRaised(minutes.close());
    };
    expect(await share(retried, 0.05)).toBeUndefined();
    expect(await share(climbed, 0.4)).toBeUndefined();
    expect(await share(retried, 0.3)).toBeDefined();
  });
});
