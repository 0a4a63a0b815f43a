import { join } from 'node:path';
import { awaitsPeople } from '../../lib/core/analysis/profile/review/awaits-people';
import { type ReviewCandidate, ReviewDraw } from '../../lib/core/analysis/profile/review/draw-review';
import { readVerdicts } from '../../lib/core/analysis/profile/review/read-verdicts';
import { reviewItem } from '../../lib/core/analysis/profile/review/review-item';
import { reviewPage } from '../../lib/core/analysis/profile/review/review-page';
import { type ReviewItem, reviewCsv } from '../../lib/core/analysis/profile/review/review-sheet';
import { readOutcome } from '../../lib/core/analysis/profile/run/outcome';
import { type HumanVerdicts, humanKey } from '../../lib/core/analysis/profile/run/task-checks';
import type { Policy } from '../../lib/core/types-policy';
import { readInput, sourceName, type Terminal, UserError } from '../commands/command';
import { linesOf } from './corpus-files';
import { writeWhole } from './write-whole';

export interface ReviewOptions {
  readonly policy: Policy;
  /** An `outcomes.jsonl`; read twice, never held. */
  readonly outcomes: string;
  readonly folder: string;
  /** Answers on the sheet, at most. */
  readonly size: number;
  readonly seed: number;
  /** Names the profile, so that a browser does not take one sheet's verdicts for another's. */
  readonly profile: string;
}

export interface ReviewWritten {
  readonly answers: number;
  readonly csv: string;
  readonly page: string;
}

/**
 * Draws answers for people to judge, of the tasks that await people where there are any, and writes them as `review.csv` and
 * `review.html`, of which either may be filled in.
 */
export async function writeReviewSheet(options: ReviewOptions): Promise<ReviewWritten> {
  const { policy, folder, size, seed, profile } = options;
  const draw = new ReviewDraw(size, seed);
  const waiting = Object.values(policy.tasks).filter(awaitsPeople);
  const asked = new Set((waiting.length > 0 ? waiting : Object.values(policy.tasks)).map(({ id }) => id));
  for await (const { row, answers } of answersOf(options)) {
    if (!asked.has(row.task)) continue;
    for (const { tier, pass, choice, sample } of answers) {
      if (choice === undefined || sample !== 0) continue;
      draw.add({ row: row.id, task: row.task, tier, ...(pass !== undefined && { pass }) });
    }
  }
  const items = await itemsOf(options, draw.drawn());
  const acceptable = Object.fromEntries(Object.values(policy.tasks).map(({ id, audit }) => [id, audit.acceptable]));
  const files = { csv: join(folder, 'review.csv'), page: join(folder, 'review.html') };
  await writeWhole(files.csv, [reviewCsv(items, acceptable)]);
  await writeWhole(files.page, [reviewPage(items, acceptable, `${profile} ${seed} ${size}`)]);
  return { answers: items.length, ...files };
}

async function itemsOf(options: ReviewOptions, drawn: readonly ReviewCandidate[]): Promise<readonly ReviewItem[]> {
  const places = new Map(drawn.map(({ row, tier }, place) => [humanKey(row, tier), place]));
  const items: ReviewItem[] = [];
  for await (const { row, answers } of answersOf(options)) {
    for (const answer of answers) {
      const place = answer.sample === 0 ? places.get(humanKey(row.id, answer.tier)) : undefined;
      const item = place === undefined ? undefined : reviewItem(row, answer);
      if (place !== undefined && item !== undefined) items[place] = item;
    }
  }
  return items.filter((item) => item !== undefined);
}

async function* answersOf({ outcomes, policy }: ReviewOptions) {
  for await (const { text, place } of linesOf([outcomes])) {
    const read = readOutcome(text, policy, Date.now());
    if (!read.ok) throw new UserError(`${place}: ${read.faults.join('; ')}`, { file: outcomes });
    yield read;
  }
}

export interface SheetRead {
  readonly verdicts: HumanVerdicts;
  /** Of each verdict. */
  readonly rows: readonly string[];
  readonly open: number;
}

/** The verdicts of a sheet that came back, as profiling takes them; every fault of it at once. */
export async function readReviewSheet(file: string, policy: Policy, terminal: Terminal): Promise<SheetRead> {
  const { verdicts, open, faults } = readVerdicts(await readInput(file, terminal), Object.keys(policy.tiers));
  if (faults.length > 0) {
    const lines = faults.map(({ line, message }) => `  ${sourceName(file)}:${line}: ${message}`);
    throw new UserError(`${sourceName(file)} is no sheet of verdicts:\n${lines.join('\n')}`, { file, faults });
  }
  return {
    verdicts: new Map(verdicts.map(({ row, tier, pass }) => [humanKey(row, tier), pass])),
    rows: verdicts.map(({ row }) => row),
    open,
  };
}
