import { describe, expect, it } from 'vitest';
import type { Worth } from '../../../../../lib/core/analysis/profile/profile-document';
import { renderProfileReport } from '../../../../../lib/core/analysis/profile/report/render';
import type { ReportedProfile, ReportedTask } from '../../../../../lib/core/analysis/profile/report/report-extras';
import { taskPoints } from '../../../../../lib/core/analysis/profile/report/task-points';
import { headline } from '../../../../../lib/core/analysis/profile/report/verdict-section';
import { aMeasuredTask, aMeasuredTier, aProfile } from '../../project/a-profile';
import { aReport } from './a-report';

const { profile, extras } = aReport();
const WHOLE = renderProfileReport(profile, extras);

/** What a reader sees, without tags, each blank a plain one. */
function textOf(html: string): string {
  const body = html.slice(html.indexOf('<body>')).replace(/<title>[^<]*<\/title>/g, ' ');
  const text = body
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&amp;/g, '&');
  return text.replace(/\s+/g, ' ');
}

function bare(tasks: ReportedProfile['tasks']): ReportedProfile {
  return aProfile({ tiers: { small: aMeasuredTier(), mid: aMeasuredTier() }, tasks });
}

function judged(recommendation: Worth['recommendation'], bestSingle = 'small'): ReportedTask {
  const task = aMeasuredTask({ small: 0.9, mid: 0.97 });
  return { ...task, worth: { ...task.worth, recommendation, bestSingle } };
}

describe('the headline', () => {
  it.each<[string, readonly ReportedTask[]]>([
    ['Route', [judged('route')]],
    ['Route all 2 tasks', [judged('route'), judged('route')]],
    ['Route 1 of 3 tasks', [judged('route'), judged('single-tier'), judged('not-enough-rows')]],
    ['Do not route, use small', [judged('single-tier'), judged('single-tier')]],
    ['Do not route, use mid for 1 of 2 tasks', [judged('single-tier', 'mid'), judged('not-enough-rows')]],
    ['Do not route: one tier for each task does', [judged('single-tier'), judged('single-tier', 'mid')]],
    ['Not enough rows to say whether to route', [judged('not-enough-rows')]],
    ['Nothing was profiled', []],
  ])('says %s', (expected, tasks) => {
    expect(headline(tasks.map((task, index) => [`task-${index}`, task]))).toBe(expected);
  });
});

const ADVICE = { route: 'route', 'single-tier': 'do not route', 'not-enough-rows': 'too few rows' };

describe('the report', () => {
  const text = textOf(WHOLE);

  it('begins with the verdict, the saving and what is certified', () => {
    const verdict = text.slice(0, text.indexOf('What to do with each task'));
    const { monthlyUsd, saving } = extras.projection as NonNullable<typeof extras.projection>;
    expect(verdict).toContain('Route 2 of 6 tasks');
    expect(verdict).toContain(`$${monthlyUsd.toLocaleString('en-US', { maximumFractionDigits: 2 })}`);
    expect(verdict).toContain(`(${(saving.share * 100).toFixed(1)} %) less than everything on frontier`);
    expect(verdict).toMatch(/Certified 3 of 6 tasks/);
  });

  it('says of every task what to do, and of every refused one why and how many rows it takes', () => {
    for (const [id, { worth, certified }] of Object.entries(profile.tasks)) {
      expect(text).toContain(`${id} ${ADVICE[worth.recommendation]} `);
      expect(text).toContain(worth.why);
      if ('refused' in certified) expect(text).toContain(certified.refused);
    }
    expect(text).toContain('summarising 83 1,583 frontier: 83 rows');
    expect(text).toContain('none practical');
    expect(text).toContain('small, from a margin of 0.2091 on, which 84.6 % of its answers reach');
  });

  it('states the power: rows needed where truly 1, 2 and 3 % fail', () => {
    expect(text).toMatch(
      /Risk 1 % truly fail 2 % truly fail 3 % truly fail Tasks 5 % at 95 % 124 286 694 ticket-triage, /,
    );
  });

  it('shows every tier on every task with its rate, bounds, verdict and place against cost', () => {
    for (const { tiers } of Object.values(profile.tasks)) {
      for (const [tier, rate] of Object.entries(tiers)) {
        expect(text).toContain(`${tier} ${(rate.passRate * 100).toFixed(1)} % ${rate.verdict}`);
        expect(text).toContain(`${rate.passes} of ${rate.n}`);
      }
    }
    expect(WHOLE.match(/<svg class="plot"/g)).toHaveLength(6);
    expect(WHOLE.match(/<svg class="bar"/g)).toHaveLength(3);
  });

  it('keeps adversarial rows, failed calls, judges, repeats and calibration apart', () => {
    for (const caption of [
      'Adversarial rows',
      'Without a verdict',
      'Judges against people',
      'The same question again',
      'How sureness tells errors',
    ]) {
      expect(text.indexOf(caption)).toBeGreaterThan(text.indexOf('Apart from the pass rates'));
    }
    expect(text).toMatch(/ticket-triage: small .* of \d+ \$0\.0000\d+ 400, 90 200, 200 ms/);
    expect(text).toMatch(/server-error \d/);
    expect(text).toMatch(/faq-answering 9\d\.\d % .* validated/);
  });

  it('asks for nothing outside itself, and no script runs in it', () => {
    expect(WHOLE).not.toMatch(/\b(src|href)="(?!#|data:)/);
    expect(WHOLE).not.toMatch(/url\(|@import|<script|<iframe|https?:\/\//);
    expect(WHOLE).toContain(`content="default-src &#39;none&#39;; img-src data:; style-src &#39;unsafe-inline&#39;"`);
  });

  it('names every drawing and every table for those who do not see them', () => {
    for (const [svg] of WHOLE.matchAll(/<svg class="(?:plot|bar|track)"[^>]*>/g)) {
      expect(svg).toMatch(/role="img" aria-label="[^"]{10,}"|aria-hidden="true"/);
    }
    expect(WHOLE.match(/<table /g)?.length).toBe(WHOLE.match(/<caption>[^<]+/g)?.length);
    expect(WHOLE).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  it('writes whatever a policy or a tier is called as text', () => {
    const evil = { ...judged('route'), owner: '<img src=x onerror=alert(1)>' };
    const page = renderProfileReport(bare({ 'a<b>"c': evil }), { notes: ['</style><script>alert(1)</script>'] });
    expect(page).not.toMatch(/<img|<script|a<b>|"c"/);
    expect(page).toContain('&lt;/style&gt;&lt;script&gt;');
  });

  it('does with a profile of its named members alone, and says what it lacks', () => {
    const page = textOf(renderProfileReport(bare({ triage: judged('route') })));
    expect(page).toContain('No bill was projected with this profile: tierwise project');
    expect(page).toContain('Nothing is certified. Every task keeps the start of its policy.');
    expect(page).not.toContain('Apart from the pass rates');
    expect(page).not.toMatch(/NaN|undefined/);
  });

  it('tells of a certified task what a cheaper tier lacks', () => {
    expect(textOf(WHOLE)).toMatch(
      /Not certified, and why .*faq-answering mid instead of frontier 202 none practical mid: 200 rows with 11 failures/,
    );
  });

  it('says from which volume on a task pays for the router, or that none does', () => {
    const text = textOf(WHOLE);
    const bill = "the router's own bill ($0.000015 a request and, by its part of the traffic, $60.00 a month)";
    expect(text).toContain(`from 229,814 requests of the task a month on, as what is saved covers ${bill}`);
    expect(text).toContain(`at no volume, since what is saved against the best single tier does not cover ${bill}`);
  });

  it('holds all ways to serve a task against each other on the same rows', () => {
    const id = 'summarising';
    const task = profile.tasks[id] as ReportedTask;
    const points = taskPoints(profile, { ...task, meanCostUsd: { frontier: 9 } });
    const alone = points.filter(({ kind }) => kind === 'tier');
    expect(alone.map(({ name }) => name)).toEqual(Object.keys(task.tiers));
    for (const point of alone) expect(point).toMatchObject(task.worth.alone?.[point.name] ?? {});
    expect(points.find(({ name }) => name === 'frontier')).toMatchObject(task.worth.references?.alwaysFrontier ?? {});
  });

  it('leaves a cost open that is not known', () => {
    const task = judged('single-tier', 'mid');
    const rate = { n: 9, passes: 9, passRate: 1, low: 0.7, high: 1, verdict: 'route' } as const;
    const blind = { ...task, ladder: ['mid'], tiers: { mid: rate }, meanCostUsd: { mid: null } };
    const unpriced = { ...bare({ triage: blind }), tiers: {} };
    const page = textOf(renderProfileReport(unpriced));
    expect(page).toMatch(/mid best single 100\.0 % 70\.0 to 100\.0 % - - /);
    expect(page).not.toMatch(/\$0\.00|NaN|null/);
  });

  it('calls a volume that nobody has said an example', () => {
    const said = (exampleVolume: boolean) => textOf(renderProfileReport(profile, { ...extras, exampleVolume }));
    expect(said(true)).toContain('requests a month (an example: nobody has said how many there will be): $');
    expect(said(false)).not.toContain('an example');
  });

  it('says that simulated models answered', () => {
    expect(textOf(renderProfileReport(profile, { simulated: ['small', 'mid'] }))).toContain(
      'Simulated models answered: for small, mid by their own account, and perhaps for other tiers, as not every host can say so. ' +
        'The figures show the method, and nothing about real models.',
    );
  });

  it('takes what is told beside the profile for what the profile itself does not hold', () => {
    const tasks = {
      triage: { target: { passRate: 0.97, confidence: 0.95 }, failedCalls: { mid: { n: 3, byCause: { timeout: 3 } } } },
    };
    const page = textOf(renderProfileReport(bare({ triage: judged('route') }), { tasks }));
    expect(page).toContain('triage, target 97 %');
    expect(page).toContain('triage: mid 3 timeout 3');
    expect(page).toContain('3 % truly fail Tasks 3 % at 95 %');
  });
});
