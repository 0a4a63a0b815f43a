import type { Command } from 'commander';
import type { Store, StoredPolicy } from '../../lambda/shared/store/port';
import { productionBaseline } from '../../lib/core/analysis/production-baseline';
import { roundBaseline } from '../../lib/core/policy/round-baseline';
import { validatePolicy } from '../../lib/core/policy/validate';
import { addRecord, emptyRollup, type Rollup } from '../../lib/core/telemetry/rollup/rollup';
import type { Baseline, Policy } from '../../lib/core/types-policy';
import { counted, JSON_OPTION, type RegisterCommand, type Terminal, table, UserError } from './command';
import { duration } from './duration';
import { faultsError } from './read-policy';
import { eachRecord, minutesBetween } from './recent-records';
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
  return baseline
    .command('adopt')
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
}

interface Records {
  readonly rollup: Rollup;
  /** Records by the version of the policy that made them. */
  readonly byPolicy: Readonly<Record<string, number>>;
}

async function adopt(options: Options, terminal: Terminal): Promise<void> {
  const { since, reason, json, dryRun = false } = options;
  const nowMs = Date.now();
  const fromMs = nowMs - duration('--since', since);
  await usingStore(options, async (store) => {
    const stored = await activePolicy(store, options);
    const policy = validated(stored.document, terminal);
    const records = await recordsSince(store, fromMs, nowMs);
    const { taken, skipped } = take(policy, records, options.task, since, nowMs);
    if (!json) for (const note of skipped) terminal.err(note);
    if (taken.length === 0) {
      const why = `No task has records enough of the last ${since}, so no baseline was made.`;
      throw new UserError(why, { skipped });
    }
    const document = withBaselines(stored.document, taken);
    validated(document, terminal);
    const { version } = dryRun ? stored : await publish(store, stored, document, options, reason);
    const result = { published: !dryRun, version, previous: stored.version, policies: records.byPolicy, skipped };
    if (json) terminal.out(JSON.stringify({ ...result, baselines: byTask(taken) }));
    else terminal.out(describe(taken, records, result));
  });
}

async function activePolicy({ policies }: Store, options: Options): Promise<StoredPolicy> {
  const active = await policies.active();
  const stored = active && (await policies.read(active.version));
  if (stored !== undefined) return stored;
  throw new UserError(`Nothing is published in ${storeName(options)}: tierwise publish puts a policy in force.`);
}

function validated(document: unknown, { environment }: Terminal): Policy {
  const result = validatePolicy(document, { variables: environment, unset: 'warning', nowMs: Date.now() });
  if (result.ok) return result.policy;
  throw faultsError('the policy in force', result.faults, result.warnings);
}

async function recordsSince(store: Store, fromMs: number, nowMs: number): Promise<Records> {
  const rollup = emptyRollup();
  const byPolicy: Record<string, number> = {};
  await eachRecord(store, minutesBetween(fromMs, nowMs), (record) => {
    addRecord(rollup, record);
    byPolicy[record.policy] = (byPolicy[record.policy] ?? 0) + 1;
  });
  return { rollup, byPolicy };
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
      name: `production, ${since} to ${takenAt}`,
      tiers: Object.keys(policy.tiers),
    });
    const n = after?.n ?? 0;
    if (after !== undefined && n >= policy.alarms.minRequests)
      taken.push({ task: task.id, before: task.baseline, after: roundBaseline(after) });
    else skipped.push(`${task.id}: ${counted(n, 'record')} of ${policy.alarms.minRequests}; its baseline stays.`);
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

function describe(
  taken: readonly Taken[],
  { byPolicy }: Records,
  { published, version }: { readonly published: boolean; readonly version: number },
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
  const versions = Object.entries(byPolicy).map(([policy, count]) => `version ${policy}: ${count}`);
  const several = versions.length > 1 ? [`Made by several policies (${versions.join(', ')}).`] : [];
  const end = published
    ? `Version ${version} is published and in force; routers take it at their next refresh.`
    : 'Nothing was published.';
  return [table([heading, ...rows]), ...several, end].join('\n');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** Never narrower than they are. */
function outwards(low: number, high: number): string {
  return `${percent(Math.floor(low * 1000) / 1000)} to ${percent(Math.ceil(high * 1000) / 1000)}`;
}
