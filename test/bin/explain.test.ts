import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { registerExplain } from '../../bin/commands/explain';
import { registerPublish } from '../../bin/commands/publish';
import { repeatsOf } from '../../bin/commands/repeats-of';
import type { ArrivalPage } from '../../lambda/shared/store/attribution-port';
import { openStore } from '../../lambda/shared/store/open';
import { MINUTE_MS } from '../../lib/core/durations';
import { likenessOf } from '../../lib/core/telemetry/likeness';
import type { Attribution } from '../../lib/core/types';
import { someFeedback } from '../contracts/store/some-feedback';
import { anAttribution } from '../lambda/shared/an-attribution';
import { aPolicy, SET } from './a-policy';
import { scratch } from './command-line';
import { runCommand } from './run-command';

const folder = scratch();
afterAll(() => folder.remove());

const LETTER = 'Since Tuesday the export of our time sheets stops half way: the file ends after three hundred rows.';

/** A question of acme's, asked so many minutes ago. */
function asked(requestId: string, minutesAgo: number, record: Partial<Attribution> = {}): Attribution {
  return anAttribution({
    requestId,
    customer: 'acme',
    time: new Date(Date.now() - minutesAgo * MINUTE_MS).toISOString(),
    likeness: likenessOf([{ role: 'user', content: LETTER }], 'acme'),
    ...record,
  });
}

async function storeOf(records: readonly Attribution[], words: Parameters<typeof someFeedback>[0][] = []) {
  const path = mkdtempSync(join(folder.path, 'store-'));
  for (const record of records) {
    const store = await openStore({ kind: 'directory', path, nowMs: () => Date.parse(record.time) + record.latencyMs });
    await store.attributions.put(record);
    await store.close();
  }
  const store = await openStore({ kind: 'directory', path });
  for (const word of words) await store.attributions.putFeedback(someFeedback(word));
  await store.close();
  return path;
}

function explain(path: string, ...args: string[]) {
  return runCommand(registerExplain, ['explain', '--store', path, ...args]);
}

describe('tierwise explain', () => {
  it('tells of a request what was said of it afterwards', async () => {
    const path = await storeOf(
      [asked('one', 3)],
      [{ requestId: 'one', outcome: 'corrected', score: 0.25, correctionHash: 'ab12'.repeat(16), downstreamUsd: 3 }],
    );
    const { out, error } = await explain(path, 'one');
    expect(error).toBeUndefined();
    expect(out).toMatch(/\nFeedback\n {2}at +2026-11-22T10:00:00.000Z\n {2}outcome +corrected\n {2}score +0\.25\n/);
    expect(out).toMatch(/\n {2}corrected to +a text of SHA-256 ab12ab12ab12\n {2}cost further down +\$3\.00\n/);
    const document = JSON.parse((await explain(path, 'one', '--json')).out);
    expect(document).toMatchObject({ requestId: 'one', feedback: { outcome: 'corrected', score: 0.25 } });
    expect(document).not.toHaveProperty('repeats');
  });

  it('tells how another tier answered the same question', async () => {
    const control = {
      served: 'small',
      reference: 'large',
      servedPass: false,
      referencePass: null,
      servedUsd: 0.001,
      referenceUsd: 0.02,
    };
    const { out } = await explain(await storeOf([asked('one', 3, { control })]), 'one');
    expect(out).toMatch(
      /\nControl sample\n {2}left +small +fail +\$0\.001\n {2}asked beside it +large +not judged +\$0\.02\n/,
    );
  });

  it('tells what a request asks again, and what asks it again', async () => {
    const path = await storeOf([
      asked('one', 9),
      asked('two', 6),
      asked('three', 3),
      asked('other', 4, { customer: 'beta' }),
    ]);
    const { out } = await explain(path, 'two');
    expect(out).toContain('\nAsks again what one had asked.\nAsked again by three.\n');
    const document = JSON.parse((await explain(path, 'one', '--json')).out);
    expect(document.repeats).toEqual({ askedAgainBy: ['two'] });
    expect((await explain(path, 'other')).out).not.toMatch(/again/);
  });

  it.each([
    'its answers broke their schema at 2026-11-22T09:55:00.000Z',
    'its certificate is void: the oracles are not the ones that judged',
  ])('tells that a request began higher because its task is raised: %s', async (raised) => {
    const decision = { ...asked('one', 3).decision, tier: 'large', ladder: ['large'], reason: 'raised', raised };
    const { out } = await explain(await storeOf([asked('one', 3, { decision } as Partial<Attribution>)]), 'one');
    expect(out).toContain(`Tier large (raised), and no other.\nTask triage is raised: ${raised}.\n`);
  });

  it('says nothing of what it does not know', async () => {
    const { out } = await explain(await storeOf([asked('one', 3)]), 'one');
    expect(out).toMatch(/^one at .*: 200, answered by small/);
    expect(out).not.toMatch(/Feedback|Control sample|again|raised/);
  });

  it('says of a request that is not there how long records are kept', async () => {
    const { error } = await explain(await storeOf([asked('one', 3)]), 'gone');
    expect(error?.message).toMatch(/has no record of gone\. A record is written within seconds/);
  });
});

describe('tierwise explain, asked for what no request is called', () => {
  it.each([
    ['longer than any', 'x'.repeat(300)],
    ['of letters that no file system has so many of', 'ü'.repeat(100)],
    ['with a space', 'req 1'],
  ])('says that there is none: %s', async (_name, id) => {
    const { error } = await explain(await storeOf([asked('one', 3)]), id);
    expect(error?.message).toContain(`has no record of ${id}.`);
  });

  it('wants a name', async () => {
    const { error } = await explain(await storeOf([asked('one', 3)]), '');
    expect(error?.message).toBe('Name a request: the x-request-id that its answer carried.');
  });

  it('repeats nothing that a terminal would obey', async () => {
    const { error } = await explain(await storeOf([asked('one', 3)]), '\u001b[2Jreq\u202e-1\r\u0007');
    expect(error?.message).toContain('has no record of ?[2Jreq?-1??.');
  });
});

describe('the policy of a request', () => {
  const policy = folder.file('policy.yaml', aPolicy());

  it('is called by its name where its version was published', async () => {
    const path = await storeOf([
      asked('one', 3),
      asked('two', 3, { policy: '7' }),
      asked('three', 3, { policy: 'file-1a' }),
    ]);
    await runCommand(registerPublish, ['publish', policy, '--store', path], SET);
    const shown = async (id: string) =>
      / {2}policy +(\S.*)$/m.exec((await explain(path, id)).out.split('Decision')[1] ?? '')?.[1];
    expect(await shown('one')).toBe('desk, version 1');
    expect(await shown('two')).toBe('version 1');
    expect(await shown('three')).toBe('version 1');
  });
});

describe('looking for questions asked again', () => {
  it('reads nothing for a request without a likeness', async () => {
    const arrived = async (): Promise<ArrivalPage> => {
      throw new Error('nothing was to be read');
    };
    const { likeness: _, ...plain } = asked('one', 3);
    expect(await repeatsOf({ arrived }, plain, Date.now())).toEqual({ askedAgainBy: [] });
  });

  it('ends where too many requests come to be looked through', async () => {
    let pages = 0;
    const records = Array.from({ length: 1000 }, (_, index) => asked(`r${index}`, 3, { customer: 'beta' }));
    const arrived = async (): Promise<ArrivalPage> => {
      pages += 1;
      return { records, feedback: [], next: 'more' };
    };
    expect(await repeatsOf({ arrived }, asked('one', 3), Date.now())).toBeUndefined();
    expect(pages).toBeLessThan(20);
  });
});
