import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contentHash } from '../../lambda/shared/store/content-hash';
import { ConflictError, type PolicyDraft, type Store, UnknownVersionError } from '../../lambda/shared/store/port';
import type { Attribution } from '../../lib/core/types';
import { anAttribution } from '../lambda/shared/an-attribution';

/** What every place that holds policies and records must do. `open` gives a new, empty store each time. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`${name} keeps the store's contract`, () => {
    let store: Store;

    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    describe('policies', () => policyContract(() => store));
    describe('records', () => attributionContract(() => store));
  });
}

function aDraft(mark: string, expectedActive: number | null): PolicyDraft {
  return { document: { schema: 1, mark }, author: 'ada', message: `publish ${mark}`, expectedActive };
}

function policyContract(store: () => Store): void {
  const policies = () => store().policies;

  it('has nothing at first', async () => {
    expect(await policies().active()).toBeUndefined();
    expect(await policies().read(1)).toBeUndefined();
    expect(await policies().history()).toEqual([]);
  });

  it('publishes a version and makes it active', async () => {
    const document = { schema: 1, tiers: { small: { price: 0.05 } }, note: 'Grüße, "quoted"\n', list: [1, null, true] };
    const before = Date.now();
    const stored = await policies().publish({ document, author: 'ada', message: 'first', expectedActive: null });

    expect(stored).toMatchObject({
      version: 1,
      author: 'ada',
      message: 'first',
      document,
      hash: contentHash(document),
    });
    expect(Date.parse(stored.createdAt)).toBeGreaterThanOrEqual(before);
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

function attributionContract(store: () => Store): void {
  const attributions = () => store().attributions;
  const at = (requestId: string, time: string, rest: Partial<Attribution> = {}) =>
    anAttribution({ requestId, time: `2026-11-${time}Z`, ...rest });
  const ids = (records: readonly Attribution[]) => records.map(({ requestId }) => requestId);

  it('gives back a record exactly as it was put', async () => {
    const record = anAttribution({ requestId: 'req-1', customer: 'Ümläut & Söhne', costUsd: 0.1 + 0.2 });
    expect(await attributions().put(record)).toBe('stored');
    expect(await attributions().get('req-1')).toEqual(record);
  });

  it('knows no record that was not put', async () => {
    expect(await attributions().get('req-none')).toBeUndefined();
    expect(await attributions().list({ day: '2026-11-22' })).toEqual({ records: [] });
    expect(await attributions().list({ day: '2026-11-22', task: 'triage' })).toEqual({ records: [] });
  });

  it('keeps the first record of a request id', async () => {
    const first = at('req-1', '22T10:00:00.000');
    await attributions().put(first);
    expect(await attributions().put(first)).toBe('duplicate');
    expect(await attributions().put(at('req-1', '23T10:00:00.000', { task: 'other', costUsd: 9 }))).toBe('duplicate');

    expect(await attributions().get('req-1')).toEqual(first);
    expect((await attributions().list({ day: '2026-11-22' })).records).toEqual([first]);
    expect((await attributions().list({ day: '2026-11-23' })).records).toEqual([]);
  });

  it('keeps one of many that put the same request id at once', async () => {
    const results = await Promise.all([1, 2, 3, 4].map(() => attributions().put(at('req-1', '22T10:00:00.000'))));
    expect(results.sort()).toEqual(['duplicate', 'duplicate', 'duplicate', 'stored']);
    expect((await attributions().list({ day: '2026-11-22' })).records).toHaveLength(1);
  });

  it('takes any request id', async () => {
    const strange = ['../../etc/passwd', 'a#b#c', '.', 'x'.repeat(60), 'ünï / \\ : * ? "'];
    for (const requestId of strange) expect(await attributions().put(anAttribution({ requestId }))).toBe('stored');
    for (const requestId of strange) expect((await attributions().get(requestId))?.requestId).toBe(requestId);
    expect(ids((await attributions().list({ day: '2026-11-22', task: 'triage' })).records).sort()).toEqual(
      [...strange].sort(),
    );
  });

  it('lists a task of one UTC day, oldest first', async () => {
    await attributions().put(at('c', '22T23:59:59.999'));
    await attributions().put(at('a', '22T12:00:00.000'));
    await attributions().put(at('b', '22T00:00:00.000'));
    await attributions().put(at('tomorrow', '23T00:00:00.000'));
    await attributions().put(at('yesterday', '21T23:59:59.999'));
    await attributions().put(at('other', '22T12:00:00.000', { task: 'extraction' }));

    const { records, next } = await attributions().list({ day: '2026-11-22', task: 'triage' });
    expect(ids(records)).toEqual(['b', 'a', 'c']);
    expect(next).toBeUndefined();
    expect(ids((await attributions().list({ day: '2026-11-22' })).records).sort()).toEqual(['a', 'b', 'c', 'other']);
  });

  it.each([
    ['of a task', 'triage'],
    ['of all tasks', undefined],
  ])('pages through the records %s without a gap or a repeat', async (_, task) => {
    const all = Array.from({ length: 7 }, (_value, index) => `req-${index}`);
    // Four of them in the same millisecond.
    for (const [index, id] of all.entries()) {
      await attributions().put(at(id, `22T10:00:0${index < 4 ? 0 : index}.000`, { task: 'triage' }));
    }
    const pages: string[][] = [];
    let after: string | undefined;
    do {
      const filter = { day: '2026-11-22', limit: 3, ...(task && { task }), ...(after && { after }) };
      const page = await attributions().list(filter);
      pages.push(ids(page.records));
      after = page.next;
    } while (after !== undefined);

    expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
    expect(pages.flat().sort()).toEqual(all);
    if (task) expect(pages.flat()).toEqual(all);
  });

  it.each([
    [{ day: '2026-11' }, /YYYY-MM-DD/],
    [{ day: '2026-11-22', limit: 0 }, /whole number from 1/],
    [{ day: '2026-11-22', after: 'nonsense' }, /no page token/],
  ])('refuses the filter %j', async (filter, message) => {
    await expect(attributions().list(filter)).rejects.toThrow(message);
  });
}
