import { type ReadinessItem, readiness } from '../../lib/core/analysis/readiness';
import type { ReadinessFacts } from '../../lib/core/analysis/readiness/facts';
import { codeDigests } from '../profile/code-digests';
import { JSON_OPTION, type RegisterCommand, type Terminal, table, UserError } from './command';
import { readProfile } from './project/read-profile';
import { readPolicy } from './read-policy';
import { lookAtStore } from './ready/look-at-store';
import { readLoad, readProjection } from './ready/read-evidence';
import { type StoreOptions, storeName, usingStore, withStack } from './store-option';

interface Options extends StoreOptions {
  readonly policy: string;
  readonly profile?: string;
  readonly projection?: string;
  readonly load?: string;
  readonly json?: boolean;
}

/** `tierwise ready`: whether traffic may come, item by item, each with its evidence. */
export const registerReady: RegisterCommand = (program, terminal) => {
  const command = program
    .command('ready')
    .description('the list of what has to hold before a launch, each item pass or fail with its evidence')
    .requiredOption('--policy <file>', 'policy in YAML or JSON')
    .option('--profile <file>', 'profile.json, as tierwise profile wrote it')
    .option('--projection <file>', 'what tierwise project --json printed')
    .option(
      '--load <file>',
      'a load test: {requests, errors, seconds, latencyMs: {p95 | p99}, limitMs?} as JSON; of 60 s and 200 requests at least (p99: 1,000)',
    )
    .option(...JSON_OPTION);
  withStack(command).action(async (options: Options) => {
    const items = readiness(await gather(options, terminal));
    const failing = items.filter(({ ok }) => !ok);
    if (!options.json) terminal.out(describe(items));
    if (failing.length > 0) {
      const summary = `Not ready: ${failing.length} of ${items.length} items fail.`;
      throw new UserError(summary, { items });
    }
    if (options.json) terminal.out(JSON.stringify({ ok: true, items }));
    else terminal.out(`Ready: all ${items.length} items pass.`);
  });
};

async function gather(options: Options, terminal: Terminal): Promise<ReadinessFacts> {
  const { profile, projection, load, json } = options;
  const nowMs = Date.now();
  const { policy, document } = await readPolicy(options.policy, { unset: 'warning', quiet: json === true }, terminal);
  const hasStore = options.store !== undefined || options.stack !== undefined;
  return {
    nowMs,
    policy,
    code: codeDigests(policy, Object.keys(policy.tasks), options.policy),
    ...(profile !== undefined && { profile: await readProfile(profile, terminal) }),
    ...(projection !== undefined && { projection: await readProjection(projection, terminal) }),
    ...(load !== undefined && { load: await readLoad(load, terminal) }),
    ...(hasStore && {
      store: await usingStore(options, (store) => lookAtStore(store, storeName(options), document, nowMs)),
    }),
  };
}

/** A line for each item, and below a failing one what to do. */
function describe(items: readonly ReadinessItem[]): string {
  const lines = table(items.map(({ ok, name, evidence }) => [ok ? 'pass' : 'FAIL', name, evidence])).split('\n');
  return items
    .flatMap(({ how }, index) => [lines[index] as string, ...(how === undefined ? [] : [`      ${how}`])])
    .join('\n');
}
