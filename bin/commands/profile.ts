import type { Command } from 'commander';
import { awaitsPeople } from '../../lib/core/analysis/profile/review/awaits-people';
import type { CorpusIndex } from '../../lib/core/analysis/profile/run/corpus-index';
import { corpusWarnings } from '../../lib/core/analysis/profile/run/corpus-warnings';
import type { HumanVerdicts } from '../../lib/core/analysis/profile/run/task-checks';
import { counted, usd } from '../../lib/core/figures';
import type { Policy } from '../../lib/core/types-policy';
import { type Asked, askCorpus } from '../profile/ask-corpus';
import type { Concluded } from '../profile/conclude';
import { corpusFiles } from '../profile/corpus-files';
import { describeProfile } from '../profile/describe-profile';
import { meetForTasks } from '../profile/meet-for-tasks';
import { readCorpus } from '../profile/read-corpus';
import { Expectations, readOutcomes, regradeOutcomes } from '../profile/regrade-outcomes';
import { readReviewSheet, writeReviewSheet } from '../profile/review-sheet';
import {
  describeCorpus,
  type Preparation,
  prepareUndertaking,
  tiersIn,
  type Undertaking,
} from '../profile/undertaking';
import { routerAddress } from '../profile/via-router';
import { amountAboveZero } from './amount-option';
import { JSON_OPTION, type RegisterCommand, type Terminal, UserError } from './command';
import { readPolicy } from './read-policy';
import { wholeOption } from './whole-number';

interface Options {
  readonly policy: string;
  readonly corpus?: string;
  readonly tiers?: string;
  readonly concurrency: number;
  readonly maxCost?: number;
  readonly out: string;
  readonly resume?: boolean;
  readonly stability: number;
  readonly via?: string;
  readonly key?: string;
  readonly regrade?: string;
  readonly human?: string;
  readonly review?: number;
  readonly seed: number;
  readonly volume?: number;
  readonly json?: boolean;
}

/** `tierwise profile`: what each tier makes of each task, which of them may answer alone, and whether routing is worth it. */
export const registerProfile: RegisterCommand = (program, terminal) => {
  withOptions(
    program
      .command('profile')
      .description('ask a corpus of every tier, judge the answers, and certify where each task may begin'),
  ).action(async (options: Options) => {
    refuseConflicts(options);
    const isOffline = options.regrade !== undefined || options.via !== undefined;
    const reading = { unset: isOffline ? 'warning' : 'fault', quiet: options.json === true } as const;
    const { policy, text } = await readPolicy(options.policy, reading, terminal);
    const given = { policy, text, options, terminal };
    await (options.regrade === undefined ? askAll(given) : regradeAll(given, options.regrade));
  });
};

function withOptions(command: Command): Command {
  return command
    .requiredOption('--policy <file>', 'policy in YAML or JSON')
    .option('--corpus <file>', 'rows in JSONL, or a folder of such files: {id, task, prompt | messages, expect?, ...}')
    .option('--tiers <a,b>', "ask these tiers, not those of each task's ladder")
    .option('--concurrency <n>', 'calls at a time, over all tiers; each keeps its own limits', wholeOption(1, 1000), 16)
    .option(
      '--max-cost <usd>',
      'stop before so much is spent, earlier runs into the same folder counted',
      amountAboveZero('USD'),
    )
    .option('--out <dir>', 'folder for answers and results', 'out/profile')
    .option('--resume', 'go on with what is in the folder; no answer that was kept is paid for twice')
    .option('--stability <k>', 'ask some rows of each task so many times more', wholeOption(0, 100), 0)
    .option('--via <url>', 'reach the tiers through a deployed router, whose models must be those of the policy here')
    .option('--key <key>', 'the key that router knows us by')
    .option('--regrade <outcomes>', "judge the answers of an outcomes.jsonl by the policy's oracles, and ask nobody")
    .option('--review <n>', 'write a sheet of so many answers for people to judge', wholeOption(1, 10_000))
    .option('--human <file>', 'verdicts of people, on such a sheet; with --resume or --regrade')
    .option(
      '--volume <requests>',
      "requests a month, for the report's bill; the policy's traffic.monthlyRequests by default",
      wholeOption(1, 1e12),
    )
    .option('--seed <n>', 'of what is drawn by lot', wholeOption(0, 2 ** 32 - 1), 1)
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      '\nWrites profile.json, report.html, outcomes.jsonl and policy.profiled.yaml, and every answer to answers.jsonl as soon\n' +
        'as it is there. A call that failed is asked again by --resume, and so is one that was under way when the process was\n' +
        'killed: it counts as paid, and so against --max-cost. With --via the prompts of the policy in force there are put\n' +
        'before. --regrade measures no tier by answers of another model or under other prompts, and certifies none by answers\n' +
        'of which nothing says who gave them. A certificate that is refused is no error.',
    );
}

/** What people have said, as far as they have. */
async function verdictsOf(
  { policy, options: { human }, terminal }: Given,
  corpus: CorpusIndex,
): Promise<HumanVerdicts> {
  if (human === undefined) return new Map();
  const { verdicts, rows, open } = await readReviewSheet(human, policy, terminal);
  terminal.err(
    `${counted(verdicts.size, 'verdict')} of people read${open > 0 ? `; ${open} of the sheet are still open` : ''}.`,
  );
  const idle = rows.filter((row) => {
    const task = policy.tasks[corpus.find(row)?.task ?? ''];
    return task === undefined || !awaitsPeople(task);
  });
  if (idle.length > 0)
    terminal.err(
      `warning: ${counted(idle.length, 'verdict')} of people change nothing: their rows are not in the corpus, or of tasks without a human or judge oracle`,
    );
  return verdicts;
}

interface Given {
  readonly policy: Policy;
  readonly text: string;
  readonly options: Options;
  readonly terminal: Terminal;
}

/** What asking and judging anew go on with; says what is to be minded about the corpus. */
async function undertake(
  given: Given,
  corpus: CorpusIndex,
  tiersOf: Preparation['tiersOf'],
  found: readonly string[],
): Promise<Undertaking> {
  const { policy, text, options, terminal } = given;
  const warnings = [...corpusWarnings(policy, corpus), ...found];
  for (const warning of warnings) terminal.err(`warning: ${warning}`);
  return prepareUndertaking({
    policy,
    policyText: text,
    policyFile: options.policy,
    corpus,
    folder: options.out,
    seed: options.seed,
    ...(options.volume !== undefined && { volume: options.volume }),
    warnings,
    terminal,
    humanVerdicts: await verdictsOf(given, corpus),
    tiersOf,
  });
}

async function askAll(given: Given): Promise<void> {
  const { policy, options, terminal } = given;
  const { tiers, out, maxCost, via, key } = options;
  const files = await corpusFiles(options.corpus as string);
  const address = via === undefined ? undefined : routerAddress(via, key);
  const only = tiers === undefined ? undefined : tiersIn(tiers, policy);
  const corpus = await readCorpus(files, policy);
  const tiersOf = (task: string): readonly string[] => only ?? policy.tasks[task]?.ladder ?? [];
  const router = address && (await meetForTasks(address, policy, [...corpus.tasks.keys()], tiersOf));
  const undertaking = await undertake(given, corpus, tiersOf, router?.warnings ?? []);
  terminal.err(`${describeCorpus(corpus)}; answers are kept in ${out}`);
  const asked = await askCorpus(undertaking, {
    corpusFiles: files,
    concurrency: options.concurrency,
    stability: options.stability,
    resume: options.resume === true,
    ...(maxCost !== undefined && { capUsd: maxCost }),
    ...(router && { via: router.via }),
  });
  await print(asked, undertaking, options);
}

async function regradeAll(given: Given, outcomes: string): Promise<void> {
  const { policy, options } = given;
  const { corpus: corpusName } = options;
  const files = await corpusFiles(outcomes);
  const expectations =
    corpusName === undefined ? new Expectations() : await Expectations.of(await corpusFiles(corpusName), policy);
  const { corpus, tiersOf, warnings } = await readOutcomes(files, policy, expectations);
  const undertaking = await undertake(given, corpus, tiersOf, warnings);
  await print(await regradeOutcomes(undertaking, files, expectations), undertaking, options);
}

async function print(
  concluded: Concluded & Partial<Asked>,
  undertaking: Undertaking,
  { review, json }: Options,
): Promise<void> {
  const { profile, files, asked = 0, spentUsd = 0 } = concluded;
  const { policy, folder, seed, terminal, oracleFaults } = undertaking;
  const faults = oracleFaults();
  if (faults > 0)
    terminal.err(
      `warning: code oracles broke on ${counted(faults, 'answer')}, which wait for a verdict; --resume judges them`,
    );
  const sheet =
    review === undefined
      ? undefined
      : await writeReviewSheet({
          policy,
          outcomes: files.outcomes,
          folder,
          size: review,
          seed,
          profile: profile.profile,
        });
  const written = { ...files, ...(sheet && { reviewCsv: sheet.csv, reviewPage: sheet.page }) };
  if (json) {
    terminal.out(JSON.stringify({ ok: true, ...profile, asked, spentUsd, files: written }));
    return;
  }
  terminal.out(describeProfile(profile));
  terminal.out(
    `\n${counted(asked, 'call')} made, ${usd(spentUsd)} spent in all. Written: ${Object.values(written).join(', ')}`,
  );
}

/** What cannot be done together. */
function refuseConflicts({ corpus, policy, regrade, resume, via, key, tiers, maxCost, stability }: Options): void {
  if (corpus === undefined && regrade === undefined)
    throw new UserError('Name the corpus: --corpus FILE, or recorded answers: --regrade OUTCOMES.');
  if (policy === '-' && corpus === '-') throw new UserError('--corpus -: name a file or a folder.');
  const asking = {
    '--resume': resume,
    '--via': via,
    '--tiers': tiers,
    '--max-cost': maxCost,
    '--stability': stability || undefined,
  };
  const meaningless = Object.entries(asking).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (regrade !== undefined && meaningless.length > 0)
    throw new UserError(`--regrade asks nobody, so ${meaningless.join(', ')} cannot go with it.`);
  if (key !== undefined && via === undefined) throw new UserError('--key is for --via: name the router too.');
}
