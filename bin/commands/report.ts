import { type Command, InvalidArgumentError } from 'commander';
import type { Store } from '../../lambda/shared/store/port';
import { ownPricesSaid, readMemory } from '../../lambda/watch/memory';
import { buildReport, type Report } from '../../lib/core/analysis/report/report';
import { ResidencyEvidenceCollector } from '../../lib/core/analysis/report/residency-evidence';
import { MONTH } from '../../lib/core/durations';
import {
  emptyRollup,
  mergeRollup,
  REPORT_DIMENSIONS,
  type ReportDimension,
} from '../../lib/core/telemetry/rollup/rollup';
import type { OwnPrices } from '../../lib/core/telemetry/watch/nouns';
import { addedUp } from './added-up';
import { amountFromZero } from './amount-option';
import { JSON_OPTION, type RegisterCommand, type Terminal, UserError } from './command';
import { type DatedEvidence, describeEvidence } from './report/describe-evidence';
import { describeReport } from './report/describe-report';
import { periodOf } from './report/period';
import { notesOnProjected, readProjected } from './report/projected';
import { readBudgets } from './report/read-budgets';
import { evidenceCsv, reportCsv } from './report/report-csv';
import { reportedPolicy } from './report/reported-policy';
import { readRevenue } from './report/revenue';
import { type Counted, type Period, rollupsBetween, type TakeRollup } from './rollups-between';
import { type StoreOptions, usingStore, withStack } from './store-option';

interface Options extends StoreOptions {
  readonly by?: ReportDimension;
  readonly since: string;
  readonly until?: string;
  readonly revenue?: string;
  readonly projection?: string;
  readonly residency?: boolean;
  readonly customer?: string;
  readonly policy?: string;
  readonly ownUsd?: number;
  readonly csv?: boolean;
  readonly json?: boolean;
}

/** `tierwise report`: what routing did, cost and saved; and where a customer's prompts went. */
export const registerReport: RegisterCommand = (program, terminal) => {
  const command = withOptions(
    program.command('report').description('what routing did, cost and saved, split one way; or where prompts went'),
  );
  withStack(command).action(async (options: Options) => {
    checkTogether(options);
    if (options.residency) await reportResidency(options, terminal);
    else await reportFigures(options, terminal);
  });
};

function withOptions(command: Command): Command {
  return command
    .option('--by <split>', `${REPORT_DIMENSIONS.join(', ')}; task by default`, dimension)
    .option('--since <time>', 'how far back, such as 24h or 7d, or a date in UTC', '7d')
    .option('--until <time>', 'the same; now by default')
    .option('--revenue <file>', 'USD a month by customer, JSON or CSV: margins, customers below zero first')
    .option('--projection <file>', 'tierwise project --json, to hold the bill against; that of the policy by default')
    .option('--residency', 'every place that prompts of --customer went to, and how long they are kept there')
    .option('--customer <customer>', 'whose prompts')
    .option('--policy <file>', 'policy of a store in which none is published')
    .option(
      '--own-usd <usd>',
      "what the router's own parts cost a month, to be subtracted; by default as the deployment says",
      amountFromZero('USD a month'),
    )
    .option('--csv', 'print CSV on stdout and nothing else')
    .option(...JSON_OPTION);
}

function dimension(given: string): ReportDimension {
  const known = REPORT_DIMENSIONS.find((each) => each === given);
  if (known === undefined) throw new InvalidArgumentError(`Give one of ${REPORT_DIMENSIONS.join(', ')}.`);
  return known;
}

function checkTogether({ by, revenue, projection, residency, customer, csv, json }: Options): void {
  if (csv && json) throw new UserError('--csv and --json cannot go together: stdout takes one of them.');
  if (revenue !== undefined && projection !== undefined)
    throw new UserError('--revenue goes by customer and --projection by tier: give one of them.');
  if (revenue !== undefined && by !== undefined && by !== 'customer')
    throw new UserError(`--revenue goes by customer, not by ${by}: leave --by out.`);
  if (projection !== undefined && by !== undefined && by !== 'tier')
    throw new UserError(`--projection goes by tier, not by ${by}: leave --by out.`);
  if (!residency && customer !== undefined) throw new UserError('--customer goes with --residency.');
  if (!residency) return;
  if (!customer?.trim()) throw new UserError('--residency needs --customer: whose prompts?');
  if (by !== undefined || revenue !== undefined || projection !== undefined)
    throw new UserError('--residency shows where prompts went; it takes no --by, --revenue or --projection.');
}

function splitOf({ by, revenue, projection }: Options): ReportDimension {
  return by ?? (revenue !== undefined ? 'customer' : projection !== undefined ? 'tier' : 'task');
}

async function reportFigures(options: Options, terminal: Terminal): Promise<void> {
  const by = splitOf(options);
  const revenue = options.revenue === undefined ? undefined : await readRevenue(options.revenue, terminal);
  const projectedPerTier =
    options.projection === undefined ? undefined : await readProjected(options.projection, terminal);
  const nowMs = Date.now();
  const period = periodOf(options.since, options.until, nowMs);
  const report = await usingStore(options, async (store): Promise<Report> => {
    const { policy, notes } = await reportedPolicy(store.policies, options.policy, terminal);
    const rollup = emptyRollup();
    const counted = await countPeriod(options, store, { ...period, nowMs }, (_, part) => mergeRollup(rollup, part));
    return buildReport({
      rollup,
      fromMs: counted.fromMs,
      untilMs: counted.untilMs,
      by,
      policy,
      own: ownPrices(options) ?? ownPricesSaid((await readMemory(store.states)).memory),
      projectedPerTier,
      revenue,
      budgets: policy === undefined ? [] : await readBudgets(store.budgets, policy, { rollup, nowMs }),
      notes: [...notes, ...notesOnProjected(projectedPerTier, policy), ...counted.notes],
    });
  });
  if (options.json) terminal.out(JSON.stringify(report));
  else if (options.csv) outCsv(terminal, reportCsv(report), report.notes);
  else terminal.out(describeReport(report, { bars: isForAPerson(terminal) }));
}

async function reportResidency(options: Options, terminal: Terminal): Promise<void> {
  const nowMs = Date.now();
  const wanted = periodOf(options.since, options.until, nowMs);
  const evidence = await usingStore(options, async (store): Promise<DatedEvidence> => {
    const { policy, notes } = await reportedPolicy(store.policies, options.policy, terminal);
    const collector = new ResidencyEvidenceCollector(options.customer as string);
    const counted = await countPeriod(options, store, { ...wanted, nowMs }, (from, part) => collector.add(from, part));
    const period = { from: new Date(counted.fromMs).toISOString(), until: new Date(counted.untilMs).toISOString() };
    return { period, ...collector.evidence(policy), notes: [...notes, ...counted.notes] };
  });
  if (options.json) terminal.out(JSON.stringify({ schema: 1, ...evidence }));
  else if (options.csv) outCsv(terminal, evidenceCsv(evidence), evidence.notes);
  else terminal.out(describeEvidence(evidence));
}

async function countPeriod(
  options: Options,
  store: Store,
  { nowMs, ...period }: Period & { readonly nowMs: number },
  take: TakeRollup,
): Promise<Counted> {
  return rollupsBetween(store, { ...period, addedUp: await addedUp(store, options, period, nowMs) }, nowMs, take);
}

function ownPrices({ ownUsd }: Options): OwnPrices | undefined {
  if (ownUsd === undefined) return undefined;
  return { perRequestUsd: 0, perSecondUsd: 0, perHourUsd: ownUsd / MONTH.hours };
}

/** What is printed ends with a line feed: with this before it the last line of the CSV ends as the others do. */
function outCsv(terminal: Terminal, text: string, notes: readonly string[]): void {
  for (const note of notes) terminal.err(note);
  terminal.out(`${text}\r`);
}

function isForAPerson({ environment }: Terminal): boolean {
  return process.stdout.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
}
