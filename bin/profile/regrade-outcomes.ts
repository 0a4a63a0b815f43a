import type { CorpusRow } from '../../lib/core/analysis/profile/profile-document';
import { AnswerColumns } from '../../lib/core/analysis/profile/run/answer-columns';
import { type CorpusFault, type CorpusIndex, CorpusReader } from '../../lib/core/analysis/profile/run/corpus-index';
import { readOutcome } from '../../lib/core/analysis/profile/run/outcome';
import { paidUsd, type RecordedAnswer } from '../../lib/core/analysis/profile/run/recorded-answer';
import { regrade } from '../../lib/core/analysis/profile/run/regrade';
import type { Policy } from '../../lib/core/types-policy';
import { UserError } from '../commands/command';
import { type AnsweredRow, type Concluded, conclude } from './conclude';
import { linesOf, rowsOf } from './corpus-files';
import { digest, faultsError } from './read-corpus';
import type { Undertaking } from './undertaking';

/** The index of the rows of an outcomes file, or every fault of it at once. */
export async function readOutcomes(
  files: readonly string[],
  policy: Policy,
  expectations: Expectations,
): Promise<{ readonly corpus: CorpusIndex; readonly tiersOf: (task: string) => readonly string[] }> {
  const reader = new CorpusReader(policy, digest);
  const faults: CorpusFault[] = [];
  const answered = new Map<string, Set<string>>();
  for await (const { text, place } of linesOf(files)) {
    const read = readOutcome(text, policy);
    if (read.ok) {
      const row = expectations.applied(read.row);
      const tiers = answered.get(row.task) ?? new Set();
      for (const { tier } of read.answers) tiers.add(tier);
      answered.set(row.task, tiers);
      reader.add(JSON.stringify(row), place);
    } else for (const message of read.faults) faults.push({ place, message });
  }
  faults.push(...reader.faults);
  if (faults.length > 0) throw faultsError(faults);
  const corpus = reader.index();
  if (corpus.rows.length === 0) throw new UserError(`${files.join(', ')}: holds no outcomes.`);
  return { corpus, tiersOf: (task) => inOrder(policy, task, answered.get(task) ?? new Set()) };
}

/** As the task's ladder has them, then those beside it. */
function inOrder(policy: Policy, task: string, tiers: ReadonlySet<string>): readonly string[] {
  const all = new Set([...(policy.tasks[task]?.ladder ?? []), ...Object.keys(policy.tiers)]);
  return [...all].filter((tier) => tiers.has(tier));
}

/** What a corpus says of rows now, where one is given: what they expect, weigh and belong to. */
export class Expectations {
  private readonly rows = new Map<string, Omit<CorpusRow, 'messages'>>();

  static async of(files: readonly string[], policy: Policy): Promise<Expectations> {
    const expectations = new Expectations();
    for await (const { messages: _, ...row } of rowsOf(files, policy)) expectations.rows.set(row.id, row);
    return expectations;
  }

  applied(row: CorpusRow): CorpusRow {
    const now = this.rows.get(row.id);
    return now === undefined ? row : { messages: row.messages, ...now };
  }
}

/** Judges recorded answers by the policy's oracles, asks nobody, and concludes anew. */
export async function regradeOutcomes(
  undertaking: Undertaking,
  files: readonly string[],
  expectations: Expectations,
): Promise<Concluded> {
  const { corpus, tiers } = undertaking;
  const ids = [...new Set([...tiers.values()].flat())];
  const answers = new AnswerColumns(corpus.find, corpus.rows.length, ids);
  const spent = { usd: 0 };
  return conclude(undertaking, answers, regraded(undertaking, files, expectations, answers, spent), () => spent.usd);
}

async function* regraded(
  { policy, checks }: Undertaking,
  files: readonly string[],
  expectations: Expectations,
  answers: AnswerColumns,
  spent: { usd: number },
): AsyncGenerator<AnsweredRow> {
  for await (const { text, place } of linesOf(files)) {
    const read = readOutcome(text, policy);
    if (!read.ok) throw faultsError(read.faults.map((message) => ({ place, message })));
    const row = expectations.applied(read.row);
    const judged: RecordedAnswer[] = [];
    for (const answer of read.answers) {
      const now = await regrade(answer, row, checks.get(row.task) ?? []);
      answers.set(now);
      spent.usd += paidUsd(now);
      judged.push(now);
    }
    yield { row, answers: judged };
  }
}
