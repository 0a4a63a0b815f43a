import { AnswerTable, isAdversarial } from '../../../../../lib/core/analysis/profile/answer-table';
import { calibrateMargins } from '../../../../../lib/core/analysis/profile/calibrate-margins';
import { certify } from '../../../../../lib/core/analysis/profile/certify';
import { judgeAgreement } from '../../../../../lib/core/analysis/profile/judge-agreement';
import { passRates } from '../../../../../lib/core/analysis/profile/pass-rates';
import type { CorpusAnswer, CorpusRow } from '../../../../../lib/core/analysis/profile/profile-document';
import type {
  ReportExtras,
  ReportedProfile,
  ReportedTask,
} from '../../../../../lib/core/analysis/profile/report/report-extras';
import { callMeans } from '../../../../../lib/core/analysis/profile/run/call-means';
import { stabilityOf } from '../../../../../lib/core/analysis/profile/stability';
import { taskBaseline } from '../../../../../lib/core/analysis/profile/task-baseline';
import { worthOf } from '../../../../../lib/core/analysis/profile/worth';
import { project } from '../../../../../lib/core/analysis/project';
import type { MeasuredProfile } from '../../../../../lib/core/analysis/project/measured-profile';
import { seededRandom } from '../../../../../lib/core/analysis/statistics/seeded-random';
import type { Task } from '../../../../../lib/core/types-policy';
import { aTask } from '../../../../builders';

const COSTS: Readonly<Record<string, number>> = { small: 0.00002, mid: 0.0004, frontier: 0.004 };

const TIERS: MeasuredProfile['tiers'] = {
  small: tier('llama-3.1-8b-instruct', { hourly: 1.861, tokensPerSecond: 2600 }, 0.00002),
  mid: tier('eu.amazon.nova-2-lite-v1:0', { input: 0.33, output: 2.75 }, 0.0004),
  frontier: tier('claude-opus-5-5', { input: 4, output: 20 }, 0.004),
};

function tier(model: string, price: unknown, meanCostUsd: number): MeasuredProfile['tiers'][string] {
  return { model, price, meanCostUsd, inputTokens: 410, outputTokens: 90, latencyMs: { p50: 300, p95: 900 } };
}

interface World {
  readonly rows: number;
  /** How often each tier fails, by tier of the ladder. */
  readonly fails: Readonly<Record<string, number>>;
  readonly route: Task['route'];
}

/** Six tasks as profiling finds them: some to be routed, one not, one with too few rows. */
const WORLDS: Readonly<Record<string, World>> = {
  'ticket-triage': { rows: 400, fails: { small: 0.09, mid: 0.02, frontier: 0.01 }, route: 'direct' },
  'field-extraction': { rows: 300, fails: { small: 0.16, mid: 0.015 }, route: 'direct' },
  'faq-answering': { rows: 220, fails: { small: 0.22, mid: 0.05, frontier: 0.03 }, route: 'cascade' },
  summarising: { rows: 90, fails: { mid: 0.03, frontier: 0.02 }, route: 'direct' },
  'multi-step-reasoning': { rows: 90, fails: { mid: 0.34, frontier: 0.08 }, route: 'direct' },
  'code-writing': { rows: 20, fails: { mid: 0.2, frontier: 0.05 }, route: 'direct' },
};

/** A profile made as profiling makes it, of answers drawn by lot; the same for the same seed. */
export function aReport(seed = 1): { readonly profile: ReportedProfile; readonly extras: ReportExtras } {
  const random = seededRandom(seed);
  const tasks = Object.entries(WORLDS).map(([id, world]) => [id, reported(id, world, random)] as const);
  const profile: ReportedProfile = {
    schema: 1,
    policy: { id: 'hybrid', version: 'file-0123456789ab' },
    corpus: {
      n: Object.values(WORLDS).reduce((sum, { rows }) => sum + rows, 0),
      byTask: Object.fromEntries(Object.entries(WORLDS).map(([id, { rows }]) => [id, rows])),
    },
    tiers: TIERS,
    tasks: Object.fromEntries(tasks),
  };
  const projection = project(profile as MeasuredProfile, {
    volume: 2_000_000,
    atMs: Date.UTC(2026, 10, 22),
    engineers: 1,
    hiddenCosts: { 'migration-risk': 400 },
  });
  return { profile, extras: { madeAt: '2026-11-22T08:15:00.000Z', spentUsd: 4.81, projection } };
}

function reported(id: string, { rows: count, fails, route }: World, random: () => number): ReportedTask {
  const ladder = Object.keys(fails);
  const task = aTask({ id, ladder, route, oracle: [{ kind: 'length', min: 1 }] });
  const rows: CorpusRow[] = Array.from({ length: count }, (_, index) => ({
    id: `${id}-${index}`,
    task: id,
    messages: [],
    weight: 1,
    tags: index % 12 === 11 ? ['adversarial'] : [],
  }));
  const all = rows.flatMap((row) => answersTo(row, fails, random));
  const answers = new AnswerTable(all);
  const { confidence } = task.target;
  const rates = passRates(ladder, rows, answers, confidence);
  const stability = stabilityOf(all);
  const certified = certify({ task, rows, answers, costUsd: COSTS, confidenceRouting: stability.confidenceRouting });
  const common = { task, certification: certified, rows, answers };
  const curves = ladder.flatMap((one) => {
    const curve = calibrateMargins(one, rows, answers);
    return curve ? [[one, curve] as const] : [];
  });
  const attacks = ladder.flatMap((one) => {
    const call = callMeans(one, rows.filter(isAdversarial), answers);
    return call ? [[one, call] as const] : [];
  });
  return {
    ladder,
    owner: `owners of ${id}`,
    target: task.target,
    ...rates,
    adversarialCalls: Object.fromEntries(attacks),
    certified,
    worth: worthOf({
      ...common,
      stability,
      random,
      classifierUsd: 0.000001,
      router: { fixedMonthlyUsd: 60, requestUsd: 0.000015 },
    }),
    baseline: taskBaseline({ ...common, profiledAt: '2026-11-22T08:15:00.000Z' }),
    stability,
    calibration: Object.fromEntries(curves),
    ...(route === 'cascade' && { judge: judgeAgreement(pairs(120, random)) }),
  };
}

function answersTo(row: CorpusRow, fails: World['fails'], random: () => number): CorpusAnswer[] {
  const difficulty = random();
  return Object.entries(fails).flatMap(([name, rate]) => {
    const again = Number(row.id.split('-').at(-1)) % 10 === 0 ? 2 : 0;
    return Array.from({ length: 1 + again }, (_, sample): CorpusAnswer => {
      const failed = random() < 0.01;
      const pass = difficulty + 0.06 * (random() - 0.5) > rate;
      const costUsd = (COSTS[name] as number) * (0.7 + 0.6 * random());
      return {
        row: row.id,
        task: row.task,
        tier: name,
        sample,
        ...(failed ? { failed: 'server-error' } : { pass, gate: pass || random() < 0.4 }),
        ...(name === 'small' && { margin: Math.min(1, Math.max(0, difficulty * 0.9 + 0.1 * random())) }),
        model: `${name}-model`,
        inputTokens: 400,
        outputTokens: 90,
        costUsd,
        judgeCostUsd: 0,
        latencyMs: 200,
      };
    });
  });
}

function pairs(count: number, random: () => number): { judge: boolean; human: boolean }[] {
  return Array.from({ length: count }, () => {
    const human = random() < 0.8;
    return { human, judge: random() < 0.93 ? human : !human };
  });
}
