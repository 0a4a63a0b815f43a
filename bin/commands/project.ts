import type { Command } from 'commander';
import { project } from '../../lib/core/analysis/project';
import { ASSUMPTION_NAMES } from '../../lib/core/analysis/project/assumptions';
import { ImpossibleProjection } from '../../lib/core/analysis/project/impossible';
import { RATE_NAMES } from '../../lib/core/analysis/project/rates';
import type { ProjectOptions } from '../../lib/core/analysis/project/scenario';
import type { Policy } from '../../lib/core/types-policy';
import { amountAboveZero, amountFromZero } from './amount-option';
import { JSON_OPTION, type RegisterCommand, sourceName, type Terminal, UserError } from './command';
import { assumptionsOf, hiddenCostsOf, ratesOf, readHourly } from './project/amounts';
import { describeProjection } from './project/describe-projection';
import { readProfile } from './project/read-profile';
import { readPolicy } from './read-policy';
import { wholeOption } from './whole-number';

interface Options {
  readonly profile: string;
  readonly volume?: number;
  readonly policy?: string;
  readonly engineers: number;
  readonly engineerUsd?: number;
  readonly revenue?: number;
  readonly hourly?: string;
  readonly hidden: readonly string[];
  readonly assume: readonly string[];
  readonly rate: readonly string[];
  readonly json?: boolean;
}

/** `tierwise project`: what a month will cost, from what was measured; and whether that is worth it. */
export const registerProject: RegisterCommand = (program, terminal) => {
  withOptions(
    program
      .command('project')
      .description('project the bill of a month from a profile: what routing costs, saves and depends on'),
  ).action(async (options: Options) => {
    if (options.policy === '-' && options.profile === '-')
      throw new UserError('Profile and policy cannot both come from standard input; name a file for one of them.');
    const profile = await readProfile(options.profile, terminal);
    const policy = await policyOf(options, terminal);
    try {
      const projection = project(profile, await projectOptions(options, policy, terminal));
      terminal.out(options.json ? JSON.stringify({ ok: true, ...projection }) : describeProjection(projection));
    } catch (error) {
      if (!(error instanceof ImpossibleProjection)) throw error;
      throw new UserError(`${sourceName(options.profile)}: ${error.message}.`, { file: options.profile });
    }
  });
};

function withOptions(command: Command): Command {
  return command
    .requiredOption('--profile <file>', 'profile.json, as tierwise profile wrote it')
    .option(
      '--volume <requests>',
      "requests a month; the policy's traffic.monthlyRequests by default",
      wholeOption(1, 1e12),
    )
    .option('--policy <file>', 'policy whose routing, prices, mix, GPUs, traffic and hidden costs are taken')
    .option('--engineers <number>', 'engineers who build it and keep it going', amountFromZero('a number'), 1)
    .option('--engineer-usd <usd>', 'what one of them costs a month; 15000 by default', amountFromZero('a number'))
    .option('--revenue <usd>', 'what the requests bring in a month, for the margin', amountAboveZero('a number'))
    .option('--hourly <file>', '24 numbers: requests by hour of the day (UTC), in any unit; even by default')
    .option('--hidden <name=usd>', 'a cost a month that no bill shows, such as migration-risk=400; repeatable', all, [])
    .option('--assume <name=value>', 'replaces an assumption; repeatable', all, [])
    .option('--rate <name=usd>', 'replaces a unit price of AWS; repeatable', all, [])
    .option(...JSON_OPTION)
    .addHelpText('after', `\nAssumptions: ${ASSUMPTION_NAMES.join(', ')}.\nUnit prices: ${RATE_NAMES.join(', ')}.`)
    .addHelpText('after', '\nA month has 30 days and 720 hours. What each name means stands in the report.');
}

async function policyOf({ policy: file, json }: Options, terminal: Terminal): Promise<Policy | undefined> {
  if (file === undefined) return undefined;
  return (await readPolicy(file, { unset: 'warning', quiet: json === true }, terminal)).policy;
}

async function projectOptions(
  options: Options,
  policy: Policy | undefined,
  terminal: Terminal,
): Promise<ProjectOptions> {
  const volume = options.volume ?? policy?.traffic?.monthlyRequests;
  if (volume === undefined || volume === 0)
    throw new UserError('Say how many requests a month: --volume N, or traffic.monthlyRequests in the policy.');
  const { engineers, engineerUsd, revenue, hourly } = options;
  return {
    volume,
    atMs: Date.now(),
    ...(policy !== undefined && { policy }),
    engineers,
    ...(revenue !== undefined && { revenueUsd: revenue }),
    ...(hourly !== undefined && { hourly: await readHourly(hourly, terminal) }),
    hiddenCosts: hiddenCostsOf(options.hidden),
    assumptions: { ...assumptionsOf(options.assume), ...(engineerUsd !== undefined && { engineerUsd }) },
    rates: ratesOf(options.rate),
  };
}

function all(value: string, given: readonly string[]): string[] {
  return [...given, value];
}
