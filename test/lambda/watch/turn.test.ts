import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../../../lambda/shared/store/memory';
import { Turn, TurnLostError } from '../../../lambda/watch/turn';

const PROGRESS = { throughMs: 120_000, sinceMs: 60_000 };

function aPlace() {
  const clock = { nowMs: 1_000_000 };
  const { states } = openMemoryStore();
  return { clock, states, take: () => Turn.take(states, () => clock.nowMs) };
}

async function taken(place: ReturnType<typeof aPlace>): Promise<Turn> {
  const turn = await place.take();
  if (turn === undefined) throw new Error('somebody else has the turn');
  return turn;
}

describe('a turn', () => {
  it('is taken by one at a time, and hands on how far the last one got', async () => {
    const place = aPlace();
    const turn = await taken(place);
    expect(turn.progress).toBeUndefined();
    expect(await place.take()).toBeUndefined();
    await turn.move(PROGRESS);
    expect(await place.take()).toBeUndefined();
    await turn.end();
    expect((await taken(place)).progress).toEqual(PROGRESS);
  });

  it('is taken by one of many that want it at once', async () => {
    const place = aPlace();
    const turns = await Promise.all(Array.from({ length: 20 }, place.take));
    expect(turns.filter((turn) => turn !== undefined)).toHaveLength(1);
  });

  it('is over by itself within a minute, should nobody give it back', async () => {
    const place = aPlace();
    await (await taken(place)).move(PROGRESS);
    place.clock.nowMs += 59_999;
    expect(await place.take()).toBeUndefined();
    place.clock.nowMs += 1;
    expect((await taken(place)).progress).toEqual(PROGRESS);
  });

  it('lasts as long as its owner asks before he writes', async () => {
    const place = aPlace();
    const turn = await taken(place);
    for (let second = 0; second < 600; second += 20) {
      await turn.hold();
      expect(await place.take()).toBeUndefined();
      place.clock.nowMs += 20_000;
    }
  });

  it('leaves half a minute for a write that has just been allowed', async () => {
    const place = aPlace();
    const turn = await taken(place);
    place.clock.nowMs += 26_000;
    await turn.hold();
    place.clock.nowMs += 35_000;
    expect(await place.take()).toBeUndefined();
  });

  it('lets nobody write who has slept until another took it', async () => {
    const place = aPlace();
    const turn = await taken(place);
    place.clock.nowMs += 60_000;
    const other = await taken(place);
    await expect(turn.hold()).rejects.toThrow(TurnLostError);
    await expect(turn.move(PROGRESS)).rejects.toThrow(TurnLostError);
    await turn.end();
    await other.move(PROGRESS);
    await other.end();
    expect((await taken(place)).progress).toEqual(PROGRESS);
  });
});
