import { expect, it } from 'vitest';
import { contentHash } from '../../../lambda/shared/store/content-hash';
import type { PolicyDraft, PolicyStore } from '../../../lambda/shared/store/policy-port';
import { ConflictError, UnknownVersionError } from '../../../lambda/shared/store/store-refusal';
import type { StoreClock } from '../store-contract';

function aDraft(mark: string, expectedActive: number | null): PolicyDraft {
  return { document: { schema: 1, mark }, author: 'ada', message: `publish ${mark}`, expectedActive };
}

/** `policies` gives those of a new, empty store for each test. */
export function policyContract(policies: () => PolicyStore, clock: StoreClock): void {
  it('has nothing at first', async () => {
    expect(await policies().active()).toBeUndefined();
    expect(await policies().read(1)).toBeUndefined();
    expect(await policies().history()).toEqual([]);
  });

  it('publishes a version and makes it active', async () => {
    const document = { schema: 1, tiers: { small: { price: 0.05 } }, note: 'Grüße, "quoted"\n', list: [1, null, true] };
    const stored = await policies().publish({ document, author: 'ada', message: 'first', expectedActive: null });

    expect(stored).toMatchObject({
      version: 1,
      author: 'ada',
      message: 'first',
      document,
      hash: contentHash(document),
    });
    expect(Date.parse(stored.createdAt)).toBe(clock.nowMs);
    expect(await policies().read(1)).toEqual(stored);
    expect(await policies().active()).toMatchObject({ version: 1, hash: stored.hash });
  });

  it('keeps the order of keys, which a ladder of tiers may be read in', async () => {
    await policies().publish({
      document: { zeta: 1, alpha: 2, 10: 'ten' },
      author: 'ada',
      message: '',
      expectedActive: null,
    });
    expect(JSON.stringify((await policies().read(1))?.document)).toBe('{"10":"ten","zeta":1,"alpha":2}');
  });

  it('counts versions on and lists the newest first', async () => {
    for (const expected of [null, 1, 2]) await policies().publish(aDraft(`after ${expected}`, expected));
    const history = await policies().history();

    expect(history.map(({ version, active }) => [version, active])).toEqual([
      [3, true],
      [2, false],
      [1, false],
    ]);
    expect(history[0]).not.toHaveProperty('document');
    expect(await policies().history(2)).toEqual(history.slice(0, 2));
    expect((await policies().read(1))?.document).toEqual({ schema: 1, mark: 'after null' });
  });

  it('orders versions by number beyond nine', async () => {
    for (let version = 0; version < 11; version += 1) await policies().publish(aDraft(`${version}`, version || null));
    expect((await policies().history(3)).map(({ version }) => version)).toEqual([11, 10, 9]);
  });

  it('answers active content with the active version, whatever was expected', async () => {
    const first = await policies().publish(aDraft('same', null));
    const again = await policies().publish({ ...aDraft('same', 7), author: 'grace', message: 'again' });

    expect(again).toEqual(first);
    expect(await policies().history()).toHaveLength(1);
  });

  it('makes a new version of content that was active once, but is no more', async () => {
    await policies().publish(aDraft('old', null));
    await policies().publish(aDraft('new', 1));
    expect(await policies().publish(aDraft('old', 2))).toMatchObject({ version: 3 });
  });

  it.each([
    ['nothing was expected', null],
    ['an older version was expected', 1],
    ['a version that never was is expected', 9],
  ])('refuses to publish over another version when %s', async (_, expectedActive) => {
    await policies().publish(aDraft('one', null));
    await policies().publish(aDraft('two', 1));

    await expect(policies().publish(aDraft('three', expectedActive))).rejects.toThrow(ConflictError);
    await expect(policies().publish(aDraft('three', expectedActive))).rejects.toThrow(/version 2 is .* publish again/);
    expect(await policies().active()).toMatchObject({ version: 2 });
    expect(await policies().history()).toHaveLength(2);
  });

  it('refuses to publish the first version where one was expected', async () => {
    await expect(policies().publish(aDraft('one', 3))).rejects.toThrow(/version 3 was expected .* no version is/);
  });

  it('lets one of many win that publish at once', async () => {
    await policies().publish(aDraft('ground', null));
    const results = await Promise.allSettled([1, 2, 3, 4, 5].map((mark) => policies().publish(aDraft(`${mark}`, 1))));

    const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(won).toHaveLength(1);
    expect(lost.every((error) => error instanceof ConflictError)).toBe(true);
    expect(await policies().active()).toMatchObject({ version: won[0]?.version, hash: won[0]?.hash });
    expect(await policies().read(won[0]?.version ?? 0)).toEqual(won[0]);
  });

  it('goes back to an older version, and publishes on from there', async () => {
    await policies().publish(aDraft('one', null));
    await policies().publish(aDraft('two', 1));
    const { hash } = (await policies().read(1)) ?? {};

    expect(await policies().activate(1, 2)).toMatchObject({ version: 1, hash });
    expect(await policies().active()).toMatchObject({ version: 1, hash });
    expect((await policies().history()).map(({ active }) => active)).toEqual([false, true]);
    expect(await policies().publish(aDraft('three', 1))).toMatchObject({ version: 3 });
  });

  it('keeps what was in force before, and since when, newest first', async () => {
    const times = [0, 1, 2].map((hours) => clock.nowMs + hours * 3_600_000);
    const [first, second, third] = times.map((ms) => new Date(ms).toISOString());
    await policies().publish(aDraft('one', null));
    expect((await policies().active())?.before).toEqual([]);
    clock.nowMs = times[1] as number;
    await policies().publish(aDraft('two', 1));
    clock.nowMs = times[2] as number;
    const [one, two] = [await policies().read(1), await policies().read(2)];
    const active = await policies().activate(1, 2);
    expect(await policies().active()).toEqual(active);
    expect(active).toEqual({
      version: 1,
      hash: one?.hash,
      since: third,
      before: [
        { version: 2, hash: two?.hash, since: second },
        { version: 1, hash: one?.hash, since: first },
      ],
    });
  });

  it('forgets the oldest of many', async () => {
    for (let version = 0; version < 23; version += 1) await policies().publish(aDraft(`${version}`, version || null));
    const { before = [] } = (await policies().active()) ?? {};
    expect(before.map(({ version }) => version)).toEqual(Array.from({ length: 20 }, (_, index) => 22 - index));
  });

  it('leaves the active version alone when it is activated again', async () => {
    await policies().publish(aDraft('one', null));
    const active = await policies().active();
    expect(await policies().activate(1, 1)).toEqual(active);
    expect(await policies().active()).toEqual(active);
  });

  it('refuses to activate what is not there, or over another version', async () => {
    await policies().publish(aDraft('one', null));
    await policies().publish(aDraft('two', 1));

    await expect(policies().activate(8, 2)).rejects.toThrow(UnknownVersionError);
    await expect(policies().activate(1, 1)).rejects.toThrow(ConflictError);
    expect(await policies().active()).toMatchObject({ version: 2 });
  });

  it('refuses what is no JSON document', async () => {
    await expect(policies().publish({ ...aDraft('none', null), document: undefined })).rejects.toThrow(/JSON/);
    expect(await policies().active()).toBeUndefined();
  });
}
