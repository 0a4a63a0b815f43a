import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Store } from '../../../lambda/shared/store/port';
import { stretchAt } from '../../../lambda/shared/store/stretch';
import { createPolicyReader } from '../../../lambda/watch/watched-policy';
import { HOUR_MS, MINUTE_MS } from '../../../lib/core/durations';
import { aSettlingStore, aWatcher, type Clock, NOON_MS, nthRecord, type Published, twoTasksDocument } from './a-day';

const EVERY_MS = 5 * MINUTE_MS;
const MOST_KILLS = 6;
const BEGIN_MS = NOON_MS - 25 * MINUTE_MS;

class Killed extends Error {}

/**
 * Ends a process at its nth call to the world, in however late a run, before or after the call has had its effect:
 * nothing works from then on.
 */
interface Killing {
  calls: number;
  readonly atCall: number;
  readonly afterEffect: boolean;
}

function killable<Part extends object>(part: Part, killing: Killing): Part {
  return new Proxy(part, {
    get(target, name) {
      const member = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...values: unknown[]) => {
        killing.calls += 1;
        if (killing.calls > killing.atCall) throw new Killed();
        if (killing.calls < killing.atCall) return member.apply(target, values);
        if (killing.afterEffect) await member.apply(target, values);
        throw new Killed();
      };
    },
  });
}

interface Kill {
  /** Runs that come to their end before. */
  readonly afterRuns: number;
  readonly atCall: number;
  readonly afterEffect: boolean;
  /** Runs of the schedule that do not take place afterwards. */
  readonly missed?: number;
}

/** Another baseline comes into force, or the first version that was ever published. */
interface Publication {
  readonly atSecond: number;
  readonly escalationRate: number | 'rollback';
}

interface While {
  readonly minutes: number;
  readonly beginMs: number;
  readonly publications: readonly Publication[];
}

interface Outcome {
  readonly rollups: unknown;
  readonly watch: unknown;
  readonly raised: unknown;
  readonly published: Map<string, Set<number>>;
  readonly kills: number;
}

/** By default an hour and a quarter around noon, and then what is left to do. Traffic goes on whatever becomes of the watch function. */
async function aWhile(
  kills: readonly Kill[],
  { minutes = 75, beginMs = BEGIN_MS, publications = [] }: Partial<While> = {},
): Promise<Outcome> {
  const clock: Clock = { nowMs: beginMs };
  const store = aSettlingStore(clock);
  const published = new Map<string, Set<number>>();
  const left = [...kills];
  const awaited = [...publications];
  let ended = 0;
  let happened = 0;
  let missed = 0;
  let n = 0;
  let killing: Killing | undefined;
  let watcher = start(store, clock, published);
  while (clock.nowMs < beginMs + minutes * MINUTE_MS) {
    await come(store, clock, {
      next: () => nthRecord(n++, n > 150 && n < 430 ? brokenSchema() : {}),
      endMinute: () => publish(store, clock, beginMs, awaited),
    });
    if (missed > 0) {
      missed -= 1;
      continue;
    }
    const next = left[0];
    if (killing === undefined && next !== undefined && next.afterRuns <= ended) {
      killing = { calls: 0, ...next };
      watcher = start(store, clock, published, killing);
      left.shift();
    }
    const how = await ending(watcher);
    if (how === 'done') ended += 1;
    if (how === 'killed') {
      happened += 1;
      missed = next?.missed ?? 0;
      killing = undefined;
      watcher = start(store, clock, published);
    }
  }
  if (killing !== undefined) watcher = start(store, clock, published);
  for (let index = 0; index < 2 + MOST_KILLS; index += 1) {
    clock.nowMs += EVERY_MS;
    await watcher.run();
  }
  return { ...(await read(store)), published, kills: happened };
}

/** A share of the answers of one task, whose sum says that it is to be raised. */
function brokenSchema() {
  const verdict = { oracle: 'json-schema', pass: false };
  const attempt = { tier: 'small', model: 'm', location: 'vpc', outcome: 'answered', verdict, costUsd: 0.001 };
  return { task: 'letters', attempts: [attempt] } as unknown as Parameters<typeof nthRecord>[1];
}

/** Two records a minute and a word on one of them, save in ten minutes of silence; then it is five minutes later. */
async function come(
  store: Store,
  clock: Clock,
  { next, endMinute }: { readonly next: () => ReturnType<typeof nthRecord>; readonly endMinute: () => Promise<void> },
): Promise<void> {
  for (let minute = 0; minute < 5; minute += 1) {
    const isSilent = clock.nowMs >= NOON_MS + 20 * MINUTE_MS && clock.nowMs < NOON_MS + 30 * MINUTE_MS;
    for (let index = 0; index < (isSilent ? 0 : 20); index += 1) {
      const record = next();
      await store.attributions.put(record);
      if (index > 0) continue;
      const { requestId, task, tier } = record;
      const told = { requestId, task, tier, time: record.time, upRouted: 0, escalated: 0 } as const;
      await store.attributions.putFeedback({ ...told, outcome: 'rejected', downstreamUsd: 0.1 / 3 });
    }
    await endMinute();
    clock.nowMs += MINUTE_MS;
  }
}

/** What comes into force in this minute, at its second. */
async function publish(store: Store, clock: Clock, beginMs: number, awaited: Publication[]): Promise<void> {
  const minuteMs = clock.nowMs;
  for (
    let [one] = awaited;
    one !== undefined && beginMs + one.atSecond * 1000 < minuteMs + MINUTE_MS;
    [one] = awaited
  ) {
    awaited.shift();
    clock.nowMs = beginMs + one.atSecond * 1000;
    const expectedActive = (await store.policies.active())?.version ?? null;
    const { escalationRate } = one;
    const draft = { author: 'ada', message: 'another', expectedActive };
    if (escalationRate !== 'rollback')
      await store.policies.publish({ ...draft, document: twoTasksDocument(escalationRate) });
    else if (expectedActive !== null) await store.policies.activate(1, expectedActive);
  }
  clock.nowMs = minuteMs;
}

function start(store: Store, clock: Clock, published: Map<string, Set<number>>, killing?: Killing) {
  const world = killing ?? { calls: 0, atCall: Number.POSITIVE_INFINITY, afterEffect: false };
  const part = <Name extends keyof Store>(name: Name): Store[Name] =>
    killable(store[name] as object, world) as Store[Name];
  const sink = killable(
    {
      publish: async (readings: readonly Omit<Published, 'atMs'>[], atMs: number) => {
        for (const { name, task, tier, value } of readings) {
          if (name === 'WatchHeartbeat') continue;
          const key = JSON.stringify([atMs, name, task, tier]);
          published.set(key, (published.get(key) ?? new Set()).add(value));
        }
      },
    },
    world,
  );
  return aWatcher(
    {
      attributions: part('attributions'),
      rollups: part('rollups'),
      states: part('states'),
      switches: part('switches'),
    },
    clock,
    {
      publish: (readings, atMs) => sink.publish(readings, atMs),
      policy: createPolicyReader({
        store: part('policies'),
        fallback: { text: JSON.stringify(twoTasksDocument(0.2)), file: 'desk.json' },
        variables: {},
        nowMs: () => clock.nowMs,
      }),
    },
  ).watcher;
}

/** How a run ended: by itself, with nothing done since another has the turn, or by a kill. */
async function ending(watcher: ReturnType<typeof start>): Promise<'done' | 'elsewhere' | 'killed'> {
  try {
    return (await watcher.run()).standing;
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return 'killed';
  }
}

async function read({ rollups, states, switches }: Store): Promise<Omit<Outcome, 'published' | 'kills'>> {
  const spans = ['minute', 'hour', 'day'] as const;
  const list = (span: (typeof spans)[number]) =>
    rollups.list(span, stretchAt(span, NOON_MS - 24 * HOUR_MS), stretchAt(span, NOON_MS + 48 * HOUR_MS));
  const active = await switches.active(NOON_MS + 48 * HOUR_MS);
  return {
    rollups: await Promise.all(spans.map(list)),
    watch: (await states.read('watch'))?.state,
    raised: active.map(({ atMs: _, ...rest }) => rest),
  };
}

/** Every figure of the one is that of the other. */
function expectSame(disturbed: Outcome, undisturbed: Outcome): void {
  expect(disturbed.rollups).toEqual(undisturbed.rollups);
  expect(disturbed.watch).toEqual(undisturbed.watch);
  expect(disturbed.raised).toEqual(undisturbed.raised);
  expect(disturbed.published).toEqual(undisturbed.published);
}

const KILL = fc.record({
  afterRuns: fc.integer({ min: 0, max: 11 }),
  atCall: fc.integer({ min: 1, max: 60 }),
  afterEffect: fc.boolean(),
});

function inOrder<Kind extends { readonly afterRuns: number }>(kill: fc.Arbitrary<Kind>): fc.Arbitrary<Kind[]> {
  return fc
    .array(kill, { minLength: 1, maxLength: MOST_KILLS })
    .map((found) => found.sort((a, b) => a.afterRuns - b.afterRuns));
}

it('gives the same figures to the last digit, wherever the watch function is ended, and however often', async () => {
  const undisturbed = await aWhile([]);
  expect(undisturbed.raised).toMatchObject([{ kind: 'task-raised', task: 'letters', rungs: 1 }]);
  expect(undisturbed.published.size).toBeGreaterThan(150);

  await fc.assert(
    fc.asyncProperty(inOrder(KILL), async (found) => {
      const disturbed = await aWhile(found);
      expect(disturbed.kills).toBeGreaterThan(0);
      expectSame(disturbed, undisturbed);
    }),
    { numRuns: 20 },
  );
}, 120_000);

it('holds each moment to the policy that was in force then, whatever was published and gone back to while it was down', async () => {
  const publications = fc
    .array(
      fc.record({
        atSecond: fc.integer({ min: 0, max: 75 * 60 - 1 }),
        escalationRate: fc.constantFrom<Publication['escalationRate']>(0.02, 0.2, 0.6, 'rollback'),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map((found) => found.sort((a, b) => a.atSecond - b.atSecond));
  const outage = fc.integer({ min: 0, max: 8 }).chain((missed) => KILL.map((kill) => ({ ...kill, missed })));
  await fc.assert(
    fc.asyncProperty(publications, inOrder(outage), async (published, kills) => {
      const undisturbed = await aWhile([], { publications: published });
      const disturbed = await aWhile(kills, { publications: published });
      expect(disturbed.kills).toBeGreaterThan(0);
      expectSame(disturbed, undisturbed);
    }),
    { numRuns: 15 },
  );
}, 120_000);

it('judges by the baseline of the time what it catches up with after another was published', async () => {
  const publications = [
    { atSecond: 0, escalationRate: 0.02 },
    { atSecond: 60 * 60, escalationRate: 0.6 },
  ];
  const outage = { afterRuns: 6, atCall: 1, afterEffect: false, missed: 6 };
  const undisturbed = await aWhile([], { publications });
  expectSame(await aWhile([outage], { publications }), undisturbed);
  const excess = [...undisturbed.published].flatMap(([key, values]) => {
    const [atMs, name, task] = JSON.parse(key) as [number, string, string?];
    return name === 'EscalationExcess' && task === 'triage' ? [[(atMs - BEGIN_MS) / MINUTE_MS, ...values]] : [];
  });
  const judged = excess.filter(([minute = 0]) => minute >= 30 && minute < 45).map(([, value]) => value);
  expect(judged).toHaveLength(3);
  expect(Math.min(...(judged as number[]))).toBeGreaterThan(2);
}, 60_000);

it('may be ended at every single call of the run that completes an hour', async () => {
  const beginMs = NOON_MS - 15 * MINUTE_MS;
  // That run is the last of them.
  const minutes = 20;
  const undisturbed = await aWhile([], { minutes, beginMs });
  let kills = 0;
  for (let atCall = 1; atCall - 1 === kills; atCall += 1) {
    const disturbed = await aWhile([{ afterRuns: 3, atCall, afterEffect: atCall % 2 === 0 }], { minutes, beginMs });
    kills += disturbed.kills;
    expect({ atCall, rollups: disturbed.rollups }).toEqual({ atCall, rollups: undisturbed.rollups });
    expect({ atCall, published: disturbed.published }).toEqual({ atCall, published: undisturbed.published });
  }
  expect(kills).toBeGreaterThan(20);
}, 60_000);
