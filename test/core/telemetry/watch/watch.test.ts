import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../../lib/core/durations';
import type { Placed } from '../../../../lib/core/telemetry/rollup/placed';
import type { Sums } from '../../../../lib/core/telemetry/rollup/sums';
import { WATCH_SIGNALS } from '../../../../lib/core/telemetry/signals';
import { NO_STATE, type WatchOutcome, type WatchState } from '../../../../lib/core/telemetry/watch/nouns';
import { watch } from '../../../../lib/core/telemetry/watch/watch';
import type { Baseline } from '../../../../lib/core/types-policy';
import { anInput, FIVE_MINUTES_MS, foundOf, leftOut, NOON_MS, read, type Traffic, traffic, triage } from './watching';

const BASELINE: Baseline = {
  escalationRate: 0.2,
  low: 0.19,
  high: 0.21,
  n: 10_000,
  mix: { small: 0.8, frontier: 0.2 },
  profiledAt: '2026-11-01T00:00:00Z',
};

const STEADY = { requests: 1000, attempts: 1080, upRoutes: 120, escalations: 80, frontierCostUsd: 10, costUsd: 4 };
const CLIMBING = { ...STEADY, escalations: 380 };

/** Evaluations one after the other, five minutes apart, each with the state that the one before left as JSON. */
function evaluate(rollups: readonly Traffic[], input: Parameters<typeof anInput>[0] = {}): WatchOutcome[] {
  let state: WatchState = NO_STATE;
  return rollups.map((what, index) => {
    const atMs = NOON_MS + index * FIVE_MINUTES_MS;
    const outcome = watch(anInput({ atMs, ...input, rollup: traffic(what), state: JSON.parse(JSON.stringify(state)) }));
    state = outcome.state;
    return outcome;
  });
}

function last(outcomes: readonly WatchOutcome[]): WatchOutcome {
  return outcomes[outcomes.length - 1] as WatchOutcome;
}

function setOf(task: string | undefined, tier: string | undefined): string {
  if (task !== undefined) return 'task';
  return tier === undefined ? 'router' : 'tier';
}

const tasks = [triage({ baseline: BASELINE })];

describe('the watch', () => {
  it('reads rates of the last five minutes, and how far they are from the baseline', () => {
    const outcome = last(evaluate([{ tasks: { triage: STEADY } }], { tasks }));
    const about = { task: 'triage' };
    expect(read(outcome, 'EscalationRate', about)).toBe(0.2);
    expect(read(outcome, 'UpRouteRate', about)).toBe(0.12);
    expect(read(outcome, 'ClimbRate', about)).toBe(0.08);
    expect(read(outcome, 'EscalationDeviation', about)).toBeCloseTo(0, 12);
    expect(read(outcome, 'EscalationExcess', about)).toBe(0);
    expect(read(outcome, 'EscalationExcess')).toBe(0);
    expect(read(outcome, 'RetryAmplification', about)).toBe(1);
    expect(read(outcome, 'BaselineAge', about)).toBe(21.5);
    expect(read(outcome, 'WatchHeartbeat')).toBe(1);
  });

  it('emits what its rows say, all of it and no more, in the sets of dimensions that they say', () => {
    const inputs = { promptLength: { edges: [5], shares: [1, 0] } };
    const known = { controlled: 40, controlServedPasses: 40, controlReferencePasses: 40, routesKnown: 40 };
    const rollup = traffic({
      tasks: { triage: { ...STEADY, ...known } },
      tiers: { small: { costUsd: 4 } },
      mix: { triage: { '-': { small: 800, frontier: 200 } } },
      inputs: { triage: { promptLength: { '1.0': 1000 } } },
    });
    const input = anInput({
      tasks: [triage({ baseline: { ...BASELINE, inputs } })],
      rollup,
      month: { fromMs: NOON_MS - 15 * DAY_MS, rollup },
    });
    const { readings } = watch({ ...input, policy: { ...input.policy, projection: { perTier: { small: 8 } } } });
    const emitted = readings.map(({ name, task, tier, unit }) => `${name} ${setOf(task, tier)} ${unit}`);
    const rows = WATCH_SIGNALS.flatMap(({ name, within, unit }) => within.map((set) => `${name} ${set} ${unit}`));
    expect(emitted.sort()).toEqual(rows.sort());
  });

  it('says nothing of a task without requests, and does not judge one without a baseline', () => {
    const silent = watch(anInput({ tasks }));
    expect(silent.readings.map(({ name }) => name).sort()).toEqual(['BaselineAge', 'NetSavingUsd', 'WatchHeartbeat']);
    const unknown = last(evaluate([{ tasks: { triage: CLIMBING } }, { tasks: { triage: CLIMBING } }]));
    expect(read(unknown, 'EscalationRate', { task: 'triage' })).toBe(0.5);
    expect(read(unknown, 'EscalationDeviation', { task: 'triage' })).toBeNull();
    expect(read(unknown, 'EscalationExcess', { task: 'triage' })).toBeNull();
    expect(read(unknown, 'EscalationExcess')).toBeNull();
  });

  it('counts drift only once two evaluations running find it, in any window', () => {
    const [first, second, third] = evaluate(
      [{ tasks: { triage: CLIMBING } }, { tasks: { triage: CLIMBING } }, { tasks: { triage: STEADY } }],
      { tasks },
    ) as [WatchOutcome, WatchOutcome, WatchOutcome];
    expect(read(first, 'EscalationExcess', { task: 'triage' })).toBe(0);
    expect(read(second, 'EscalationExcess', { task: 'triage' })).toBeCloseTo(0.5 / 0.2 - 1 - 0.15, 12);
    expect(foundOf(second, 'EscalationExcess')).toEqual(['above triage']);
    expect(second.findings[0]?.text).toContain('escalates 50.0 % of 1000 requests, +150.0 % relative');
    expect(read(third, 'EscalationExcess', { task: 'triage' })).toBe(0);
  });

  it('ends a drift with half the evidence that began it, and not where it is merely less', () => {
    const doubtful = { requests: 1000, upRoutes: 100, escalations: 140 };
    const few = { requests: 10, upRoutes: 2, escalations: 2 };
    const band = { requests: 1000, upRoutes: 100, escalations: 125 };
    const rising = [CLIMBING, CLIMBING, doubtful, doubtful, band, doubtful, doubtful];
    const excesses = (all: readonly Traffic[]) =>
      evaluate(all, { tasks }).map((outcome) => read(outcome, 'EscalationExcess', { task: 'triage' }) ?? 0);
    const found = excesses(rising.map((sums) => ({ tasks: { triage: sums } })));
    expect(found.map((excess) => excess > 0)).toEqual([false, true, true, true, false, false, false]);
    expect(found[2]).toBeCloseTo(0.24 / 0.2 - 1 - 0.15, 12);
    const quiet = excesses([CLIMBING, CLIMBING, few, doubtful].map((sums) => ({ tasks: { triage: sums } })));
    expect(quiet.slice(2)).toEqual([0, 0]);
    const once = excesses([CLIMBING, doubtful, doubtful].map((sums) => ({ tasks: { triage: sums } })));
    expect(once).toEqual([0, 0, 0]);
    const turned = excesses(
      [CLIMBING, CLIMBING, { ...STEADY, upRoutes: 50 }].map((sums) => ({ tasks: { triage: sums } })),
    );
    expect(turned[2]).toBe(0);
  });

  it('lets no drift stand by half as many requests as it takes to begin one, or fewer', () => {
    const nightOf = (requests: number) => {
      const sums = { requests, upRoutes: requests, escalations: 0 };
      const night = [CLIMBING, CLIMBING, sums].map((one) => ({ tasks: { triage: one } }));
      return read(last(evaluate(night, { tasks })), 'EscalationExcess', { task: 'triage' }) as number;
    };
    expect([25, 24, 2].map((requests) => nightOf(requests) > 0)).toEqual([true, false, false]);
  });

  it('takes no request that its strategy did not place for one that did not escalate', () => {
    const told = (sums: Partial<Sums>, placed: Placed = {}) => {
      const came = { tasks: { triage: { ...STEADY, ...sums } }, placed: { triage: placed } };
      return last(evaluate([came, came], { tasks }));
    };
    const excessOf = (...of: Parameters<typeof told>) => read(told(...of), 'EscalationExcess', { task: 'triage' });
    const halved = { upRoutes: 60, escalations: 40 };
    expect(excessOf(halved)).toBeCloseTo(0.35, 12);
    for (const why of ['pin', 'override', 'raise', 'unavailable', 'refused'] as const) {
      expect(excessOf(halved, { [why]: leftOut(500) })).toBe(0);
      expect(excessOf({ upRoutes: 0, escalations: 0 }, { [why]: leftOut(1000) })).toBe(0);
    }
    expect(excessOf(halved, { pin: leftOut(250), override: leftOut(250) })).toBe(0);
    // Half of what was left to the router, and it is told of that half.
    const fallen = told({ upRoutes: 30, escalations: 20 }, { override: leftOut(500) });
    expect(fallen.findings[0]?.text).toContain('escalates 10.0 % of 500 requests, -50.0 % relative');
    expect(read(fallen, 'EscalationExcess', { task: 'triage' })).toBeCloseTo(0.35, 12);
    // Up-routes that a raise has left alone are no sample: they hide no fall of the others.
    const hidden = { raise: leftOut(200, { upRoutes: 50 }) };
    expect(excessOf({ requests: 1000, upRoutes: 90, escalations: 40 }, hidden)).toBeCloseTo(0.35, 12);
  });

  it('finds a rise in the rate as it is published, whatever placed the requests', () => {
    const excessOf = (upRoutes: number, placed: Placed) => {
      const came = { tasks: { triage: { ...STEADY, upRoutes, escalations: 0 } }, placed: { triage: placed } };
      return read(last(evaluate([came, came], { tasks })), 'EscalationExcess', { task: 'triage' });
    };
    expect(excessOf(500, { override: leftOut(500) })).toBeCloseTo(1.35, 12);
    // What it has not counted makes no rise: 20 % of all, and all of what a raise left alone.
    expect(excessOf(200, { raise: leftOut(800) })).toBe(0);
  });

  it('does not count a rise and a fall as two running, nor two with an outage between them', () => {
    const falling = { ...STEADY, upRoutes: 0, escalations: 0 };
    const turned = last(evaluate([{ tasks: { triage: CLIMBING } }, { tasks: { triage: falling } }], { tasks }));
    expect(read(turned, 'EscalationExcess', { task: 'triage' })).toBe(0);
    const rollup = traffic({ tasks: { triage: CLIMBING } });
    const { state } = watch(anInput({ tasks, rollup }));
    const later = (ms: number): number | null =>
      read(watch(anInput({ tasks, rollup, state, atMs: NOON_MS + ms })), 'EscalationExcess', { task: 'triage' });
    expect(later(3_600_000)).toBe(0);
    expect(later(FIVE_MINUTES_MS)).toBeGreaterThan(1);
  });

  it('tells the worst task in [Router]', () => {
    const both = [triage({ baseline: BASELINE }), triage({ id: 'answers', baseline: BASELINE })];
    const rollup = { tasks: { triage: CLIMBING, answers: { ...STEADY, escalations: 580 } } };
    const outcome = last(evaluate([rollup, rollup], { tasks: both }));
    expect(read(outcome, 'EscalationExcess')).toBe(read(outcome, 'EscalationExcess', { task: 'answers' }));
    expect(read(outcome, 'EscalationExcess')).toBeGreaterThan(2);
  });

  it('holds no window to a baseline that was published within it', () => {
    const twice = [{ tasks: { triage: CLIMBING } }, { tasks: { triage: CLIMBING } }];
    const published = (ageMs: number) => {
      const outcome = last(evaluate(twice, { tasks, publishedAtMs: NOON_MS - ageMs }));
      return [
        read(outcome, 'EscalationExcess', { task: 'triage' }),
        read(outcome, 'EscalationDeviation', { task: 'triage' }),
      ];
    };
    expect(published(-60_000)).toEqual([0, null]);
    expect(published(0)).toEqual([0, 1.5]);
    expect(published(60_000)).toEqual([0, 1.5]);
    expect(published(FIVE_MINUTES_MS)).toEqual([expect.closeTo(1.35, 9), 1.5]);
  });

  it('goes on judging by a baseline that the next policy keeps', () => {
    const rollup = traffic({ tasks: { triage: CLIMBING } });
    const { state } = watch(anInput({ tasks, rollup }));
    const next = { rollup, state, atMs: NOON_MS + FIVE_MINUTES_MS, publishedAtMs: NOON_MS };
    const kept = watch(anInput({ ...next, tasks }));
    expect(read(kept, 'EscalationExcess', { task: 'triage' })).toBeGreaterThan(1);
    const changed = watch(anInput({ ...next, tasks: [triage({ baseline: { ...BASELINE, high: 0.22 } })] }));
    expect(read(changed, 'EscalationExcess', { task: 'triage' })).toBe(0);
  });

  it('is a function of its input: the same again, and state that survives JSON', () => {
    const rollups = [CLIMBING, STEADY, CLIMBING, CLIMBING].map((sums) => ({ tasks: { triage: sums } }));
    expect(evaluate(rollups, { tasks })).toEqual(evaluate(rollups, { tasks }));
    const { state } = last(evaluate(rollups, { tasks }));
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });

  it('reads traffic of a task that has left the policy, and remembers nothing of it', () => {
    const outcome = watch(anInput({ tasks, rollup: traffic({ tasks: { gone: STEADY } }) }));
    expect(read(outcome, 'EscalationRate', { task: 'gone' })).toBe(0.2);
    expect(read(outcome, 'NetSavingUsd', { task: 'gone' })).toBe(6);
    expect(Object.keys(outcome.state.tasks)).toEqual(['triage']);
  });

  it('takes names that every object knows', () => {
    const odd = watch(
      anInput({
        tasks: [triage({ id: 'constructor' })],
        rollup: traffic({ tasks: { constructor: STEADY } }),
        certificateFaults: {},
      }),
    );
    expect(read(odd, 'EscalationRate', { task: 'constructor' })).toBe(0.2);
    expect(odd.findings).toEqual([]);
    expect(watch(anInput({ tasks: [triage({ id: 'constructor' })], state: odd.state })).findings).toEqual([]);
  });

  it('warns of an old baseline', () => {
    const old = [triage({ baseline: { ...BASELINE, profiledAt: '2026-08-01T00:00:00Z' } })];
    expect(foundOf(watch(anInput({ tasks: old })), 'BaselineAge')).toEqual(['above triage']);
    expect(foundOf(watch(anInput({ tasks })), 'BaselineAge')).toEqual([]);
  });
});

describe('a void certificate', () => {
  const certificateFaults = { triage: 'the oracle has changed' };
  const daysLater = (days: number, faults: Readonly<Record<string, string>> = certificateFaults): WatchOutcome => {
    const { state } = watch(anInput({ tasks, certificateFaults }));
    return watch(anInput({ tasks, certificateFaults: faults, state, atMs: NOON_MS + days * DAY_MS }));
  };

  it('is a finding for the days of grace, and raises the task after them', () => {
    const [before, beyond] = [daysLater(6.99), daysLater(7)];
    expect(before.raises).toEqual([]);
    expect(foundOf(before, 'Certificate')).toEqual(['void triage']);
    expect(before.findings[0]?.text).toContain('from 2026-11-29T12:00:00.000Z it begins one tier higher');
    expect(beyond.raises).toEqual([
      { task: 'triage', rungs: 1, why: 'its certificate is void: the oracle has changed' },
    ]);
    expect(foundOf(beyond, 'Certificate')).toEqual(['void triage']);
  });

  it('is forgotten once it stands again', () => {
    const mended = daysLater(8, {});
    expect(mended.raises).toEqual([]);
    const again = watch(anInput({ tasks, certificateFaults, state: mended.state, atMs: NOON_MS + 9 * DAY_MS }));
    expect(again.raises).toEqual([]);
    expect(again.state.tasks.triage?.voidSinceMs).toBe(NOON_MS + 9 * DAY_MS);
  });
});

describe('schema failures', () => {
  const failing = { tasks: { triage: { requests: 500, attempts: 520, schemaFailures: 100 } } };
  const fine = { tasks: { triage: { requests: 500, attempts: 520, schemaFailures: 20 } } };
  const raising = { tasks: [triage({ onSchemaFailures: 'raise' })] } as const;

  it.each([
    ['over the limit, two evaluations running', failing, ['above triage']],
    ['below the limit', fine, []],
    ['over it within noise', { tasks: { triage: { requests: 60, attempts: 60, schemaFailures: 8 } } }, []],
    ['over it with too few requests', { tasks: { triage: { requests: 49, attempts: 49, schemaFailures: 49 } } }, []],
  ])('are found %s', (_name, what, expected) => {
    const [first, second] = evaluate([what, what]) as [WatchOutcome, WatchOutcome];
    expect(foundOf(first, 'SchemaFailures')).toEqual([]);
    expect(foundOf(second, 'SchemaFailures')).toEqual(expected);
    expect(second.raises).toEqual([]);
  });

  it('raise the task where the policy wants it, and after they have ended', () => {
    const outcomes = evaluate([failing, failing, fine, fine], raising);
    expect(outcomes.map(({ raises }) => raises.length)).toEqual([0, 1, 1, 1]);
    expect(outcomes[3]?.raises).toEqual([
      { task: 'triage', rungs: 1, why: 'its answers broke their schema at 2026-11-22T12:05:00.000Z' },
    ]);
  });

  it('raise it until a person has dealt with them, by word or by publishing', () => {
    const { state } = last(evaluate([failing, failing], raising));
    const later = { ...raising, state, atMs: NOON_MS + 3 * FIVE_MINUTES_MS, rollup: traffic(failing) };
    const dealtAtMs = NOON_MS + 2.5 * FIVE_MINUTES_MS;
    expect(watch(anInput(later)).raises).toHaveLength(1);
    expect(watch(anInput({ ...later, acknowledgedAtMs: { triage: NOON_MS } })).raises).toHaveLength(1);
    expect(watch(anInput({ ...later, acknowledgedAtMs: { triage: dealtAtMs } })).raises).toEqual([]);
    const published = watch(anInput({ ...later, publishedAtMs: dealtAtMs }));
    expect(published.raises).toEqual([]);
    expect(published.state.tasks.triage?.raisedSinceMs).toBeUndefined();
  });

  it('raise it again should they come again', () => {
    const acknowledgedAtMs = { triage: NOON_MS + FIVE_MINUTES_MS };
    const outcomes = evaluate([failing, failing, failing, failing, failing], { ...raising, acknowledgedAtMs });
    // The first to lie wholly after the word is the third; it takes two running.
    expect(outcomes.map(({ raises }) => raises.length)).toEqual([0, 0, 0, 1, 1]);
  });
});
