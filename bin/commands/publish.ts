import type { Store } from '../../lambda/shared/store/port';
import { endpointVariables, wideningFaults } from '../../lib/core/policy/deployment';
import { literalKeys, validatePolicy } from '../../lib/core/policy/validate';
import { JSON_OPTION, type RegisterCommand, sourceName, type Terminal, UserError } from './command';
import type { DeployedStack } from './deployed-stack';
import { faultsError, readPolicy } from './read-policy';
import { type StoreOptions, usingStore, withStack } from './store-option';
import { userName } from './user-name';

interface PublishOptions extends StoreOptions {
  readonly message: string;
  readonly author?: string;
  readonly json?: boolean;
}

/** `tierwise publish FILE`: makes a new version of the policy and puts it in force. */
export const registerPublish: RegisterCommand = (program, terminal) => {
  const command = program
    .command('publish')
    .description('make a new version of a policy and put it in force on every router of the store')
    .argument('<file>', 'policy in YAML or JSON; - for standard input')
    .option('--message <text>', 'why, for the history', '')
    .option('--author <name>', 'who; the name of the user by default')
    .option(...JSON_OPTION);
  withStack(command).action(async (file: string, options: PublishOptions) => {
    const { document } = await readPolicy(file, { unset: 'warning', quiet: options.json === true }, terminal);
    refuseLiteralKeys(file, document);
    const publish = async ({ policies }: Store, stack: DeployedStack | undefined) => {
      if (stack !== undefined) refuseWidening(file, document, stack, terminal);
      const before = await policies.active();
      const author = options.author ?? userName();
      const expectedActive = before?.version ?? null;
      const { version, hash } = await policies.publish({ document, author, message: options.message, expectedActive });
      const unchanged = version === before?.version;
      if (options.json) terminal.out(JSON.stringify({ version, hash, unchanged, previous: expectedActive }));
      else if (unchanged) terminal.out(`Version ${version} already says this and is in force.`);
      else
        terminal.out(
          `Version ${version} is published and in force (${hash.slice(0, 12)}); routers take it at their next refresh.`,
        );
    };
    await usingStore(options, publish, { mayBegin: true });
  });
};

/** A router refuses a policy that widens what its deployment fixes; better to hear of it before. */
function refuseWidening(file: string, document: unknown, { deployment }: DeployedStack, terminal: Terminal): void {
  const variables = { ...terminal.environment, ...endpointVariables(document, deployment) };
  const result = validatePolicy(document, { variables, unset: 'warning', nowMs: Date.now() });
  const faults = result.ok ? wideningFaults(result.policy, deployment) : result.faults;
  if (faults.length > 0) throw faultsError(file, faults, result.warnings);
}

function refuseLiteralKeys(file: string, document: unknown): void {
  const paths = literalKeys(document);
  if (paths.length === 0) return;
  const places = paths.map((path) => `  ${path}`).join('\n');
  throw new UserError(
    `${sourceName(file)} holds literal keys, and a published policy is kept for ever:\n${places}\nWrite \${VAR} and set it where the router runs, or name a secret with apiKeySecret.`,
    { file, literalKeys: paths },
  );
}
