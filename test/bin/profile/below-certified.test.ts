import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { scratch } from '../command-line';
import { aCorpus, aPolicyText, sorting } from './a-corpus';
import { type FakeHost, fakeHost } from './fake-host';
import { profile } from './run-profile';

const folder = scratch();
const hosts: FakeHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});
afterAll(() => folder.remove());

let runs = 0;

/** Of the tiers only the largest is certified. */
async function profiled(task: string) {
  const host = await fakeHost(sorting);
  hosts.push(host);
  runs += 1;
  const out = join(folder.path, `out-${runs}`);
  const policy = folder.file(`policy-${runs}.yaml`, aPolicyText(host.baseUrl, { task }));
  const ran = await profile(['--policy', policy, '--corpus', folder.file('c.jsonl', aCorpus(120)), '--out', out]);
  expect(ran.error).toBeUndefined();
  const report = readFileSync(join(out, 'report.html'), 'utf8').replaceAll('\u00a0', ' ');
  return { ...ran, report, sort: JSON.parse(readFileSync(join(out, 'profile.json'), 'utf8')).tasks.sort };
}

describe('a task that is certified above where its strategies would begin', () => {
  it('is told as it will be routed: a score begins nothing below the certified tier', async () => {
    const { out, err, sort, report } = await profiled('strategy: [score]');
    expect(out).toContain('sort: certified: large fails at most 5 % at 95 %\n');
    expect(out).toContain('routing would send every request to large');
    expect(out).not.toContain('below that tier');
    expect(err).not.toContain('rules');
    expect(sort.baseline).toMatchObject({ upRouteRate: 1, mix: { small: 0, large: 1 } });
    expect(report).toContain('begins a certified task at its certified tier, or above it where a strategy says so');
  });

  it('is told with its rules, which may begin below, and with a warning of those', async () => {
    const { out, err, sort, report } = await profiled('rules: [{ when: { keywords: ["mail-0001"] }, tier: small }]');
    const warning =
      'tasks.sort.rules[0].tier: "small" lies below the certified tier "large", and what this rule sends there is not ' +
      'covered by the certificate: name large, or take the rule out';
    expect(err).toContain(`warning: ${warning}\n`);
    expect(out).toContain('\n  but rules of the policy begin 0.8 % of its requests below that tier\n');
    expect(sort.routing.profiled.begins).toMatchObject({ small: 1 / 120, large: 119 / 120 });
    expect(report).toContain(warning.replaceAll('"', '&quot;'));
  });
});
