import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { registerBaseline } from '../../bin/commands/baseline';
import { registerPublish } from '../../bin/commands/publish';
import { openStore } from '../../lambda/shared/store/open';
import { HOUR_MS } from '../../lib/core/durations';
import type { Attribution } from '../../lib/core/types';
import type { Baseline } from '../../lib/core/types-policy';
import { anAttribution } from '../lambda/shared/an-attribution';
import { aPolicy, SET } from './a-policy';
import { scratch } from './command-line';
import { runCommand } from './run-command';

const folder = scratch();
afterAll(() => folder.remove());

const OLD = 'baseline: { escalationRate: 0.02, passRate: 0.97 }';
const POLICY = folder.file('policy.yaml', aPolicy().replace('    route: direct', `    ${OLD}\n    route: direct`));

/** Records of requests that came so many hours ago: a tenth begin above, a tenth climb. */
async function served(path: string, count: number, hoursAgo: number, record: Partial<Attribution> = {}): Promise<void> {
  const store = await openStore({ kind: 'directory', path, nowMs: () => Date.now() - hoursAgo * HOUR_MS });
  for (let index = 0; index < count; index++) {
    const raised = index % 10;
    await store.attributions.put(
      anAttribution({
        requestId: `${hoursAgo}-${record.task ?? ''}-${index}`,
        upRouted: raised === 0 ? 1 : 0,
        escalated: raised === 1 ? 1 : 0,
        tier: raised < 2 ? 'large' : 'small',
        costUsd: 0.001,
        routingCostUsd: 0.0005,
        ...record,
      }),
    );
  }
  await store.close();
}

async function aStore(): Promise<string> {
  const path = mkdtempSync(join(folder.path, 'store-'));
  await runCommand(registerPublish, ['publish', POLICY, '--store', path], SET);
  return path;
}

function adopt(path: string, ...args: string[]) {
  return runCommand(
    registerBaseline,
    ['baseline', 'adopt', '--store', path, '--reason', 'a month of it', ...args],
    SET,
  );
}

async function inForce(path: string) {
  const store = await openStore({ kind: 'directory', path });
  const active = await store.policies.active();
  const stored = active && (await store.policies.read(active.version));
  await store.close();
  const document = stored?.document as { tasks: Record<string, { baseline: Baseline; owner: string }> };
  return { version: active?.version, message: stored?.message, triage: document.tasks.triage, document };
}

describe('tierwise baseline adopt', () => {
  it('publishes what production did, counted as the signals count, and leaves the rest of the policy alone', async () => {
    const path = await aStore();
    const before = await inForce(path);
    await served(path, 100, 1);
    await served(path, 60, 200);
    const { out, err } = await adopt(path);
    expect(err).toBe('');
    expect(out).toMatch(/\ntriage +100 +2\.0 % +20\.0 % +13\.6 % to 27\.8 % +small 80\.0 %, large 20\.0 %\n/);
    expect(out).toMatch(/\nVersion 2 is published and in force; routers take it at their next refresh.\n$/);
    const after = await inForce(path);
    expect(after).toMatchObject({ version: 2, message: 'a month of it' });
    expect(after.triage?.baseline).toMatchObject({
      escalationRate: 0.2,
      upRouteRate: 0.1,
      climbRate: 0.1,
      low: 0.136661,
      high: 0.277201,
      n: 100,
      passRate: 0.97,
      costUsd: 0.0015,
      mix: { small: 0.8, large: 0.2 },
      profiledAt: expect.stringMatching(/Z$/),
      profile: expect.stringMatching(/^production, 7d to /),
    });
    expect(Object.keys(after.triage?.baseline.inputs ?? {})).toHaveLength(15);
    const { triage } = after.document.tasks;
    expect({ ...after.document, tasks: { triage: { ...triage, baseline: before.triage?.baseline } } }).toEqual(
      before.document,
    );
  });

  it('takes the pass rate of a task that was never profiled from the checks of production, each time anew', async () => {
    const path = mkdtempSync(join(folder.path, 'store-'));
    const unprofiled = folder.file('unprofiled.yaml', aPolicy());
    await runCommand(registerPublish, ['publish', unprofiled, '--store', path], SET);
    const attempt: Attribution['attempts'][number] = {
      tier: 'small',
      model: 'small-model',
      outcome: 'answered',
      because: 'first',
      costUsd: 0.001,
      startedAtMs: 0,
      latencyMs: 9,
      location: 'vpc',
    };
    const left = (pass: boolean): Partial<Attribution> => ({
      tier: 'small',
      attempts: [
        { ...attempt, outcome: 'rejected', verdict: { pass: false, oracle: 'labels', detail: '' } },
        { ...attempt, verdict: { pass, oracle: 'labels', detail: '' } },
      ],
    });
    await served(path, 90, 1, left(true));
    await served(path, 10, 2, left(false));
    await served(path, 20, 3, {
      tier: 'small',
      attempts: [{ ...attempt, verdict: { pass: true, oracle: '', detail: '' } }],
    });
    await served(path, 20, 4, { ...left(false), status: 502, error: 'answer_rejected' });
    await adopt(path);
    expect((await inForce(path)).triage?.baseline).toMatchObject({ n: 140, passRate: 0.9 });
    await served(path, 100, 0, left(true));
    await adopt(path);
    expect((await inForce(path)).triage?.baseline).toMatchObject({ n: 240, passRate: 0.95 });
  });

  it('shows what it would publish, and publishes nothing, in a dry run', async () => {
    const path = await aStore();
    await served(path, 50, 1);
    expect((await adopt(path, '--dry-run')).out).toMatch(/\nNothing was published.\n$/);
    const { out } = await adopt(path, '--dry-run', '--json', '--task', 'triage', '--since', '2h');
    expect(JSON.parse(out)).toMatchObject({
      published: false,
      version: 1,
      previous: 1,
      inForceSince: expect.stringMatching(/Z$/),
      skipped: [],
      notes: [],
      baselines: { triage: { n: 50, escalationRate: 0.2 } },
    });
    expect((await inForce(path)).version).toBe(1);
  });

  it('is that of the requests which the strategy placed, and says how many were not, and why', async () => {
    const path = await aStore();
    await served(path, 100, 1);
    const { decision } = anAttribution({ requestId: 'any' });
    const large = { upRouted: 0, escalated: 0, tier: 'large', costUsd: 0.02 } as const;
    const overridden = { ...large, decision: { ...decision, placed: 'override' } as Attribution['decision'] };
    await served(path, 300, 2, overridden);
    await served(path, 40, 3, {
      ...large,
      decision: { ...decision, placed: 'unavailable' } as Attribution['decision'],
    });
    await served(path, 1, 4, {
      ...large,
      tier: null,
      decision: { ...decision, tier: null } as Attribution['decision'],
    });
    const { out } = await adopt(path, '--dry-run');
    expect(out).toMatch(/\ntriage +100 +2\.0 % +20\.0 % +13\.6 % to 27\.8 % +small 80\.0 %, large 20\.0 %\n/);
    expect(out).toContain(
      '\ntriage: 341 records left out, which its strategy did not place: 300 while the task was overridden, 40 while tiers were switched off, rested or had no room, 1 refused.\n',
    );
    const { baselines, leftOut } = JSON.parse((await adopt(path, '--json')).out);
    expect(leftOut).toEqual({ triage: { override: 300, unavailable: 40, refused: 1 } });
    expect(baselines.triage).toMatchObject({ n: 100, escalationRate: 0.2, costUsd: 0.0015, mix: { small: 0.8 } });
    expect((await inForce(path)).triage?.baseline).toMatchObject({ n: 100, escalationRate: 0.2 });
  });

  it('is none of a task that was overridden all the time', async () => {
    const path = await aStore();
    const { decision } = anAttribution({ requestId: 'any' });
    await served(path, 90, 1, { decision: { ...decision, placed: 'override' } as Attribution['decision'] });
    expect((await adopt(path)).err).toBe(
      'triage: 0 records of 50; its baseline stays. 90 records left out, which its strategy did not place: 90 while the task was overridden.\n',
    );
  });

  it('says when another policy made some of the records, and leaves tiers out that are gone', async () => {
    const path = await aStore();
    await served(path, 50, 1);
    await served(path, 50, 2, { policy: '2', tier: 'retired' });
    const { out } = await adopt(path);
    expect(out).toMatch(/\nVersion 1 is in force since .*Z: what came before that was decided by another\.\n/);
    expect((await inForce(path)).triage?.baseline).toMatchObject({ n: 100, mix: { small: 0.8, large: 0.2 } });
  });

  it.each<[string, readonly string[], number, RegExp]>([
    ['too few records', [], 49, /^No task has records enough of the last 7d/],
    ['records that are too old', ['--since', '30m'], 60, /^No task has records enough of the last 30m/],
    ['no reason', ['--reason', ' '], 60, /^--reason: say why, for the history\.$/],
    ['a task that is not there', ['--task', 'gone'], 60, /has no task "gone"; it has triage\./],
    ['a time it cannot read', ['--since', 'yesterday'], 0, /^--since yesterday: give a number and a unit/],
  ])('refuses %s, and publishes nothing', async (_name, args, count, message) => {
    const path = await aStore();
    await served(path, count, 1);
    const { error } = await adopt(path, ...args);
    expect(error?.message).toMatch(message);
    expect((await inForce(path)).version).toBe(1);
  });

  it('tells of each task that keeps its baseline, and of a store with nothing published', async () => {
    const path = await aStore();
    await served(path, 20, 1);
    const { err, error } = await adopt(path);
    expect(err).toBe('triage: 20 records of 50; its baseline stays.\n');
    expect(error?.details).toEqual({ skipped: ['triage: 20 records of 50; its baseline stays.'] });
    const unpublished = mkdtempSync(join(folder.path, 'unpublished-'));
    await served(unpublished, 1, 1);
    expect((await adopt(unpublished)).error?.message).toMatch(/^Nothing is published in /);
  });
});
