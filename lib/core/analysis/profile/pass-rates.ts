import { type AnswerTable, isAdversarial, ordinaryRows, type SampleRow } from './answer-table';
import type { CorpusAnswer, PassRate } from './profile-document';
import { countSample, rateBounds } from './sample-count';

export interface FailedCalls {
  readonly n: number;
  readonly byCause: Readonly<Record<string, number>>;
}

/** What the tiers of a task's ladder made of its rows. A tier stands only where it has something to say. */
export interface TaskPassRates {
  readonly tiers: Readonly<Record<string, PassRate>>;
  readonly adversarial: Readonly<Record<string, PassRate>>;
  /** Calls that failed: they tell of the host, not of the answers. */
  readonly failedCalls: Readonly<Record<string, FailedCalls>>;
  /** Answers that wait for a person's verdict. */
  readonly pending: Readonly<Record<string, number>>;
}

/** From these point rates on a tier may answer alone, or under watch. */
export const VERDICTS = { route: 0.95, monitor: 0.85 } as const;

export function passRates(
  ladder: readonly string[],
  rows: readonly SampleRow[],
  answers: AnswerTable,
  confidence: number,
): TaskPassRates {
  const adversarial = rows.filter(isAdversarial);
  const ordinary = ordinaryRows(rows);
  const calls = (tier: string): CorpusAnswer[] => rows.flatMap(({ id }) => answers.call(tier, id) ?? []);
  return {
    tiers: byTier(ladder, (tier) => passRate(tier, ordinary, answers, confidence)),
    adversarial: byTier(ladder, (tier) => passRate(tier, adversarial, answers, confidence)),
    failedCalls: byTier(ladder, (tier) => failedCalls(calls(tier))),
    pending: byTier(ladder, (tier) => calls(tier).filter(isPending).length || undefined),
  };
}

function byTier<T>(ladder: readonly string[], of: (tier: string) => T | undefined): Record<string, T> {
  return Object.fromEntries(
    ladder.flatMap((tier) => {
      const value = of(tier);
      return value === undefined ? [] : [[tier, value]];
    }),
  );
}

function isPending({ pass, failed }: CorpusAnswer): boolean {
  return pass === undefined && failed === undefined;
}

function failedCalls(calls: readonly CorpusAnswer[]): FailedCalls | undefined {
  const byCause: Record<string, number> = {};
  let n = 0;
  for (const { failed } of calls) {
    if (failed === undefined) continue;
    n++;
    byCause[failed] = (byCause[failed] ?? 0) + 1;
  }
  return n === 0 ? undefined : { n, byCause };
}

function passRate(
  tier: string,
  rows: readonly SampleRow[],
  answers: AnswerTable,
  confidence: number,
): PassRate | undefined {
  const judged = rows.flatMap((row) => {
    const answer = answers.judged(tier, row.id);
    return answer ? { row, answer } : [];
  });
  if (judged.length === 0) return undefined;
  const failures = countSample(judged.map(({ row, answer }) => ({ row, event: !answer.pass })));
  const gated = judged.filter(({ answer }) => answer.gate !== undefined);
  const climbs = countSample(gated.map(({ row, answer }) => ({ row, event: answer.gate === false })));
  const { low, high } = rateBounds(failures, confidence);
  const rate = passShare(failures.rate, failures.rows, failures.events);
  return {
    n: failures.rows,
    passes: failures.rows - failures.events,
    passRate: rate,
    low: 1 - high,
    high: 1 - low,
    verdict: rate >= VERDICTS.route ? 'route' : rate >= VERDICTS.monitor ? 'monitor' : 'escalate',
    ...(gated.length > 0 && { climb: climbs.rate }),
  };
}

/** Of equal weights from whole numbers, since 1 less a rounded rate might miss a bar it meets. */
function passShare(failureRate: number, rows: number, failures: number): number {
  return failureRate === failures / rows ? (rows - failures) / rows : 1 - failureRate;
}
