import type { CorpusRow } from '../../lib/core/analysis/profile/profile-document';
import { AnswerColumns } from '../../lib/core/analysis/profile/run/answer-columns';
import {
  type AskedByTier,
  askedIn,
  askedWith,
  standingOf,
  withoutOthersFindings,
} from '../../lib/core/analysis/profile/run/asked-with';
import { type CorpusFault, type CorpusIndex, CorpusReader } from '../../lib/core/analysis/profile/run/corpus-index';
import { readOutcome } from '../../lib/core/analysis/profile/run/outcome';
import { paidUsd, type RecordedAnswer } from '../../lib/core/analysis/profile/run/recorded-answer';
import { regrade } from '../../lib/core/analysis/profile/run/regrade';
import { counted } from '../../lib/core/figures';
import type { Policy, Task } from '../../lib/core/types-policy';
import { UserError } from '../commands/command';
import { type AnsweredRow, type Concluded, conclude } from './conclude';
import { linesOf, rowsOf } from './corpus-files';
import { inLockedFolder } from './folder-lock';
import { digest, faultsError } from './read-corpus';
import type { Undertaking } from './undertaking';

/** Recorded answers as far as they are held in memory. */
export interface OutcomesRead {
  readonly corpus: CorpusIndex;
  readonly tiersOf: (task: string) => readonly string[];
  /** Of answers that vouch for nothing: how many of which tier, and why. */
  readonly warnings: readonly string[];
}

/** The index of the rows of an outcomes file, or every fault of it at once. */
export async function readOutcomes(
  files: readonly string[],
  policy: Policy,
  expectations: Expectations,
): Promise<OutcomesRead> {
  const reader = new CorpusReader(policy, digest);
  const faults: CorpusFault[] = [];
  const answered = new Map<string, Set<string>>();
  const judgeStanding = compileStanding(askedNow(policy));
  const strangers = new Map<string, number>();
  for await (const { text, place } of linesOf(files)) {
    refuseJournal(text, place);
    const read = readOutcome(text, policy, Date.now());
    if (read.ok) {
      const row = expectations.applied(read.row);
      const tiers = answered.get(row.task) ?? new Set();
      const line = JSON.parse(text) as Line;
      for (const answer of read.answers) {
        tiers.add(answer.tier);
        const { kind, why } = judgeStanding(line, answer);
        if (kind === 'same') continue;
        const what = `tasks.${row.task}: ${answer.tier} ${kind === 'other' ? 'is not measured' : 'is not certified'}, since ${why}`;
        strangers.set(what, (strangers.get(what) ?? 0) + 1);
      }
      answered.set(row.task, tiers);
      reader.add(JSON.stringify(row), place);
    } else for (const message of read.faults) faults.push({ place, message });
  }
  faults.push(...reader.faults);
  if (faults.length > 0) throw faultsError(faults);
  const corpus = reader.index();
  if (corpus.rows.length === 0) throw new UserError(`${files.join(', ')}: holds no outcomes.`);
  if ([...answered.values()].every(({ size }) => size === 0))
    throw new UserError(`${files.join(', ')}: holds no answers; did you mean --corpus?`);
  const warnings = [...strangers].map(([what, count]) => `${what} (${counted(count, 'answer')})`);
  return { corpus, tiersOf: (task) => inOrder(policy, task, answered.get(task) ?? new Set()), warnings };
}

type Line = Readonly<Record<string, unknown>>;

/** The file beside the one that was meant. */
function refuseJournal(text: string, place: string): void {
  if (!/^\{"(manifest|row)":/.test(text)) return;
  throw new UserError(`${place}: this is the journal of a run; give the outcomes.jsonl that lies beside it.`);
}

/** By task: how its tiers would be asked now. */
function askedNow(policy: Policy): ReadonlyMap<string, AskedByTier> {
  return new Map(Object.values(policy.tasks).map((task) => [task.id, askedWith(policy, task)]));
}

/** What an answer of a file is to the policy: one to the same question, by the same model, judged by what the policy says. */
function compileStanding(now: ReadonlyMap<string, AskedByTier>) {
  return (
    line: Line,
    { task, tier, choice, pass }: RecordedAnswer,
  ): { readonly kind: string; readonly why?: string } => {
    const standing = standingOf(askedIn(line, tier), now.get(task)?.[tier] ?? { model: '', prompt: '' });
    if (standing.kind !== 'same' || choice !== undefined || pass === undefined) return standing;
    return { kind: 'unknown', why: 'its verdicts came without the answers, so the oracles have not judged them' };
  };
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
  const { corpus, tiers, folder } = undertaking;
  const ids = [...new Set([...tiers.values()].flat())];
  const answers = new AnswerColumns(corpus.find, corpus.rows.length, ids);
  const spent = { usd: 0 };
  return inLockedFolder(folder, 'The answers are where they were; mend that and run it again.', () => {
    const rows = regraded(undertaking, files, expectations, answers, spent);
    return conclude(undertaking, answers, rows, () => spent.usd);
  });
}

async function* regraded(
  { policy, checks }: Undertaking,
  files: readonly string[],
  expectations: Expectations,
  answers: AnswerColumns,
  spent: { usd: number },
): AsyncGenerator<AnsweredRow> {
  const now = askedNow(policy);
  const judgeStanding = compileStanding(now);
  for await (const { text, place } of linesOf(files)) {
    const read = readOutcome(text, policy, Date.now());
    if (!read.ok) throw faultsError(read.faults.map((message) => ({ place, message })));
    const row = expectations.applied(read.row);
    const line = JSON.parse(text) as Line;
    const task = policy.tasks[row.task] as Task;
    const isSameModel = (tier: string): boolean => askedIn(line, tier).model === now.get(task.id)?.[tier]?.model;
    const judged: RecordedAnswer[] = [];
    for (const answer of read.answers) {
      const { kind, why = '' } = judgeStanding(line, answer);
      if (kind !== 'same') answers.disown(answer.tier, row.id, why);
      if (kind === 'other') continue;
      const anew = await regrade(withoutOthersFindings(answer, task, isSameModel), row, checks.get(row.task) ?? []);
      answers.set(anew);
      spent.usd += paidUsd(anew);
      judged.push(anew);
    }
    const asked = Object.fromEntries(judged.map(({ tier }) => [tier, askedIn(line, tier)]));
    yield { row, answers: judged, asked };
  }
}
