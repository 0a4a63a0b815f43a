import { describe, expect, it } from 'vitest';
import type { RoutePorts } from '../../lib/core/route';
import { baselineFromRollup } from '../../lib/core/telemetry/baseline-from-rollup';
import { embeddedMetrics } from '../../lib/core/telemetry/embedded-metrics';
import { addRecord, emptyRollup } from '../../lib/core/telemetry/rollup/rollup';
import type { Attribution } from '../../lib/core/types';
import type { Switch, TierState } from '../../lib/core/types-live';
import { deployedAlarms, deskPolicy, type Kinds, measured, NOON_MS, ROUTER, served, servedKinds, TASK } from './a-desk';
import { keyOf, readLines } from './datapoints';
import { Minutes } from './minutes';
import { TemplateAlarm } from './template-alarm';
import { watched } from './watched-desk';

const EXCESS = new TemplateAlarm(deployedAlarms().escalationExcess);
const POLICY = deskPolicy({ baseline: measured(2000, 10_000) });
const LADDER = ['small', 'frontier'];
const USUAL = await servedKinds(POLICY);

/** Periods of five minutes: two hours as ever, one in which something is in the way, three as ever. */
const [BEGINS, ENDS, PERIODS] = [24, 36, 72];

function switched(entry: Partial<Switch>): Partial<RoutePorts> {
  const whole = { reason: 'it is mended', author: 'ada', atMs: NOON_MS, untilMs: NOON_MS + 1, ...entry } as Switch;
  return { switches: () => [whole] };
}

function told(states: Readonly<Record<string, TierState>>): Partial<RoutePorts> {
  const state = ({ id }: { readonly id: string }) => states[id] ?? { breaker: 'closed' as const };
  return { health: { state, admit: () => ({ ended: () => {} }) } };
}

/** The three kinds of request, as they are served meanwhile. */
async function meanwhile(ports: Partial<RoutePorts>): Promise<Kinds<Attribution>> {
  const passes = { small: [{ say: 'billing' }], frontier: [{ say: 'billing' }] };
  const vague = { ...passes, small: [{ say: 'I would say it is a parcel.' }] };
  return {
    plain: await served(POLICY, passes, undefined, ports),
    climbed: await served(POLICY, vague, undefined, ports),
    upRouted: await served(POLICY, passes, 'I want a refund.', ports),
  };
}

const SHARES: Kinds<number> = { plain: 800, climbed: 120, upRouted: 80 };
const KINDS = ['plain', 'climbed', 'upRouted'] as const;

/** The periods after which the alarm on the watch's excess is raised. */
async function raisedAfter(hour: Kinds<Attribution>, usual: Kinds<number> = SHARES): Promise<number[]> {
  const isIn = (period: number) => period >= BEGINS && period < ENDS;
  const loads = KINDS.flatMap((kind) => [
    {
      record: USUAL[kind],
      requests: (period: number) => (isIn(period) ? 0 : (period < BEGINS ? SHARES : usual)[kind]),
    },
    { record: hour[kind], requests: (period: number) => (isIn(period) ? SHARES[kind] : 0) },
  ]);
  const minutes = new Minutes(PERIODS * 5 + 5);
  let period = 0;
  for await (const points of watched({ policy: POLICY, periods: PERIODS, loads })) {
    period += 1;
    minutes.put(period * 5, points);
  }
  minutes.close();
  const ends = Array.from({ length: PERIODS }, (_, index) => index + 1);
  return ends.filter((end) => EXCESS.isRaised(minutes, end * 5 + 1));
}

const RESTS: TierState = { breaker: 'open', retryAfterMs: 1000 };

const HOURS: readonly [string, Partial<RoutePorts>][] = [
  ['the first tier is switched off', switched({ kind: 'tier-disabled', tier: 'small' })],
  ['the breaker of the first tier is open', told({ small: RESTS })],
  ['the breaker of every higher tier is open', told({ frontier: RESTS })],
  [
    'every higher tier is full',
    told({ frontier: { breaker: 'closed', full: { reason: 'rate-limit', detail: 'full' } } }),
  ],
  ['no tier is left', told({ small: RESTS, frontier: RESTS })],
  ['the task is overridden', switched({ kind: 'task-override', task: TASK, tier: 'frontier' })],
  ['the task is overridden to its first tier', switched({ kind: 'task-override', task: TASK, tier: 'small' })],
  ['the task is raised', switched({ kind: 'task-raised', task: TASK, rungs: 1 })],
];

describe('an hour in which', () => {
  it.each(HOURS)('%s pages no fall and no rise, then or later', async (_name, ports) => {
    const hour = await meanwhile(ports);
    expect(await raisedAfter(hour)).toEqual([]);
  });

  it.each(HOURS)('%s is no part of a baseline that is made of it, but its inputs', async (_name, ports) => {
    const hour = await meanwhile(ports);
    const [whole, without] = [emptyRollup(), emptyRollup()];
    for (const kind of KINDS) {
      for (let count = 0; count < SHARES[kind] / 40; count++) {
        for (const rollup of [whole, without]) addRecord(rollup, USUAL[kind]);
        addRecord(whole, hour[kind]);
      }
    }
    const task = { id: TASK, ladder: LADDER };
    const [found, expected] = [baselineFromRollup(whole, task), baselineFromRollup(without, task)];
    expect(expected).toMatchObject({ n: 25, escalationRate: 0.2 });
    expect({ ...found, costUsd: 0, inputs: {} }).toEqual({ ...expected, costUsd: 0, inputs: {} });
    expect(found?.costUsd).toBeCloseTo(expected?.costUsd ?? 0, 12);
  });

  it.each(HOURS)('%s hides no fall that comes after it', async (_name, ports) => {
    const hour = await meanwhile(ports);
    const [first] = await raisedAfter(hour, { plain: 900, climbed: 50, upRouted: 50 });
    expect(first).toBeGreaterThan(ENDS);
    expect(first).toBeLessThanOrEqual(ENDS + 3);
  });

  it('the first tier is full counts as a rise, for every request begins above it', async () => {
    const full = told({ small: { breaker: 'closed', full: { reason: 'queue-full', detail: 'full' } } });
    const hour = await meanwhile(full);
    expect(KINDS.map((kind) => hour[kind].upRouted)).toEqual([1, 1, 1]);
    expect((await raisedAfter(hour))[0]).toBe(BEGINS + 2);
  });
});

describe('what is published of such an hour', () => {
  it.each(HOURS)('counts every request where %s', async (_name, ports) => {
    const { plain } = await meanwhile(ports);
    const points = readLines(embeddedMetrics(plain, ROUTER, POLICY));
    const sumOf = (name: string) => points.get(keyOf(name, { Router: ROUTER, Task: TASK }))?.sum;
    expect([sumOf('Requests'), sumOf('UpRoutes'), sumOf('Escalations')]).toEqual([1, 0, 0]);
  });
});
