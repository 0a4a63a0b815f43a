import type { Command } from 'commander';
import type { StoredPolicy } from '../../lambda/shared/store/policy-port';
import type { Store } from '../../lambda/shared/store/port';
import { productionBaseline } from '../../lib/core/analysis/production-baseline';
import { counted, percent } from '../../lib/core/figures';
import { roundBaseline } from '../../lib/core/policy/round-baseline';
import { validatePolicy } from '../../lib/core/policy/validate';
import { emptyRollup, mergeRollup, type Rollup } from '../../lib/core/telemetry/rollup/rollup';
import type { Baseline, Policy } from '../../lib/core/types-policy';
import { addedUp } from './added-up';
import { JSON_OPTION, type RegisterCommand, subcommand, type Terminal, table, UserError } from './command';
import { duration } from './duration';
import { type LeftOutCounts, leftOutCounts, saidLeftOut } from './left-out';
import { faultsError } from './read-policy';
import { LEAST_PERIOD_MS } from './report/period';
import { type Period, rollupsBetween } from './rollups-between';
import { type StoreOptions, storeName, usingStore, withStack } from './store-option';
import { userName } from './user-name';

interface Options extends StoreOptions {
  readonly since: string;
  readonly reason: string;
  readonly task?: string;
  readonly author?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `tierwise baseline adopt`: what production does now becomes what it is held to. */
export const registerBaseline: RegisterCommand = (program, terminal) => {
  const baseline = program.command('baseline').description('what production is held to');
  withStack(describeAdopt(baseline)).action((options: Options) => adopt(options, terminal));
};

function describeAdopt(baseline: Command): Command {
  return subcommand(baseline, 'adopt')
    .description('make a baseline of the records of the last days and publish it in a new version of the policy')
    .option('--since <time>', 'how far back, such as 24h or 7d', '7d')
    .requiredOption('--reason <text>', 'why, for the history')
    .option('--task <id>', 'this task alone; all by default')
    .option('--author <name>', 'who; the name of the user by default')
    .option('--dry-run', 'show what would be published, and publish nothing')
    .option(...JSON_OPTION);
}

interface Taken {
  readonly task: string;
  readonly before: Baseline;
  readonly after: Baseline;
  readonly leftOut: LeftOutCounts;
}

/** What came in the period. */
interface Records {
  readonly rollup: Rollup;
  readonly fromMs: number;
  readonly notes: readonly string[];
}

interface Result {
  readonly published: boolean;
  readonly version: number;
  readonly previous: number;
  /** Of the policy that was in force before; ISO 8601, UTC. */
  readonly inForceSince: string;
}

async function adopt(options: Options, terminal: Terminal): Promise<void> {
  const { since, reason, json, dryRun = false } = options;
  if (reason.trim() === '') throw new UserError('--reason: say why, for the history.');
  const nowMs = Date.now();
  const fromMs = nowMs - duration('--since', since, { leastMs: LEAST_PERIOD_MS });
  await usingStore(options, async (store) => {
    const { stored, since: inForceSince } = await activePolicy(store, options);
    const policy = validated(stored.document, terminal);
    const records = await recordsSince(store, options, { fromMs, untilMs: nowMs });
    const { taken, skipped } = take(policy, records, options.task, since, nowMs);
    if (!json) for (const note of [...records.notes, ...skipped]) terminal.err(note);
    if (taken.length === 0) {
      const why = `No task has records enough of the last ${since}, so no baseline was made.`;
      throw new UserError(why, { skipped });
    }
    const document = withBaselines(stored.document, taken);
    validated(document, terminal);
    const { version } = dryRun ? stored : await publish(store, stored, document, options, reason);
    const result = {
      published: !dryRun,
      version,
      previous: stored.version,
      inForceSince,
      skipped,
      notes: records.notes,
    };
    if (json) terminal.out(JSON.stringify({ ...result, baselines: byTask(taken), leftOut: leftOutByTask(taken) }));
    else terminal.out(describe(taken, records, result));
  });
}

async function activePolicy({ policies }: Store, options: Options) {
  const active = await policies.active();
  const stored = active && (await policies.read(active.version));
  if (active !== undefined && stored !== undefined) return { stored, since: active.since };
  throw new UserError(`Nothing is published in ${storeName(options)}: tierwise publish puts a policy in force.`);
}

function validated(document: unknown, { environment }: Terminal): Policy {
  const result = validatePolicy(document, { variables: environment, unset: 'warning', nowMs: Date.now() });
  if (result.ok) return result.policy;
  throw faultsError('the policy in force', result.faults, result.warnings);
}

async function recordsSince(store: Store, options: Options, period: Period): Promise<Records> {
  const rollup = emptyRollup();
  const nowMs = period.untilMs;
  const wanted = { ...period, addedUp: await addedUp(store, options, period, nowMs) };
  const { fromMs, notes } = await rollupsBetween(store, wanted, nowMs, (_, part) => mergeRollup(rollup, part));
  return { rollup, fromMs, notes };
}

/** With fewer records than an alarm needs, a baseline would say as little. */
function take(policy: Policy, { rollup }: Records, only: string | undefined, since: string, nowMs: number) {
  if (only !== undefined && !Object.hasOwn(policy.tasks, only)) {
    throw new UserError(`The policy in force has no task "${only}"; it has ${Object.keys(policy.tasks).join(', ')}.`);
  }
  const takenAt = new Date(nowMs).toISOString();
  const taken: Taken[] = [];
  const skipped: string[] = [];
  for (const task of Object.values(policy.tasks)) {
    if (only !== undefined && task.id !== only) continue;
    const after = productionBaseline(rollup, task, {
      takenAt,
      period: `${since} to ${takenAt}`,
      tiers: Object.keys(policy.tiers),
    });
    const n = after?.n ?? 0;
    const leftOut = leftOutCounts(rollup, task.id);
    if (after !== undefined && n >= policy.alarms.minRequests)
      taken.push({ task: task.id, before: task.baseline, after: roundBaseline(after), leftOut });
    else {
      const few = `${task.id}: ${counted(n, 'record')} of ${policy.alarms.minRequests}; its baseline stays.`;
      skipped.push([few, ...saidLeftOut(leftOut)].join(' '));
    }
  }
  return { taken, skipped };
}

function withBaselines(document: unknown, taken: readonly Taken[]): unknown {
  const copy = structuredClone(document) as { tasks: Record<string, { baseline?: unknown }> };
  for (const { task, after } of taken) (copy.tasks[task] as { baseline?: unknown }).baseline = after;
  return copy;
}

function publish(
  { policies }: Store,
  { version }: StoredPolicy,
  document: unknown,
  options: Options,
  reason: string,
): Promise<StoredPolicy> {
  const author = options.author ?? userName();
  return policies.publish({ document, author, message: reason, expectedActive: version });
}

function byTask(taken: readonly Taken[]): Record<string, Baseline> {
  return Object.fromEntries(taken.map(({ task, after }) => [task, after]));
}

function leftOutByTask(taken: readonly Taken[]): Record<string, LeftOutCounts> {
  return Object.fromEntries(taken.map(({ task, leftOut }) => [task, leftOut]));
}

function describe(
  taken: readonly Taken[],
  { fromMs }: Records,
  { published, version, previous, inForceSince }: Result,
): string {
  const rows = taken.map(({ task, before, after }) => [
    task,
    String(after.n),
    before.escalationRate === undefined ? 'none' : percent(before.escalationRate),
    percent(after.escalationRate ?? 0),
    outwards(after.low ?? 0, after.high ?? 1),
    Object.entries(after.mix ?? {})
      .map(([tier, share]) => `${tier} ${percent(share)}`)
      .join(', '),
  ]);
  const heading = ['task', 'records', 'escalations before', 'now', 'bounds', 'mix'];
  const isMixed = Date.parse(inForceSince) > fromMs;
  const mixed = `Version ${previous} is in force since ${inForceSince}: what came before that was decided by another.`;
  const end = published
    ? `Version ${version} is published and in force; routers take it at their next refresh.`
    : 'Nothing was published.';
  const without = taken.flatMap(({ task, leftOut }) => saidLeftOut(leftOut).map((said) => `${task}: ${said}`));
  return [table([heading, ...rows]), ...without, ...(isMixed ? [mixed] : []), end].join('\n');
}

/** Never narrower than they are. */
function outwards(low: number, high: number): string {
  return `${percent(Math.floor(low * 1000) / 1000)} to ${percent(Math.ceil(high * 1000) / 1000)}`;
}
