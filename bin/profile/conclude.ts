import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { CorpusRow } from '../../lib/core/analysis/profile/profile-document';
import { renderProfileReport } from '../../lib/core/analysis/profile/report/render';
import type { AnswerColumns } from '../../lib/core/analysis/profile/run/answer-columns';
import { type AskedWith, askedOf, askedWith } from '../../lib/core/analysis/profile/run/asked-with';
import { assembleProfile, type FullProfile } from '../../lib/core/analysis/profile/run/assemble-profile';
import type { CorpusIndex } from '../../lib/core/analysis/profile/run/corpus-index';
import { outcomeOf } from '../../lib/core/analysis/profile/run/outcome';
import { compilePlanRow } from '../../lib/core/analysis/profile/run/plan-row';
import { compilePossibleStarts } from '../../lib/core/analysis/profile/run/possible-starts';
import type { RecordedAnswer } from '../../lib/core/analysis/profile/run/recorded-answer';
import { RowFacts } from '../../lib/core/analysis/profile/run/row-facts';
import { profiledPolicy } from '../../lib/core/policy/profiled-policy';
import type { Task } from '../../lib/core/types-policy';
import { JudgedTwiceByTask } from './judged-twice';
import { madeWith } from './made-with';
import { makeFolder } from './out-folder';
import { projectedBill } from './projected-bill';
import type { Undertaking } from './undertaking';
import { writeWhole } from './write-whole';

/** A row with all that its tiers made of it. */
export interface AnsweredRow {
  readonly row: CorpusRow;
  readonly answers: readonly RecordedAnswer[];
  /** What a file says of how tiers were asked, where that is less or other than what the policy says now. */
  readonly asked?: Readonly<Record<string, Partial<AskedWith>>>;
}

export interface Concluded {
  readonly profile: FullProfile;
  /** Paths by what they hold. */
  readonly files: Readonly<Record<'profile' | 'report' | 'outcomes' | 'policy', string>>;
}

/** Writes what follows from the answers: outcomes, profile, policy and report, each whole or not at all. */
export async function conclude(
  undertaking: Undertaking,
  answers: AnswerColumns,
  rows: AsyncIterable<AnsweredRow>,
  spentUsd: () => number,
): Promise<Concluded> {
  const { policy, corpus, tiers, checks, humanVerdicts, folder, seed, warnings, terminal, code } = undertaking;
  makeFolder(folder);
  const files = {
    profile: join(folder, 'profile.json'),
    report: join(folder, 'report.html'),
    outcomes: join(folder, 'outcomes.jsonl'),
    policy: join(folder, 'policy.profiled.yaml'),
  };
  const facts = new RowFacts(policy, corpus.find, corpus.rows.length, compilePossibleStarts(policy));
  const twice = new JudgedTwiceByTask(checks, humanVerdicts);
  const seen: Seen = { facts, twice, simulated: new Set() };
  await writeWhole(files.outcomes, outcomeLines(undertaking, rows, seen));
  const profiledAt = new Date().toISOString();
  const assembled = assembleProfile({
    policy,
    ...(undertaking.volume !== undefined && { volume: undertaking.volume }),
    corpus,
    tiers,
    answers,
    facts,
    judgedTwice: twice.pairs,
    profile: nameOf(undertaking),
    profiledAt,
    seed,
    warnings,
  });
  const profile = madeWith(assembled, policy, code);
  await writeWhole(files.profile, [`${JSON.stringify(profile, null, 2)}\n`]);
  const options = { variables: terminal.environment, profiledAt, code };
  const text = profiledPolicy(undertaking.policyText, profile, options);
  await writeWhole(files.policy, [text]);
  for (const warning of profile.warnings.slice(warnings.length)) terminal.err(`warning: ${warning}`);
  const simulated = Object.keys(policy.tiers).filter((tier) => seen.simulated.has(tier));
  const extras = {
    madeAt: profiledAt,
    spentUsd: spentUsd(),
    simulated,
    notes: profile.warnings,
    ...projectedBill(text, undertaking, profile, Date.parse(profiledAt)),
  };
  await writeWhole(files.report, [renderProfileReport(profile, extras)]);
  return { profile, files };
}

/** What is gathered while the outcomes are written. */
interface Seen {
  readonly facts: RowFacts;
  readonly twice: JudgedTwiceByTask;
  /** Tiers with an answer of a simulated model, which says so in its name. */
  readonly simulated: Set<string>;
}

async function* outcomeLines(
  { policy, prepared, providers, tiers }: Undertaking,
  rows: AsyncIterable<AnsweredRow>,
  { facts, twice, simulated }: Seen,
): AsyncGenerator<string> {
  const planRow = compilePlanRow(prepared, { providers, nowMs: Date.now });
  const askedNow = new Map([...tiers.keys()].map((id) => [id, askedWith(policy, policy.tasks[id] as Task)]));
  for await (const { row, answers, asked: said = {} } of rows) {
    facts.add(planRow(row, tiers.get(row.task) ?? []));
    for (const answer of answers) {
      twice.add(answer);
      if (answer.model.includes('simulated')) simulated.add(answer.tier);
    }
    const asked = askedOf(askedNow.get(row.task) ?? {}, policy.tasks[row.task] as Task, answers);
    if (answers.length > 0) yield `${JSON.stringify({ ...outcomeOf(row, answers), asked: { ...asked, ...said } })}\n`;
  }
}

/** The same for the same policy and corpus. */
function nameOf({ policy, corpus }: Undertaking): string {
  const hash = createHash('sha256').update(policy.version).update(digestsOf(corpus));
  return `${policy.id}-${hash.digest('hex').slice(0, 12)}`;
}

function digestsOf({ rows }: CorpusIndex): string {
  return rows.map(({ id, digest }) => `${id} ${digest}`).join('\n');
}
