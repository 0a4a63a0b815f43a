import type { Store } from '../../lambda/shared/store/port';
import { JSON_OPTION, type RegisterCommand, type Terminal, UserError } from './command';
import { plain } from './plain';
import { checkName, policyNames } from './policy-names';
import { type StoreOptions, storeName, usingStore, withStack } from './store-option';
import { userName } from './user-name';

interface AcknowledgeOptions extends StoreOptions {
  readonly task: string;
  readonly reason: string;
  readonly author?: string;
  readonly json?: boolean;
}

/** `tierwise acknowledge`: what the watch function raised a task for is dealt with. */
export const registerAcknowledge: RegisterCommand = (program, terminal) => {
  const command = program
    .command('acknowledge')
    .description('a task that was raised because its answers broke their schema begins at its usual tier again')
    .requiredOption('--task <task>', 'task that is raised; `tierwise tier list` shows them')
    .requiredOption('--reason <text>', 'what was done about it, for whoever looks next')
    .option('--author <name>', 'who; the name of the user by default')
    .option(...JSON_OPTION);
  command.addHelpText(
    'after',
    '\nWhat came before is not held against the task again. A task whose certificate is void is raised again until a policy\n' +
      'with a certificate that stands is published.',
  );
  withStack(command).action((options: AcknowledgeOptions) => acknowledge(options, terminal));
};

async function acknowledge(options: AcknowledgeOptions, terminal: Terminal): Promise<void> {
  const { task, reason } = options;
  const by = { author: options.author ?? userName(), reason, atMs: Date.now() };
  const cleared = await usingStore(options, async (store) => {
    const found = await store.switches.clear({ kind: 'task-raised', name: task }, by);
    // A task that the policy no longer has may still be raised.
    if (found === undefined) await refuseUnknown(task, store, options, terminal);
    return found;
  });
  if (cleared === undefined) {
    throw new UserError(`Task "${task}" is not raised; \`tierwise tier list\` shows what is.`);
  }
  if (options.json) terminal.out(JSON.stringify({ task, acknowledged: true, was: cleared }));
  else terminal.out(plain(`Task ${task} begins at its usual tier again. It was raised because ${cleared.reason}`));
}

async function refuseUnknown(task: string, store: Store, options: StoreOptions, terminal: Terminal): Promise<void> {
  const policy = await policyNames({ store, called: storeName(options) }, terminal);
  if (policy !== undefined) checkName('task', [task], Object.keys(policy.names.ladders), policy);
}
