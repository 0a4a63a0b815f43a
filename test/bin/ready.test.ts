import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerPublish } from '../../bin/commands/publish';
import { registerReady } from '../../bin/commands/ready';
import { openStore } from '../../lambda/shared/store/open';
import { DAY_MS } from '../../lib/core/durations';
import type { AttributedConsultation, Attribution } from '../../lib/core/types';
import { aMeasuredTask, aMeasuredTier, aProfile } from '../core/analysis/project/a-profile';
import { anAttribution } from '../lambda/shared/an-attribution';
import { aPolicy, SET } from './a-policy';
import { scratch } from './command-line';
import { runCommand } from './run-command';

const folder = scratch();
afterAll(() => folder.remove());

const NOW = new Date().toISOString();
const PREPARED = `latencyBudgetMs: 800
    baseline: { escalationRate: 0.1, low: 0.08, high: 0.12, n: 300, profiledAt: "${NOW}" }
    route: direct`;
const POLICY = folder.file(
  'policy.yaml',
  `${aPolicy().replace('route: direct', PREPARED)}traffic: { monthlyRequests: 2592000 }\n`,
);
const PROFILE = folder.file(
  'profile.json',
  JSON.stringify(
    aProfile({
      policy: { id: 'desk', version: '1' },
      corpus: { n: 200, byTask: { triage: 200 } },
      tiers: { small: aMeasuredTier({ model: 'small-model' }), large: aMeasuredTier({ model: 'large-model' }) },
      tasks: { triage: aMeasuredTask({ small: 0.9, large: 0.99 }, { baseline: { profiledAt: NOW } }) },
    }),
  ),
);
const PROJECTION = folder.file('projection.json', '{"policy":{"id":"desk"},"volume":2592000,"monthlyUsd":900}');
const LOAD = folder.file('load.json', '{"requests":9000,"errors":0,"seconds":3000,"latencyMs":{"p50":90,"p95":310}}');
const SHADOW: AttributedConsultation = {
  purpose: 'shadow',
  tier: 'large',
  model: 'large-model',
  outcome: 'answered',
  costUsd: 0,
  startedAtMs: 0,
  latencyMs: 1,
  location: 'anywhere',
};

function ready(...args: string[]) {
  return runCommand(registerReady, ['ready', '--policy', POLICY, ...args], SET);
}

const SHOWN = ['--profile', PROFILE, '--projection', PROJECTION, '--load', LOAD];

describe('tierwise ready', () => {
  let store: string;

  async function record(daysAgo: number, attribution: Partial<Attribution> = {}): Promise<void> {
    const atMs = Date.now() - daysAgo * DAY_MS - 3_600_000;
    const opened = await openStore({ kind: 'directory', path: store, nowMs: () => atMs });
    const requestId = `req-${daysAgo}-${attribution.tier ?? ''}`;
    await opened.attributions.put(anAttribution({ requestId, time: new Date(atMs).toISOString(), ...attribution }));
    await opened.close();
  }

  beforeAll(async () => {
    store = mkdtempSync(join(folder.path, 'store-'));
    await runCommand(registerPublish, ['publish', POLICY, '--store', store], SET);
    for (let day = 0; day < 6; day++) await record(day, { consultations: [SHADOW] });
  });

  it('prints a line for each item, what to do below a failing one, and fails while one does', async () => {
    const { out, error } = await ready(...SHOWN, '--store', store);
    const lines = out.trimEnd().split('\n');
    expect(lines.filter((line) => /^(pass|FAIL) /.test(line))).toHaveLength(13);
    expect(lines.filter((line) => line.startsWith('FAIL'))).toEqual([
      'FAIL  seven days of shadow           shadow answers on 6 of 7 days',
    ]);
    expect(lines[lines.findIndex((line) => line.startsWith('FAIL')) + 1]).toMatch(
      /^ {6}this version has no shadow yet, so the item stays open; what comes nearest: /,
    );
    expect(lines).toContain('pass  attribution per task           triage 6');
    expect(error?.message).toBe('Not ready: 1 of 13 items fail.');
    expect(error?.details.items).toHaveLength(13);
  });

  it('passes once everything holds, as one JSON document if asked', async () => {
    await record(6, { consultations: [SHADOW] });
    expect((await ready(...SHOWN, '--store', store)).out).toMatch(/\nReady: all 13 items pass.\n$/);
    const { out, err } = await ready(...SHOWN, '--store', store, '--json');
    expect(err).toBe('');
    const { ok, items } = JSON.parse(out);
    expect([ok, items.length]).toEqual([true, 13]);
    expect(items[0]).toEqual({
      id: 'labelled-data',
      name: 'labelled data',
      ok: true,
      evidence: '200 rows over 1 task',
    });
  });

  it('sees a record without a model, and a policy in force that is another', async () => {
    await record(1, { tier: 'large', model: '' });
    const other = folder.file('other.yaml', aPolicy({ owner: 'other' }));
    await runCommand(registerPublish, ['publish', other, '--store', store], SET);
    const { error } = await ready(...SHOWN, '--store', store, '--json');
    const items = error?.details.items as { id: string; ok: boolean; evidence: string }[];
    expect(items.filter(({ ok }) => !ok).map(({ id, evidence }) => `${id}: ${evidence}`)).toEqual([
      'model-logged: 7 of 8 sampled records name their models',
      `thresholds: version 2 in ${store} is in force, and is not the file`,
    ]);
  });

  it('needs no store and no evidence to say what is missing', async () => {
    const { out, error } = await ready();
    expect(error?.message).toBe('Not ready: 8 of 13 items fail.');
    expect(out).toContain('no shadow evidence: no store was named');
    expect(out).toContain('put 2 requests/s on the router');
  });

  it.each([
    ['a load that is none', ['--load', PROJECTION], /projection.json is not a load: .*\n {2}requests: /],
    ['a projection that is none', ['--projection', LOAD], /load.json is not a projection.*\n {2}policy: /],
    ['a file that is no JSON', ['--load', POLICY], /policy.yaml: not JSON: /],
    ['a profile that is none', ['--profile', LOAD], /load.json is not a profile/],
  ])('says what is wrong with %s', async (_name, args, message) => {
    expect((await ready(...args)).error?.message).toMatch(message);
  });
});
