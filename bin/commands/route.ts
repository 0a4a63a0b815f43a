import { randomUUID } from 'node:crypto';
import { createProviders } from '../../lambda/router/providers/registry';
import { RouterError } from '../../lib/core/errors';
import { dryRun, prepare } from '../../lib/core/route';
import type { Decision, Incoming } from '../../lib/core/types';
import type { Policy } from '../../lib/core/types-policy';
import { JSON_OPTION, type RegisterCommand, readInput, sourceName, UserError } from './command';
import { describeDecision } from './describe-decision';
import { given } from './given';
import { readPolicy } from './read-policy';

interface RouteOptions {
  readonly policy: string;
  readonly request: string;
  readonly header: readonly string[];
  readonly json?: boolean;
}

/** `tierwise route`: the decision for one request, with its reasons; no model is called. */
export const registerRoute: RegisterCommand = (program, terminal) => {
  program
    .command('route')
    .description(
      'show what would be decided for one request, and why; no model is called, and what budgets have left is not looked at ' +
        '(POST /v1/route of a router does)',
    )
    .requiredOption('--policy <file>', 'policy in YAML or JSON')
    .option('--request <file>', 'a Chat Completions body; - for standard input', '-')
    .option(
      '--header <name:value>',
      'a header of the request, such as x-tierwise-task:ticket-triage; repeatable, and joined as over HTTP',
      collect,
      [],
    )
    .option(...JSON_OPTION)
    .action(async ({ policy: file, request, header, json }: RouteOptions) => {
      if (file === '-' && request === '-') {
        throw new UserError('Policy and request cannot both come from standard input; name a file for one of them.');
      }
      const headers = headersOf(header);
      const { policy } = await readPolicy(file, { unset: 'fault', quiet: json === true }, terminal);
      const decision = await decide(policy, { headers, body: await readInput(request, terminal) }, request);
      terminal.out(json ? JSON.stringify(decision) : describeDecision(decision, policy.id));
    });
};

async function decide(policy: Policy, incoming: Incoming, file: string): Promise<Decision> {
  const noSecrets = (): Promise<string> => Promise.reject(new Error('No model is called, so no secret is read.'));
  const ports = {
    providers: createProviders({ secrets: noSecrets }),
    nowMs: Date.now,
    random: Math.random,
    pause: () => Promise.resolve(),
    newRequestId: () => `req-${randomUUID()}`,
  };
  try {
    return await dryRun({ incoming, caller: {} }, await prepare(policy), ports);
  } catch (error) {
    if (!RouterError.is(error)) throw error;
    const { message, code, param = null } = error;
    throw new UserError(`${sourceName(file)}: ${message} (${code})`, { file, code, param });
  }
}

function collect(value: string, all: readonly string[]): readonly string[] {
  return [...all, value];
}

/** What is given twice is joined, as it is over HTTP. */
function headersOf(pairs: readonly string[]): Record<string, string> {
  const headers = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf(':');
    if (at < 1) throw new UserError(`${given('--header', pair)}: write it as name:value.`);
    const [name, value] = [pair.slice(0, at).trim().toLowerCase(), pair.slice(at + 1).trim()];
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(headers);
}
