import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Store } from '../../../lambda/shared/store/port';
import { rollUpStore } from '../../../lambda/watch/watcher';
import { HOUR_MS, MINUTE_MS } from '../../../lib/core/durations';
import { aSettlingStore, type Clock, NOON_MS } from '../../lambda/watch/a-day';
import { aRequestOf, erase, everythingIn, figuresOf, households, marksOf, traffic } from './two-customers';

class Killed extends Error {}

/** Ends a process at its nth call to the store, before or after the call has had its effect: nothing works from then on. */
interface Killing {
  calls: number;
  readonly atCall: number;
  readonly afterEffect: boolean;
}

function killable(store: Store, killing: Killing): Store {
  const parts = Object.entries(store).map(([name, part]) =>
    typeof part === 'function' ? [name, part] : [name, killablePart(part as object, killing)],
  );
  return Object.fromEntries(parts) as Store;
}

function killablePart<Part extends object>(part: Part, killing: Killing): Part {
  return new Proxy(part, {
    get(target, name) {
      const member = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      // What is read bit by bit is not a promise.
      if (name === 'counts') return (...values: unknown[]) => member.apply(target, values);
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

/** Two hours of traffic around an hour's end, all settled. */
async function aStore(): Promise<{ store: Store; clock: Clock }> {
  const clock = { nowMs: NOON_MS - 5 * HOUR_MS };
  const store = aSettlingStore(clock);
  await households(store, clock);
  await traffic(store, clock, NOON_MS - 4 * HOUR_MS + 20 * MINUTE_MS);
  clock.nowMs = NOON_MS;
  await rollUpStore(store, { nowMs: () => clock.nowMs });
  return { store, clock };
}

/** Whether the run was cut off. */
async function eraseUntil(store: Store, clock: Clock, killing: Killing): Promise<boolean> {
  try {
    await erase(killable(store, killing), clock);
    return false;
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return true;
  }
}

async function expectGone(store: Store, clock: Clock, figures: unknown): Promise<void> {
  const left = await everythingIn(store, clock);
  for (const mark of marksOf('acme')) expect(left).not.toContain(mark);
  for (const mark of marksOf('other')) expect(left).toContain(mark);
  expect(await figuresOf(store, clock)).toEqual(figures);
}

it('is made good by the next run, wherever it is cut off', async () => {
  let cutOff = 0;
  for (let atCall = 1; ; atCall += 1) {
    const { store, clock } = await aStore();
    const figures = await figuresOf(store, clock);
    if (!(await eraseUntil(store, clock, { calls: 0, atCall, afterEffect: atCall % 2 === 0 }))) break;
    cutOff += 1;
    await erase(store, clock);
    await expectGone(store, clock, figures);
  }
  expect(cutOff).toBeGreaterThan(300);
}, 120_000);

it('is made good where keys lie in a file, and only the records tell of them', async () => {
  for (let atCall = 1; ; atCall += 1) {
    const clock = { nowMs: NOON_MS - 5 * HOUR_MS };
    const store = aSettlingStore(clock);
    await traffic(store, clock, clock.nowMs + 15 * MINUTE_MS);
    clock.nowMs = NOON_MS;
    if (!(await eraseUntil(store, clock, { calls: 0, atCall, afterEffect: true }))) break;
    await erase(store, clock);
    const left = await everythingIn(store, clock);
    for (const mark of marksOf('acme')) expect(left).not.toContain(mark);
  }
}, 60_000);

it('is made good though others go on and the watch adds up in between, cut off again and again', async () => {
  const kill = fc.record({ atCall: fc.integer({ min: 1, max: 450 }), afterEffect: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(kill, { minLength: 1, maxLength: 5 }), async (kills) => {
      const [{ store, clock }, twin] = await Promise.all([aStore(), aStore()]);
      for (const [index, killing] of kills.entries()) {
        await eraseUntil(store, clock, Object.assign({ calls: 0 }, killing));
        await goOn(store, clock, index);
        await goOn(twin.store, twin.clock, index);
      }
      await erase(store, clock);
      await expectGone(store, clock, await figuresOf(twin.store, twin.clock));
    }),
    { numRuns: 30 },
  );
}, 120_000);

/** A request of who stays, and the watch when it is settled: the day is made anew of its hours. */
async function goOn(store: Store, clock: Clock, index: number): Promise<void> {
  await store.attributions.put(aRequestOf('other', 1000 + index));
  clock.nowMs += 5 * MINUTE_MS;
  await rollUpStore(store, { nowMs: () => clock.nowMs });
}

it('never brings a name back into an hour or a day that goes on', async () => {
  const { store, clock } = await aStore();
  await erase(store, clock);
  for (let index = 0; index < 15; index += 1) await goOn(store, clock, index);
  const left = await everythingIn(store, clock);
  for (const mark of marksOf('acme')) expect(left).not.toContain(mark);
});
