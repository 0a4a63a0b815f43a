import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { parseFile } from '../../../lambda/shared/store/parse-file';
import { watchEvery } from '../../../lambda/watch/watch-every';
import type { WatchRun } from '../../../lambda/watch/watcher';

const DONE: WatchRun = { standing: 'done' };

async function until(holds: () => boolean): Promise<void> {
  for (let round = 0; round < 4000 && !holds(); round += 1) await sleep(5);
  expect(holds()).toBe(true);
}

describe('watching in a process that goes on', () => {
  it('runs at once and then again and again, never two at a time', async () => {
    let [running, most, runs] = [0, 0, 0];
    const run = async () => {
      running += 1;
      most = Math.max(most, running);
      await sleep(20);
      running -= 1;
      runs += 1;
      return DONE;
    };
    const watching = watchEvery({ run }, { everyMs: 5, onFailure: () => {} });
    await until(() => runs >= 4);
    await watching.stop();
    const then = runs;
    await sleep(60);
    expect([runs, most, running]).toEqual([then, 1, 0]);
  });

  it('tells of a failure once for as long as it lasts, and again when it comes back', async () => {
    const said: string[] = [];
    const outcomes = ['down', 'down', 'down', '', 'down', 'denied'];
    let runs = 0;
    const run = async () => {
      const outcome = outcomes[runs++];
      if (outcome) throw Object.assign(new Error(`${outcome}, run ${runs}`), { code: outcome });
      return DONE;
    };
    const watching = watchEvery({ run }, { everyMs: 2, onFailure: (error) => said.push((error as Error).message) });
    await until(() => runs > outcomes.length);
    await watching.stop();
    expect(said).toEqual(['down, run 1', 'down, run 5', 'denied, run 6']);
  });

  it('tells of the next damaged file once the first is mended, though the failure is of the same kind', async () => {
    const said: string[] = [];
    const damaged = ['one', 'one', 'two', 'two'];
    let runs = 0;
    const run = async () => parseFile<WatchRun>(damaged[runs++] ?? 'two', 'cut o', 'put it back');
    const watching = watchEvery({ run }, { everyMs: 2, onFailure: (error) => said.push((error as Error).message) });
    await until(() => runs > damaged.length);
    await watching.stop();
    expect(said).toEqual(['one is not JSON: put it back', 'two is not JSON: put it back']);
  });

  it('lets a run that is under way end when it stops, and tells it to', async () => {
    let ended = false;
    const run = async (isTimeUp: () => boolean = () => false) => {
      while (!isTimeUp()) await sleep(2);
      ended = true;
      return DONE;
    };
    const watching = watchEvery({ run }, { everyMs: 60_000, onFailure: () => {} });
    await sleep(10);
    expect(ended).toBe(false);
    await watching.stop();
    expect(ended).toBe(true);
  });
});
