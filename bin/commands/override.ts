import type { TaskOverride } from '../../lib/core/types-live';
import { JSON_OPTION, type RegisterCommand, type Terminal, UserError } from './command';
import { duration, spellDuration } from './duration';
import { AT_NEXT_LOOK, warnIfTooShort } from './next-look';
import { plain } from './plain';
import { checkedByPolicy, checkOverride, POLICY_OPTION, type PolicyNames } from './policy-names';
import { type StoreOptions, storeName, usingStore, withStack } from './store-option';
import { userName } from './user-name';

interface OverrideOptions extends StoreOptions {
  readonly task: string;
  readonly tier?: string;
  readonly for?: string;
  readonly clear?: boolean;
  readonly reason: string;
  readonly author?: string;
  readonly policy?: string;
  readonly json?: boolean;
}

/** An override is for an incident, not for good: what is to last is published. */
const LONGEST_DAYS = 31;

/** `tierwise override`: lets a task begin at another tier for a while. */
export const registerOverride: RegisterCommand = (program, terminal) => {
  const command = program
    .command('override')
    .description('let a task begin at another tier of its ladder for a while; guards still bind')
    .requiredOption('--task <task>', 'task of the policy')
    .option('--tier <tier>', 'where its requests begin')
    .option('--for <time>', `such as 30m or 2h; at most ${LONGEST_DAYS}d`)
    .option('--clear', 'end the override of the task')
    .requiredOption('--reason <text>', 'why, for whoever looks next')
    .option('--author <name>', 'who; the name of the user by default')
    .option(...POLICY_OPTION)
    .option(...JSON_OPTION);
  withStack(command).action((options: OverrideOptions) =>
    options.clear ? clearOverride(options, terminal) : setOverride(options, terminal),
  );
};

async function setOverride(options: OverrideOptions, terminal: Terminal): Promise<void> {
  const { task, tier } = options;
  if (tier === undefined || options.for === undefined) {
    throw new UserError('Name the tier and the time: --tier X --for 2h; or end an override with --clear.');
  }
  const atMs = Date.now();
  const forMs = duration('--for', options.for, { longestDays: LONGEST_DAYS });
  warnIfTooShort(forMs, terminal);
  const author = options.author ?? userName();
  const entry: TaskOverride = {
    kind: 'task-override',
    task,
    tier,
    untilMs: atMs + forMs,
    reason: options.reason,
    author,
    atMs,
  };
  const namesChecked = await usingStore(options, async (store) => {
    const place = { store, called: storeName(options), file: options.policy };
    const check = (policy: PolicyNames): void => checkOverride(task, tier, policy);
    const checked = await checkedByPolicy([task, tier], place, terminal, check);
    await store.switches.set(entry);
    return checked;
  });
  if (options.json) terminal.out(JSON.stringify({ ...entry, namesChecked }));
  else {
    const time = spellDuration(forMs);
    terminal.out(plain(`Task ${task} begins at ${tier} for ${time}. ${AT_NEXT_LOOK}`));
  }
}

async function clearOverride(options: OverrideOptions, terminal: Terminal): Promise<void> {
  const { task, reason } = options;
  if (options.tier !== undefined || options.for !== undefined) {
    throw new UserError('--clear ends the override of the task; it takes no --tier and no --for.');
  }
  const by = { author: options.author ?? userName(), reason, atMs: Date.now() };
  const cleared = await usingStore(options, ({ switches }) =>
    switches.clear({ kind: 'task-override', name: task }, by),
  );
  if (cleared === undefined) throw new UserError(`No override of task "${task}" is in force.`);
  if (options.json) terminal.out(JSON.stringify({ task, cleared: true, was: cleared }));
  else
    terminal.out(
      plain(`Task ${task} begins where its policy says again. The override was set because: ${cleared.reason}`),
    );
}
