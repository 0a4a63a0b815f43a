import { AnswerColumns } from '../../lib/core/analysis/profile/run/answer-columns';
import { compilePlanRow } from '../../lib/core/analysis/profile/run/plan-row';
import { repeatedRows } from '../../lib/core/analysis/profile/run/repeated-rows';
import { type ProfileRun, type RunEnd, runProfile } from '../../lib/core/analysis/profile/run/run-profile';
import { Spending } from '../../lib/core/analysis/profile/run/spending';
import { counted, usd } from '../../lib/core/figures';
import { UserError } from '../commands/command';
import { type Books, callerFor } from './caller-for';
import { CallsUnderWay } from './calls-under-way';
import { type AnsweredRow, type Concluded, conclude } from './conclude';
import { rowsOf } from './corpus-files';
import { describeShortage, leastCap } from './describe-shortage';
import { inLockedFolder } from './folder-lock';
import { Journal } from './journal';
import { manifestOf } from './manifest';
import { type ProgressBar, progressBar } from './progress';
import { stopOnSignal } from './stop-on-signal';
import type { Undertaking } from './undertaking';
import type { ViaRouter } from './via-router';

export interface AskOptions {
  readonly corpusFiles: readonly string[];
  readonly concurrency: number;
  readonly capUsd?: number;
  readonly stability: number;
  readonly resume: boolean;
  readonly via?: ViaRouter;
}

export interface Asked extends Concluded {
  readonly asked: number;
  readonly spentUsd: number;
}

/** Asks every row of its tiers, keeps every answer as it comes, and concludes once all have been asked. */
export async function askCorpus(undertaking: Undertaking, options: AskOptions): Promise<Asked> {
  const { folder } = undertaking;
  if (!options.resume && Journal.exists(folder))
    throw new UserError(
      `${folder} holds answers of an earlier run: go on with it (--resume), or name another folder (--out).`,
    );
  const kept = 'Every answer that was written before is kept; mend that and go on with --resume.';
  return inLockedFolder(folder, kept, () => askInto(undertaking, options));
}

async function askInto(undertaking: Undertaking, options: AskOptions): Promise<Asked> {
  const { policy, corpus, tiers, folder, seed, code } = undertaking;
  const { concurrency, stability, via } = options;
  const ids = [...new Set([...tiers.values()].flat())];
  const answers = new AnswerColumns(corpus.find, corpus.rows.length, ids);
  const journal = await Journal.open(folder, manifestOf({ policy, tiers, code }, via), corpus, ids, answers);
  const underWay = CallsUnderWay.in(folder, journal.dearestUsd);
  const paidUsd = (): number => journal.paidUsd + underWay.lost.usd;
  tellOfBefore(journal, underWay, undertaking);
  try {
    const run: ProfileRun = {
      policy,
      corpus,
      tiers,
      repeated: stability > 0 ? repeatedRows(corpus, seed) : new Set(),
      stability,
      concurrency,
    };
    const spending = new Spending(options.capUsd, paidUsd());
    for (const [kind, costUsd] of journal.dearestUsd) spending.saw(kind, costUsd);
    const end = await ask(run, undertaking, options, { answers, journal, spending, underWay });
    refuseUnfinished(end, spending, undertaking, options);
    const rows = answeredRows(undertaking, options, journal, run);
    const concluded = await conclude(undertaking, answers, rows, paidUsd);
    refuseGivenUp(end, undertaking);
    return { ...concluded, asked: end.asked, spentUsd: paidUsd() };
  } finally {
    journal.close();
    underWay.close();
  }
}

function tellOfBefore(journal: Journal, { lostLast }: CallsUnderWay, { terminal }: Undertaking): void {
  if (lostLast.calls > 0)
    terminal.err(
      `${counted(lostLast.calls, 'call')} ${lostLast.calls === 1 ? 'was' : 'were'} under way when the run before was ended, and no answer was kept; counted as paid: ${usd(lostLast.usd)}.`,
    );
  if (journal.staleAnswers > 0)
    terminal.err(
      `The code that judges has changed: ${counted(journal.staleAnswers, 'answer')} that were kept are judged anew by it, and paid for no second time.`,
    );
}

type Ended = RunEnd & {
  readonly stopped: boolean;
  /** Version of the router's policy that came into force during the run. */
  readonly published?: string;
};

async function ask(run: ProfileRun, undertaking: Undertaking, options: AskOptions, books: Books): Promise<Ended> {
  const { policy, prepared, providers, checks, terminal } = undertaking;
  const { answers, journal, spending, underWay } = books;
  const stop = stopOnSignal(undertaking.oraclesGivenUp, () =>
    terminal.err('Stopping: calls under way may end, nothing is begun. Press Ctrl-C again to give them up.'),
  );
  const bar = barFor(undertaking, spending);
  let published: string | undefined;
  const onPublished = (version: string): void => {
    published ??= version;
    stop.stopped.abort();
  };
  try {
    const end = await runProfile(run, {
      policy,
      checks,
      caller: callerFor(undertaking, options, { stop, books, onPublished }),
      nowMs: Date.now,
      viaRouter: options.via !== undefined,
      planRow: compilePlanRow(prepared, { providers, nowMs: Date.now }),
      rows: () => rowsOf(options.corpusFiles, policy),
      answers,
      recall: (row, tier, sample) => journal.recall(row, tier, sample),
      record: (answer) => journal.record(answer),
      isStale: (row, tier, sample) => journal.isStale(row, tier, sample),
      answered: (about) => underWay.answered(about),
      humanVerdicts: undertaking.humanVerdicts,
      stopped: stop.stopped.signal,
      onProgress: (progress) => bar.tell(progress),
    });
    return { ...end, stopped: stop.stopped.signal.aborted, ...(published !== undefined && { published }) };
  } catch (error) {
    // Whatever broke the run, nothing more is to be paid for.
    stop.stopped.abort();
    stop.aborted.abort();
    throw error;
  } finally {
    bar.end();
    stop.release();
  }
}

function barFor({ terminal }: Undertaking, spending: Spending): ProgressBar {
  const isTerminal = process.stderr.isTTY === true;
  return progressBar({
    ...(isTerminal && { redraw: (line: string) => void process.stderr.write(`\r\x1b[K${line}`) }),
    columns: () => process.stderr.columns || 80,
    print: terminal.err,
    spentUsd: () => spending.totalUsd,
    nowMs: Date.now,
  });
}

/** What was answered stays; only what follows from all of it is not written. */
function refuseUnfinished(
  end: Ended,
  spending: Spending,
  { folder, policy }: Undertaking,
  { capUsd, via }: AskOptions,
): void {
  const kept = `What was answered is kept in ${folder} (${usd(spending.totalUsd)} in all)`;
  if (spending.shortage !== undefined)
    throw new UserError(
      `--max-cost ${capUsd}: the cap has no room for another call. ${describeShortage(spending.shortage, policy)} ${kept}; go on with --resume and a higher --max-cost.`,
      { folder, spentUsd: spending.totalUsd, leastMaxCost: leastCap(spending.shortage) },
    );
  if (end.published !== undefined)
    throw new UserError(
      `Version ${end.published} of the router's policy came into force during the run, which began under ${via?.router.version}. ${kept}, all by the version before; bring that one back there (tierwise rollback) and go on with --resume, or begin anew in another folder.`,
      { folder, spentUsd: spending.totalUsd },
    );
  if (end.stopped)
    throw new UserError(`Stopped. ${kept}; go on with --resume.`, { folder, spentUsd: spending.totalUsd });
}

/** The profile is written all the same, from what there is. */
function refuseGivenUp({ givenUp }: RunEnd, { folder }: Undertaking): void {
  if (givenUp.length === 0) return;
  const lines = givenUp.map(({ tier, cause, message }) => `  ${tier}: ${cause}; ${message}`);
  throw new UserError(
    `Tiers were given up after calls had failed one after the other:\n${lines.join('\n')}\n` +
      `${folder} holds the profile of what was answered; mend the tiers and go on with --resume.`,
    { folder, givenUp },
  );
}

async function* answeredRows(
  { policy, tiers }: Undertaking,
  { corpusFiles }: AskOptions,
  journal: Journal,
  { repeated, stability, corpus }: ProfileRun,
): AsyncGenerator<AnsweredRow> {
  for await (const row of rowsOf(corpusFiles, policy)) {
    const index = corpus.find(row.id)?.index ?? -1;
    const samples = 1 + (repeated.has(index) ? stability : 0);
    const places = (tiers.get(row.task) ?? []).flatMap((tier) =>
      Array.from({ length: samples }, (_, sample) => ({ tier, sample })),
    );
    yield { row, answers: places.flatMap(({ tier, sample }) => journal.recall(row.id, tier, sample) ?? []) };
  }
}
