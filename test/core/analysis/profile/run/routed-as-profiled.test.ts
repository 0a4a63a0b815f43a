import { describe, expect, it } from 'vitest';
import { AnswerColumns } from '../../../../../lib/core/analysis/profile/run/answer-columns';
import { assembleProfile } from '../../../../../lib/core/analysis/profile/run/assemble-profile';
import { compilePlanRow } from '../../../../../lib/core/analysis/profile/run/plan-row';
import { compilePossibleStarts } from '../../../../../lib/core/analysis/profile/run/possible-starts';
import { readRow } from '../../../../../lib/core/analysis/profile/run/read-row';
import { RowFacts } from '../../../../../lib/core/analysis/profile/run/row-facts';
import { parsePolicy } from '../../../../../lib/core/policy/parse';
import { profiledPolicy } from '../../../../../lib/core/policy/profiled-policy';
import { prepare } from '../../../../../lib/core/route';
import type { Policy } from '../../../../../lib/core/types-policy';
import { indexOf } from './a-run';

const TIER = 'provider: openai-compatible, baseUrl: "http://127.0.0.1:9/v1", contextWindow: 32768';

function policyText(task: string, rest = ''): string {
  return `schema: 1
policy: desk
owner: desk
tiers:
  small: { ${TIER}, model: s, location: vpc, price: { input: 1, output: 1 } }
  mid: { ${TIER}, model: m, location: vpc, price: { input: 5, output: 5 } }
  big: { ${TIER}, model: b, location: anywhere, price: { input: 50, output: 50 } }
tasks:
  sort:
    owner: desk
    audit: { inputs: a mail, acceptable: a label, consequence: low }
    ladder: [small, mid, big]
    oracle: [{ kind: labels, labels: [bug, billing] }, { kind: exact }]
    ${task}
default: { task: sort }
${rest}`;
}

function policyOf(text: string): Policy {
  const read = parsePolicy(text, { variables: {}, unset: 'fault' });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.policy;
}

const ROWS = 200;
const ids = Array.from({ length: ROWS }, (_, index) => `row-${index}`);

/** Every fourth prompt is long, and every tenth asks for a refund. */
function lineOf(id: string, index: number): string {
  const prompt = `${index % 10 === 0 ? 'refund ' : ''}${id} ${'word '.repeat(index % 4 === 0 ? 400 : 3)}`;
  return JSON.stringify({ id, task: 'sort', prompt, expect: 'bug' });
}

/** Of a hundred rows so many fail on a tier; the first ones of them say what no label is, so that a check sends them up. */
const WRONG: Readonly<Record<string, { readonly fails: number; readonly told: number }>> = {
  small: { fails: 30, told: 10 },
  mid: { fails: 10, told: 4 },
  big: { fails: 0, told: 0 },
};

interface Profiled {
  readonly profile: ReturnType<typeof assembleProfile>;
  /** By row, where a router with the profiled policy begins it. */
  readonly starts: readonly string[];
  readonly excluded: readonly ReadonlyMap<string, string>[];
}

/** The profile that these answers make, and what a router makes of the policy that is written with it. */
async function profiled(text: string): Promise<Profiled> {
  const policy = policyOf(text);
  const lines = ids.map(lineOf);
  const corpus = indexOf(lines, policy);
  const tiers = new Map([['sort', policy.tasks.sort?.ladder ?? []]]);
  const answers = new AnswerColumns(corpus.find, ROWS, Object.keys(policy.tiers));
  for (const [index, row] of ids.entries())
    for (const tier of Object.keys(policy.tiers)) {
      const { fails = 0, told = 0 } = WRONG[tier] ?? {};
      const usage = { inputTokens: 100, outputTokens: 1, costUsd: 0.001, judgeCostUsd: 0, latencyMs: 5 };
      const pass = index % 100 >= fails;
      const gate = index % 100 >= told;
      answers.set({ row, task: 'sort', tier, sample: 0, pass, gate, model: tier, ...usage });
    }
  const ports = { providers: {}, nowMs: () => Date.parse('2026-11-22') };
  const rows = lines.map((line) => {
    const read = readRow(line, policy);
    if (!read.ok) throw new Error(read.faults.join());
    return read.row;
  });
  const facts = new RowFacts(policy, corpus.find, ROWS, compilePossibleStarts(policy));
  const plan = compilePlanRow(await prepare(policy), ports);
  for (const row of rows) facts.add(plan(row, []));
  const profile = assembleProfile({
    policy,
    corpus,
    tiers,
    answers,
    facts,
    judgedTwice: new Map(),
    profile: 'p',
    profiledAt: '2026-11-22T00:00:00.000Z',
    seed: 1,
    warnings: [],
  });
  const after = policyOf(profiledPolicy(text, profile, { variables: {} }));
  const planAfter = compilePlanRow(await prepare(after), ports);
  const planned = rows.map((row) => planAfter(row, []));
  return {
    profile,
    starts: planned.map(({ decision }) => decision.tier ?? 'none'),
    excluded: planned.map(({ excluded }) => excluded),
  };
}

/** What a router would make of the answers, reckoned here by itself: begin, and climb past what no guard forbids. */
function expectedMix({ starts, excluded }: Profiled): Record<string, number> {
  const ladder = ['small', 'mid', 'big'];
  const mix: Record<string, number> = { small: 0, mid: 0, big: 0 };
  for (const [index, start] of starts.entries()) {
    const way = ladder.slice(ladder.indexOf(start)).filter((tier) => !excluded[index]?.has(tier));
    const tier = way.find((each) => index % 100 >= (WRONG[each]?.told ?? 0)) ?? (way.at(-1) as string);
    mix[tier] = (mix[tier] ?? 0) + 1 / ROWS;
  }
  return mix;
}

const shareOf = (starts: readonly string[], tier: string) => starts.filter((start) => start === tier).length / ROWS;

describe('what a profile says of the policy it writes', () => {
  it.each([
    ['a start alone', 'route: direct'],
    ['a static route', 'route: static'],
    ['the score, whose lowest band is the cheapest tier', 'route: direct\n    strategy: [score]'],
    [
      'the score in narrow bands',
      'route: direct\n    strategy: [score]',
      'score: { cheapestBelow: 3, frontierAbove: 9 }',
    ],
    ['rules that lead up', 'route: direct\n    rules: [{ when: { tokensAbove: 200 }, tier: big }]'],
    ['rules that lead below', 'route: direct\n    rules: [{ when: { keywords: [refund] }, tier: small }]'],
    ['a dispatched task', 'route: dispatch\n    latencyBudgetMs: 500'],
    ['a certificate of before', 'route: direct\n    strategy: [score]\n    start: mid'],
    ['the score, certified in the middle', 'route: direct\n    strategy: [score]\n    target: { passRate: 0.8 }'],
    [
      'rules and dispatch, certified in the middle',
      'route: dispatch\n    target: { passRate: 0.8 }\n    rules: [{ when: { keywords: [refund] }, tier: small }]',
    ],
    ['a target that nothing meets', 'route: direct\n    strategy: [score]\n    target: { passRate: 0.999 }'],
    ['a task that may not go everywhere', 'route: direct\n    residency: vpc\n    target: { passRate: 0.8 }'],
  ])('is what a router does with it, where the task has %s', async (_name, task, rest = '') => {
    const found = await profiled(policyText(task, rest));
    const { baseline, routing } = found.profile.tasks.sort ?? {};
    const mix =
      routing?.route === 'static'
        ? Object.fromEntries(['small', 'mid', 'big'].map((tier) => [tier, shareOf(found.starts, tier)]))
        : expectedMix(found);
    for (const tier of ['small', 'mid', 'big']) {
      expect(routing?.profiled?.begins[tier]).toBeCloseTo(shareOf(found.starts, tier), 9);
      expect(baseline?.mix?.[tier]).toBeCloseTo(mix[tier] ?? 0, 9);
    }
    expect(baseline?.n).toBe(ROWS);
    expect(baseline?.upRouteRate).toBeCloseTo(1 - shareOf(found.starts, 'small'), 9);
  });

  it('certifies no task at one tier and says that another takes its requests', async () => {
    const { profile } = await profiled(policyText('route: direct\n    strategy: [score]'));
    expect(profile.tasks.sort).toMatchObject({
      certified: { tier: 'big' },
      baseline: { mix: { small: 0, mid: 0, big: 1 } },
      worth: { why: expect.stringContaining('routing would send every request to big') },
    });
  });

  it('warns of a rule that led up and leads below the certified tier now', async () => {
    const rules = 'rules: [{ when: { tokensAbove: 200 }, tier: mid }, { when: { keywords: [refund] }, tier: big }]';
    const warning =
      'tasks.sort.rules[0].tier: "mid" lies below the certified tier "big", and what this rule sends there is not covered by ' +
      'the certificate: name big, or take the rule out';
    expect((await profiled(policyText(`route: direct\n    ${rules}`))).profile.warnings).toEqual([warning]);
    const others = [`route: static\n    ${rules}`, `route: direct\n    strategy: [score]\n    ${rules}`];
    for (const task of others) expect((await profiled(policyText(task))).profile.warnings).toEqual([]);
  });

  it('tells a tier that is out of service from one that was passed over, as production does', async () => {
    const text = policyText('route: direct').replace('model: s,', 'model: s, enabled: false,');
    const { profile } = await profiled(text);
    const { routing, baseline } = profile.tasks.sort ?? {};
    expect(routing?.byStart.small?.begins).toEqual({ small: 0, mid: 1, big: 0 });
    expect(baseline?.upRouteRate).toBe(1);
    const refused = await profiled(text.replace('route: direct', 'route: direct\n    target: { passRate: 0.999 }'));
    expect(refused.profile.tasks.sort?.baseline).toMatchObject({ upRouteRate: 0, climbRate: 0, escalationRate: 0 });
  });
});
