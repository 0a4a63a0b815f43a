import { type Command, InvalidArgumentError, Option } from 'commander';
import { diagnose, diagnoseTiers, verdictOf } from '../../lib/core/analysis/doctor';
import { s3Place } from '../../lib/core/analysis/doctor/artifacts';
import { type Finding, STAGES, type Stage } from '../../lib/core/analysis/doctor/facts';
import { needsOf } from '../../lib/core/analysis/doctor/needs';
import type { Policy } from '../../lib/core/types-policy';
import { askTier, networkReason, tiersOf } from '../doctor/ask-tiers';
import { awsFailure } from '../doctor/aws-failure';
import { gatherFacts } from '../doctor/gather';
import { openAws } from '../doctor/open-aws';
import { regionOf } from '../doctor/region';
import { JSON_OPTION, type RegisterCommand, type Terminal, table, UserError } from './command';
import { readPolicy } from './read-policy';
import { wholeOption } from './whole-number';

interface DoctorOptions {
  readonly stage?: Stage;
  readonly region?: string;
  readonly policy?: string;
  readonly weights: readonly string[];
  readonly image: readonly string[];
  readonly residency?: boolean;
  readonly stack?: string;
  readonly key?: string;
  readonly timeout: number;
  readonly json?: boolean;
}

/** `tierwise doctor`: whether an account is ready for a deployment, or whether every tier of a deployed stack answers. */
export const registerDoctor: RegisterCommand = (program, terminal) => {
  withOptions(
    program
      .command('doctor')
      .description('before a deployment: is the account ready for it; after it (--stack): does every tier answer'),
  ).action(async (options: DoctorOptions) => {
    const { policy: file, stack, json } = options;
    const reading = { unset: 'warning', quiet: json === true } as const;
    const policy = file === undefined ? undefined : (await readPolicy(file, reading, terminal)).policy;
    const findings =
      stack === undefined ? await before(options, policy) : await after(stack, options, policy, terminal);
    report(findings, options, terminal);
  });
};

function withOptions(command: Command): Command {
  return command
    .addOption(new Option('--stage <stage>', 'how much will be deployed; needed without --stack').choices(STAGES))
    .option('--region <region>', 'AWS region; from the environment or the profile by default')
    .option('--policy <file>', 'policy whose tiers, models and secrets are looked at')
    .option('--weights <s3://bucket/prefix>', 'where weights are; repeatable', weightsOption, [])
    .option('--image <uri>', 'image of vLLM or of a sidecar; repeatable', (value, all: string[]) => [...all, value], [])
    .option('--residency', 'the network will have no way out')
    .option('--stack <name>', 'a deployed stack: send one request to each tier through its router')
    .option('--key <key>', 'key for the router; TIERWISE_API_KEY by default')
    .option('--timeout <seconds>', 'how long a tier may take to answer', wholeOption(1, 900), 60)
    .option(...JSON_OPTION);
}

function weightsOption(value: string, all: readonly string[]): string[] {
  if (s3Place(value) === undefined) throw new InvalidArgumentError('Write it as s3://BUCKET/PREFIX.');
  return [...all, value];
}

async function before(options: DoctorOptions, policy: Policy | undefined): Promise<Finding[]> {
  const { stage, residency = false, weights, image: images } = options;
  if (stage === undefined)
    throw new UserError(
      `Say what will be deployed: --stage ${STAGES.join(', ')}; or name a deployed stack: --stack NAME.`,
    );
  const region = await regionOf(options.region);
  const aws = openAws(region);
  const identity = await aws.identity().catch((error: unknown) => {
    throw awsFailure('AWS does not say who asks', error);
  });
  const needs = needsOf(policy, { stage, region, residency, weights, images });
  return diagnose(needs, await gatherFacts(aws, identity, needs));
}

/** The output with the address of a stack's first router; those of others have their path in front and CDK's hash behind. */
const ROUTER_URL = 'RouterUrl';
const URL_OUTPUT = /^(?:\w*Router)?(?:Api)?Url(?:[0-9A-F]{8})?$/;

async function after(
  stack: string,
  options: DoctorOptions,
  policy: Policy | undefined,
  terminal: Terminal,
): Promise<Finding[]> {
  const url = await urlOf(stack, await regionOf(options.region));
  const key = options.key ?? terminal.environment.TIERWISE_API_KEY;
  const ask = { url, timeoutMs: options.timeout * 1000, ...(key !== undefined && { key }) };
  const enabled = Object.values(policy?.tiers ?? {}).filter((tier) => tier.enabled);
  const tiers =
    policy === undefined
      ? await tiersOf(ask).catch((error: unknown) => {
          throw new UserError(`The router at ${url} does not list its tiers: ${networkReason(error)}`);
        })
      : enabled.map(({ id }) => id);
  if (tiers.length === 0)
    throw new UserError(`The router at ${url} names no tier; give a key (--key) or a policy (--policy).`);
  return diagnoseTiers(await Promise.all(tiers.map((tier) => askTier(ask, tier))));
}

async function urlOf(stack: string, region: string): Promise<string> {
  const outputs = await openAws(region)
    .outputs(stack)
    .catch((error: unknown) => {
      throw awsFailure(`The outputs of ${stack} cannot be read`, error);
    });
  if (outputs === undefined)
    throw new UserError(`There is no stack ${stack} in ${region}; say another --region or name.`);
  const urls = Object.entries(outputs).filter(([name, value]) => URL_OUTPUT.test(name) && /^https?:/.test(value));
  const url = outputs[ROUTER_URL] ?? urls[0]?.[1];
  if (url === undefined)
    throw new UserError(
      `Stack ${stack} has no output with the router's address (RouterUrl); it has: ${Object.keys(outputs).join(', ') || 'none'}.`,
    );
  return url.replace(/\/+$/, '');
}

function report(findings: readonly Finding[], { json }: DoctorOptions, terminal: Terminal): void {
  const verdict = verdictOf(findings);
  const failing = findings.filter((finding) => finding.verdict === 'fail');
  if (!json) terminal.out(linesOf(findings));
  if (failing.length > 0) {
    const summary = `${failing.length} of ${findings.length} checks fail.`;
    throw new UserError(summary, { verdict, findings });
  }
  if (json) terminal.out(JSON.stringify({ ok: true, verdict, findings }));
}

function linesOf(findings: readonly Finding[]): string {
  const rows = findings.map(({ verdict, check, subject, evidence }) => [verdict, check, subject, evidence]);
  const lines = table(rows).split('\n');
  return findings
    .flatMap(({ remedy }, index) => [lines[index] ?? '', ...(remedy === undefined ? [] : [`      -> ${remedy}`])])
    .join('\n');
}
