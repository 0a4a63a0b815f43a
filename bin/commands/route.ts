import { randomUUID } from 'node:crypto';
import { createProviders } from '../../lambda/router/providers/registry';
import { RouterError } from '../../lib/core/errors';
import { dryRun, prepare } from '../../lib/core/route';
import type { Decision } from '../../lib/core/types';
import { JSON_OPTION, type RegisterCommand, readInput, table, UserError } from './command';
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
    .description('show what would be decided for one request, and why; no model is called')
    .requiredOption('--policy <file>', 'policy in YAML or JSON')
    .option('--request <file>', 'a Chat Completions body; - for standard input', '-')
    .option(
      '--header <name:value>',
      'a header of the request, such as x-tierwise-task:ticket-triage; repeatable',
      collect,
      [],
    )
    .option(...JSON_OPTION)
    .action(async (options: RouteOptions) => {
      const { policy } = await readPolicy(
        options.policy,
        'fault',
        options.json ? { ...terminal, err: () => {} } : terminal,
      );
      const body = await readInput(options.request, terminal);
      const decision = await decide(policy, body, headersOf(options.header));
      terminal.out(options.json ? JSON.stringify(decision) : describe(decision));
    });
};

async function decide(
  policy: Parameters<typeof prepare>[0],
  body: string,
  headers: Record<string, string>,
): Promise<Decision> {
  const noSecrets = (): Promise<string> => Promise.reject(new Error('No model is called, so no secret is read.'));
  const ports = {
    providers: createProviders({ secrets: noSecrets }),
    nowMs: Date.now,
    random: Math.random,
    pause: () => Promise.resolve(),
    newRequestId: () => `req-${randomUUID()}`,
  };
  try {
    return dryRun({ incoming: { headers, body }, caller: {} }, await prepare(policy), ports);
  } catch (error) {
    if (RouterError.is(error))
      throw new UserError(`${error.message} (${error.code})`, { code: error.code, param: error.param ?? null });
    throw error;
  }
}

function collect(value: string, all: readonly string[]): readonly string[] {
  return [...all, value];
}

function headersOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf(':');
      if (at < 1) throw new UserError(`--header ${pair}: write it as name:value.`);
      return [pair.slice(0, at).trim().toLowerCase(), pair.slice(at + 1).trim()];
    }),
  );
}

function describe(decision: Decision): string {
  const head =
    decision.tier === null
      ? `refused: ${decision.refusal.message} (${decision.refusal.code})`
      : `tier ${decision.tier} (${decision.reason}), then ${decision.ladder.slice(1).join(', ') || 'no other'}`;
  const dimensions = Object.entries(decision.dimensions).filter(([, value]) => value > 0);
  return [
    head,
    table([
      ['task', decision.task],
      ['route', decision.route],
      ['score', decision.score.toFixed(1)],
      [
        'expected',
        `${decision.expected.inputTokens} tokens in, ${decision.expected.outputTokens} out, $${decision.expected.costUsd}`,
      ],
      ['policy', decision.policy || '-'],
      ...decision.excluded.map(({ tier, reason, detail }) => ['excluded', `${tier}: ${reason}: ${detail}`]),
      ...dimensions.map(([name, value]) => ['dimension', `${name} ${value.toFixed(1)}`]),
      ...Object.entries(decision.pass).map(([tier, { p, low, source }]) => [
        'P(pass)',
        `${tier}: ${p} (at least ${low}, ${source})`,
      ]),
    ]),
  ].join('\n');
}
