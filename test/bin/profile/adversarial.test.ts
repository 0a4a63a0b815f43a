import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { project } from '../../../lib/core/analysis/project';
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

/** Of these rows the last tries to break the tier, by a prompt fifty times as long. */
const ATTACK = 'mail-0060';

let runs = 0;

async function profiled(rows: number) {
  const host = await fakeHost((asked) =>
    asked.prompt.includes(ATTACK) ? { say: 'other', usage: { input: 5000, output: 50 } } : sorting(asked),
  );
  hosts.push(host);
  const policy = folder.file(`policy-${rows}.yaml`, aPolicyText(host.baseUrl));
  const corpus = folder.file(
    `c-${rows}.jsonl`,
    aCorpus(rows, (id) => (id === ATTACK ? { tags: ['adversarial'] } : {})),
  );
  const idle = folder.file(`idle-${rows}.jsonl`, `${readFileSync(corpus, 'utf8')}${IDLE}`);
  runs += 1;
  const out = join(folder.path, `out-${runs}`);
  const ran = await profile(['--policy', policy, '--corpus', idle, '--out', out]);
  expect(ran.error).toBeUndefined();
  const found = JSON.parse(readFileSync(join(out, 'profile.json'), 'utf8'));
  return { ...ran, found, report: readFileSync(join(out, 'report.html'), 'utf8') };
}

/** Of another task, and of twice the weight. */
const IDLE = Array.from(
  { length: 15 },
  (_, index) => `${JSON.stringify({ id: `idle-${index}`, task: 'idle', prompt: `sort ${index}`, weight: 2 })}\n`,
).join('');

describe('rows that try to break a tier', () => {
  it('are in no token count, no cost, no latency, no mix and no bill, and have figures of their own', async () => {
    const [without, with_] = [await profiled(60), await profiled(61)];
    const { small, large } = with_.found.tasks.sort.calls;
    expect([small.n, small.inputTokens, large.inputTokens]).toEqual([60, 100, 100]);
    for (const tier of ['small', 'mid', 'large']) {
      const [one, other] = [without, with_].map(({ found }) => found.tasks.sort.calls[tier]);
      expect({ ...other, latencyMs: 0 }).toEqual({ ...one, latencyMs: 0 });
      expect(with_.found.tiers[tier].meanCostUsd).toBe(without.found.tiers[tier].meanCostUsd);
    }
    expect(with_.found.tasks.sort.adversarialCalls.small).toMatchObject({
      n: 1,
      inputTokens: 5000,
      outputTokens: 50,
      meanCostUsd: 0.0051,
    });
    expect(without.found.tasks.sort).not.toHaveProperty('adversarialCalls');
    expect(with_.found.corpus).toMatchObject({ n: 76, byTask: { sort: 61, idle: 15 } });
    // 60 rows of weight 1, 15 of weight 2.
    expect(with_.found.corpus.mix).toEqual({ sort: 60 / 90, idle: 30 / 90 });

    const bill = ({ found }: typeof without) => project(found, { volume: 1_000_000, atMs: Date.parse('2026-11-22') });
    expect(bill(with_).tiersUsd).toBeCloseTo(bill(without).tiersUsd, 9);
    expect(bill(with_).perTask.idle?.share).toBeCloseTo(1 / 3, 12);
  });

  it('are told of beside their pass rate, on the terminal and in the report', async () => {
    const { out, report } = await profiled(61);
    expect(out).toMatch(
      /\n {2}small: adversarial rows apart, 0 of 1 pass; \$0\.0051 a call, 5,000 tokens in, 50 out, p50 \d+ ms, p95 \d+ ms\n/,
    );
    expect(report).toMatch(/Adversarial rows.*sort: small.*\$0\.0051.*5,000, 50/s);
    // The bounds stand alike on both.
    const [, interval = ''] = /sort +small +60 +[\d.]+ % +([\d.]+ to [\d.]+ %)/.exec(out) ?? [];
    expect(interval).not.toBe('');
    expect(report.replaceAll('\u00a0', ' ')).toContain(interval);
  });
});
