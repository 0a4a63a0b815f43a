/**
 * The CDK app of the reference stack: `cdk deploy -c stage=api|hybrid|self-hosted [-c residency=true] [-c policy=FILE]`.
 *
 * For models of one's own also `-c weightsBucket=NAME` (else the stack makes one), `-c vllmImage=NAME:TAG` and
 * `-c metricsImage=NAME:TAG` (images in the account's own registry), and `-c asleep=true` (no replicas yet). Where
 * somebody else looks after the role with which API Gateway writes logs: `-c cloudWatchRole=false`.
 */

import { existsSync } from 'node:fs';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { PolicySource, ReferenceStack, Stage } from '../lib/index';

const STAGES = Object.values(Stage);

/** The policy of each stage, unless one is given. */
const POLICIES: Readonly<Record<Stage, string>> = {
  [Stage.API]: 'examples/policies/api-only.yaml',
  [Stage.HYBRID]: 'examples/policies/hybrid.yaml',
  [Stage.SELF_HOSTED]: 'examples/policies/self-hosted.yaml',
};
const RESIDENT_POLICY = 'examples/policies/resident.yaml';

function main(): void {
  if (!existsSync('dist/lambda/router/index.mjs'))
    throw new Error('The function is not built; run `npm run build` first.');
  const app = new App();
  const stage = stageOf(app.node.tryGetContext('stage') ?? Stage.HYBRID);
  const residency = flagOf(app, 'residency');
  const policy = app.node.tryGetContext('policy') ?? (residency ? RESIDENT_POLICY : POLICIES[stage]);
  const name = app.node.tryGetContext('name') ?? `Tierwise-${residency ? 'resident' : stage}`;
  new ReferenceStack(app, name, {
    stage,
    residency,
    policy: PolicySource.fromFile(policy),
    description: `Tierwise: a router in front of language models, stage ${stage}`,
    terminationProtection: flagOf(app, 'terminationProtection'),
    asleep: flagOf(app, 'asleep'),
    cloudWatchRole: flagOf(app, 'cloudWatchRole', true),
    ...given(app, 'weightsBucketName', 'weightsBucket'),
    ...given(app, 'vllmImage'),
    ...given(app, 'metricsImage'),
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }));
}

function stageOf(given: string): Stage {
  const stage = STAGES.find((known) => known === given);
  if (stage === undefined) throw new Error(`-c stage=${given}: give one of ${STAGES.join(', ')}.`);
  return stage;
}

function flagOf(app: App, name: string, otherwise = false): boolean {
  const given = app.node.tryGetContext(name) ?? otherwise;
  if (given === true || given === 'true') return true;
  if (given === false || given === 'false') return false;
  throw new Error(`-c ${name}=${given}: give true or false.`);
}

/** A prop of text, where the context has it. */
function given<P extends string>(app: App, prop: P, name: string = prop): { readonly [K in P]?: string } {
  const value: unknown = app.node.tryGetContext(name);
  return typeof value === 'string' ? ({ [prop]: value } as { [K in P]: string }) : {};
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
