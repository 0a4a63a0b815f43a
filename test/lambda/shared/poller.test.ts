import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tellOutages } from '../../../lambda/shared/outage';
import { createPoller } from '../../../lambda/shared/poller';

const INTERVAL_MS = 1000;

/** Something to look at that counts who looks, may take its time and may fail. */
function pollerOfSomething() {
  const world = { value: 'first', looks: 0, underWay: 0, most: 0, takesMs: 0, failsWith: '' };
  const told: string[] = [];
  const poller = createPoller({
    async look() {
      world.looks += 1;
      world.underWay += 1;
      world.most = Math.max(world.most, world.underWay);
      const { value } = world;
      if (world.takesMs > 0) await new Promise((resolve) => setTimeout(resolve, world.takesMs));
      world.underWay -= 1;
      if (world.failsWith !== '') throw new Error(world.failsWith);
      return value;
    },
    intervalMs: INTERVAL_MS,
    nowMs: Date.now,
    outage: tellOutages((error) => told.push((error as Error).message)),
  });
  return { world, told, poller };
}

describe('a poller', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('has seen nothing until it looked, and looks at once when it starts', async () => {
    const { poller } = pollerOfSomething();
    expect(poller.last()).toBeUndefined();
    const startedAtMs = Date.now();
    await poller.start();
    expect(poller.last()).toEqual({ seen: 'first', askedAtMs: startedAtMs });
    await poller.stop();
  });

  it('looks again every interval, once for each however often it was started', async () => {
    const { poller, world } = pollerOfSomething();
    await Promise.all([poller.start(), poller.start()]);
    expect(world.looks).toBe(1);
    world.value = 'second';
    await vi.advanceTimersByTimeAsync(INTERVAL_MS - 1);
    expect(poller.last()?.seen).toBe('first');
    await vi.advanceTimersByTimeAsync(1);
    expect(poller.last()?.seen).toBe('second');
    await vi.advanceTimersByTimeAsync(3 * INTERVAL_MS);
    expect(world.looks).toBe(5);
    await poller.stop();
  });

  it('looks once at a time: a slow look puts off the next, and whoever asks meanwhile shares it', async () => {
    const { poller, world } = pollerOfSomething();
    world.takesMs = 2.5 * INTERVAL_MS;
    const asked = [poller.start(), poller.look()];
    await vi.advanceTimersByTimeAsync(2 * INTERVAL_MS);
    poller.poke();
    expect(world.looks).toBe(1);
    await vi.advanceTimersByTimeAsync(INTERVAL_MS);
    await Promise.all(asked);
    expect(world).toMatchObject({ looks: 2, most: 1 });
    world.takesMs = 0;
    await vi.advanceTimersByTimeAsync(10 * INTERVAL_MS);
    expect(world.most).toBe(1);
    await poller.stop();
  });

  it('says of what it saw when the look at it began', async () => {
    const { poller, world } = pollerOfSomething();
    world.takesMs = 300;
    const askedAtMs = Date.now();
    const looking = poller.look();
    world.value = 'too late to be seen';
    await vi.advanceTimersByTimeAsync(300);
    await looking;
    expect(poller.last()).toEqual({ seen: 'first', askedAtMs });
  });

  it('keeps what it saw last over looks that fail, and tells of them once for each outage', async () => {
    const { poller, world, told } = pollerOfSomething();
    await poller.start();
    const before = poller.last();
    world.failsWith = 'down';
    await vi.advanceTimersByTimeAsync(4 * INTERVAL_MS);
    expect(poller.last()).toEqual(before);
    expect(world.looks).toBe(5);
    expect(told).toEqual(['down']);

    Object.assign(world, { failsWith: '', value: 'back' });
    await vi.advanceTimersByTimeAsync(INTERVAL_MS);
    expect(poller.last()?.seen).toBe('back');
    world.failsWith = 'down again';
    await vi.advanceTimersByTimeAsync(2 * INTERVAL_MS);
    expect(told).toEqual(['down', 'down again']);
    await poller.stop();
  });

  it('takes a look that throws before it waits like one that fails', async () => {
    const told: unknown[] = [];
    const poller = createPoller({
      look: (): Promise<string> => {
        throw 'at once';
      },
      intervalMs: INTERVAL_MS,
      nowMs: Date.now,
      outage: tellOutages((error) => told.push(error)),
    });
    await poller.start();
    expect([poller.last(), told]).toEqual([undefined, ['at once']]);
    await poller.stop();
  });

  it('looks afresh for those who need what is there now, though a look is under way', async () => {
    const { poller, world } = pollerOfSomething();
    world.takesMs = 100;
    const first = poller.look();
    world.value = 'second';
    const later = Promise.all([poller.lookAfresh(), poller.lookAfresh()]);
    await vi.advanceTimersByTimeAsync(100);
    await first;
    expect(poller.last()?.seen).toBe('first');
    await vi.advanceTimersByTimeAsync(100);
    await later;
    expect(poller.last()?.seen).toBe('second');
    expect(world.looks).toBe(2);
  });

  it('looks when poked where the last look, be it a failed one, began an interval ago', async () => {
    const { poller, world } = pollerOfSomething();
    world.failsWith = 'down';
    poller.poke();
    await vi.advanceTimersByTimeAsync(INTERVAL_MS - 1);
    poller.poke();
    expect(world.looks).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(poller.poke()).toBeUndefined();
    expect(world.looks).toBe(2);
    await vi.advanceTimersByTimeAsync(5 * INTERVAL_MS);
    expect(world.looks).toBe(2);
  });

  it('looks when poked where the clock was set back, however far', async () => {
    const { poller, world } = pollerOfSomething();
    poller.poke();
    await vi.advanceTimersByTimeAsync(1);
    vi.setSystemTime(Date.now() - 1000 * INTERVAL_MS);
    poller.poke();
    expect(world.looks).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    poller.poke();
    expect(world.looks).toBe(2);
  });

  it('looks no more once it is stopped, which waits for the look under way, and can start again', async () => {
    const { poller, world } = pollerOfSomething();
    world.takesMs = 300;
    void poller.start();
    let stopped = false;
    const stopping = poller.stop().then(() => {
      stopped = true;
    });
    await vi.advanceTimersByTimeAsync(299);
    expect(stopped).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await stopping;
    await vi.advanceTimersByTimeAsync(10 * INTERVAL_MS);
    expect(world.looks).toBe(1);
    expect(poller.last()?.seen).toBe('first');

    void poller.start();
    await vi.advanceTimersByTimeAsync(INTERVAL_MS);
    expect(world.looks).toBe(3);
    void poller.stop();
  });

  it('keeps no process alive', async () => {
    vi.useRealTimers();
    const timersThatHold = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const { poller } = pollerOfSomething();
    const before = timersThatHold();
    await poller.start();
    expect(timersThatHold()).toBe(before);
    const held = setTimeout(() => {}, INTERVAL_MS);
    expect(timersThatHold()).toBe(before + 1);
    clearTimeout(held);
    await poller.stop();
  });
});
