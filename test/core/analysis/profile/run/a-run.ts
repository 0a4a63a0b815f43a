import { createHash } from 'node:crypto';
import { AnswerColumns } from '../../../../../lib/core/analysis/profile/run/answer-columns';
import { TierCaller } from '../../../../../lib/core/analysis/profile/run/call-tier';
import { type CorpusIndex, CorpusReader } from '../../../../../lib/core/analysis/profile/run/corpus-index';
import { compilePlanRow } from '../../../../../lib/core/analysis/profile/run/plan-row';
import { readRow } from '../../../../../lib/core/analysis/profile/run/read-row';
import type { RecordedAnswer } from '../../../../../lib/core/analysis/profile/run/recorded-answer';
import { type ProfileRun, type RunPorts, runProfile } from '../../../../../lib/core/analysis/profile/run/run-profile';
import { Spending } from '../../../../../lib/core/analysis/profile/run/spending';
import { compileChecks } from '../../../../../lib/core/analysis/profile/run/task-checks';
import type { TierProvider } from '../../../../../lib/core/execution/provider';
import { prepare } from '../../../../../lib/core/route';
import type { Policy } from '../../../../../lib/core/types-policy';

export function indexOf(lines: Iterable<string>, policy: Policy): CorpusIndex {
  const reader = new CorpusReader(policy, (text) => createHash('sha256').update(text).digest().readUIntBE(0, 6));
  let number = 0;
  for (const line of lines) {
    number += 1;
    reader.add(line, `corpus:${number}`);
  }
  if (reader.faults.length > 0) throw new Error(JSON.stringify(reader.faults));
  return reader.index();
}

export interface Ran {
  readonly end: Awaited<ReturnType<typeof runProfile>>;
  readonly answers: AnswerColumns;
  readonly recorded: readonly RecordedAnswer[];
  readonly spending: Spending;
}

/** Runs a profile over lines that are made anew each time they are read, with one provider for all tiers. */
export async function aRun(
  policy: Policy,
  lines: () => Iterable<string>,
  provider: TierProvider,
  parts: Partial<Pick<ProfileRun, 'concurrency'>> & {
    readonly keep?: boolean;
    readonly corpus?: CorpusIndex;
    readonly capUsd?: number;
    readonly onProgress?: RunPorts['onProgress'];
  } = {},
): Promise<Ran> {
  const { concurrency = 8, keep = true, corpus = indexOf(lines(), policy), capUsd, onProgress = () => {} } = parts;
  const tiers = new Map([...corpus.tasks.keys()].map((id) => [id, policy.tasks[id]?.ladder ?? []]));
  const ids = [...new Set([...tiers.values()].flat())];
  const answers = new AnswerColumns(corpus.find, corpus.rows.length, ids);
  const recorded: RecordedAnswer[] = [];
  const never = new AbortController().signal;
  const providers = { 'openai-compatible': provider };
  const spending = new Spending(capUsd, 0);
  const nowMs = Date.now;
  const calls = { providers, nowMs, random: () => 0, pause: async () => {}, stopped: never, aborted: never };
  const run = { policy, corpus, tiers, repeated: new Set<number>(), stability: 0, concurrency };
  const end = await runProfile(run, {
    policy,
    checks: await compileChecks(policy, tiers.keys(), { code: new Map(), humanVerdicts: new Map(), onFault: () => {} }),
    caller: new TierCaller(calls, concurrency, spending),
    nowMs,
    viaRouter: false,
    planRow: compilePlanRow(await prepare(policy), { providers, nowMs }),
    rows: () => rowsOf(lines(), policy),
    answers,
    recall: () => undefined,
    record: (answer) => void (keep && recorded.push(answer)),
    humanVerdicts: new Map(),
    stopped: never,
    onProgress,
  });
  return { end, answers, recorded, spending };
}

async function* rowsOf(lines: Iterable<string>, policy: Policy) {
  for (const line of lines) {
    const read = readRow(line, policy);
    if (read.ok) yield read.row;
  }
}
