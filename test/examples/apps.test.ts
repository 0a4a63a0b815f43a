import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { BedrockTier, ExternalApiTier, ExternalProvider, type ITier, PolicySource } from 'tierwise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import cdkJson from '../../cdk.json';
import { ApiTiersStack } from '../../examples/apps/api-tiers-only/stack';
import { CompleteStack, WeightsStack } from '../../examples/apps/complete-stack/stack';
import { RecordsStack } from '../../examples/apps/data-inside-the-vpc/stack';
import { ShopStack } from '../../examples/apps/existing-vpc-and-ecs/stack';
import { PartsStack } from '../../examples/apps/single-constructs/stack';
import { resources } from '../constructs/a-stack';
import { outsideOf, senders } from '../fixtures/template-graph/reach';

const ROOT = join(__dirname, '../..');
const APPS = join(ROOT, 'examples/apps');
const NAMES = readdirSync(APPS);
const RESIDENT = readFileSync(join(ROOT, 'examples/policies/resident.yaml'), 'utf8');

/** An app with the settings that `npx cdk` would give it; unless told so, without the validation that takes seconds. */
function anApp({ isValidated = false } = {}): App {
  return new App({ context: cdkJson.context, builtinCloudFormationValidation: isValidated });
}

/** Each app's stack, as its `app.ts` makes it. */
const STACKS: Readonly<Record<string, (app: App) => Stack>> = {
  'api-tiers-only': (app) => new ApiTiersStack(app, 'ApiTiers', { env: { region: 'eu-central-1' } }),
  'complete-stack': (app) => aCompleteStack(app),
  'data-inside-the-vpc': (app) => new RecordsStack(app, 'Records', { policy: PolicySource.fromText(RESIDENT) }),
  'existing-vpc-and-ecs': (app) => new ShopStack(app, 'Shop', { env: { region: 'eu-central-1' } }),
  'single-constructs': (app) => new PartsStack(app, 'Parts', { env: { region: 'eu-central-1' } }),
};

function aCompleteStack(app: App): CompleteStack {
  return new CompleteStack(app, 'CompleteStack', new WeightsStack(app, 'Weights').bucket);
}

const made = new Map<string, Stack>();

/** One of each for all tests that only look. */
function stackOf(name: string): Stack {
  const create = STACKS[name];
  if (create === undefined) throw new Error(`${name} is in no list of the tests`);
  const stack = made.get(name) ?? create(anApp());
  made.set(name, stack);
  return stack;
}

/** Statements of the policies whose logical ids match. */
// biome-ignore lint/suspicious/noExplicitAny: templates are plain JSON of any depth
function statements(stack: Stack, id: RegExp): any[] {
  return Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
    .filter(([name]) => id.test(name))
    .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement);
}

function environmentOf(stack: Stack): Record<string, unknown> {
  const [router] = resources(stack, 'AWS::Lambda::Function').filter(({ Runtime }) => Runtime === 'nodejs24.x');
  return router.Environment.Variables;
}

describe('the example apps', () => {
  it('are all tested', () => {
    expect(Object.keys(STACKS)).toEqual(NAMES);
    expect(NAMES.length).toBeGreaterThanOrEqual(4);
  });

  it.each(NAMES)(
    '%s makes a template that CloudFormation would take, and nothing to be warned of',
    (name) => {
      const app = anApp({ isValidated: true });
      STACKS[name]?.(app);
      const messages = app.synth().stacks.flatMap((stack) => stack.messages);
      expect(messages.filter(({ level }) => level !== 'info').map(({ entry }) => entry.data)).toEqual([]);
    },
    120_000,
  );

  it.each(NAMES)('%s tells how to deploy it, by a command that names its own file', (name) => {
    const text = readFileSync(join(APPS, name, 'app.ts'), 'utf8');
    expect(text).toContain(`npx cdk deploy -a "npx tsx examples/apps/${name}/app.ts"`);
  });

  it.each(NAMES)('%s takes the package by its name, and every file of it fits a page', (name) => {
    for (const file of readdirSync(join(APPS, name))) {
      const text = readFileSync(join(APPS, name, file), 'utf8');
      expect(text).not.toMatch(/from '\.\.\//);
      expect(text.split('\n').length).toBeLessThanOrEqual(90);
    }
  });
});

describe('the example apps as programs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tierwise-apps-'));
  beforeAll(() => run(folder), 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(NAMES)('%s synthesizes the stack that is tested, without credentials', (name) => {
    const stack = stackOf(name);
    const written = JSON.parse(readFileSync(join(folder, name, `${stack.stackName}.template.json`), 'utf8'));
    expect(Object.keys(written.Resources).sort()).toEqual(
      Object.keys(Template.fromStack(stack).toJSON().Resources).sort(),
    );
  });
});

describe('the complete stack', () => {
  const stack = stackOf('complete-stack') as CompleteStack;

  it('deploys the small model and rents the others', () => {
    Template.fromStack(stack).resourceCountIs('AWS::ECS::Service', 1);
    const rented = JSON.stringify(statements(stack, /^RouterFunctionRole/));
    expect(rented).toContain('foundation-model/amazon.nova-2-lite-v1:0');
    expect(rented).toContain('secret:tierwise/anthropic');
  });

  it('loads the weights from a bucket that is there, and filled, before it', () => {
    const [task] = resources(stack, 'AWS::ECS::TaskDefinition');
    const command = JSON.stringify(task.ContainerDefinitions[0].Command);
    expect(command).toContain('/weights/llama-3.1-8b-instruct/v1/');
    expect(stack.dependencies.map(({ stackName }) => stackName)).toEqual(['Weights']);
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 0);
  });

  it('sends every alarm to the topic that mails to who is on call', () => {
    const topic = { Ref: stack.getLogicalId(stack.alarmTopic.node.defaultChild as never) };
    Template.fromStack(stack).hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'llm-on-call@example.com',
      TopicArn: topic,
    });
    const alarms = stack.router.alarms.all.map(({ node }) => stack.getLogicalId(node.defaultChild as never));
    const found = Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm');
    for (const alarm of alarms) expect(found[alarm]?.Properties.AlarmActions).toEqual([topic]);
    expect(alarms.length).toBeGreaterThan(30);
  });

  it('lets the publisher write policies and nothing else', () => {
    expect(statements(stack, /^Publisher/)).toEqual([
      {
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
        Resource: stack.resolve(stack.router.tables.policyTable.tableArn),
      },
    ]);
  });
});

describe('the app of API tiers', () => {
  const stack = stackOf('api-tiers-only');

  it('has no VPC, no cluster and no GPU to pay for', () => {
    const template = Template.fromStack(stack);
    for (const type of [
      'AWS::EC2::VPC',
      'AWS::EC2::NatGateway',
      'AWS::ECS::Service',
      'AWS::AutoScaling::AutoScalingGroup',
    ])
      template.resourceCountIs(type, 0);
    template.hasResourceProperties('AWS::Lambda::Function', { VpcConfig: Match.absent() });
  });

  it('gives both models of Anthropic one key, by the name of its secret', () => {
    expect(environmentOf(stack).ANTHROPIC_SECRET).toBe('tierwise/anthropic');
    const reading = statements(stack, /^RouterFunctionRole/).filter(({ Action }) => /secretsmanager/.test(`${Action}`));
    expect(reading).toHaveLength(1);
  });

  it('asks the profile of the EU in every region it may lead to, and no other', () => {
    const models = statements(stack, /^RouterFunctionRole/)
      .filter(({ Action }) => `${Action}`.includes('bedrock:'))
      .flatMap(({ Resource }) => Resource)
      .map((arn) => JSON.stringify(arn));
    expect(models.some((arn) => arn.includes('inference-profile/eu.amazon.nova-2-lite-v1:0'))).toBe(true);
    const regions = models.flatMap((arn) => /:bedrock:([a-z0-9-]+)::foundation-model/.exec(arn)?.[1] ?? []);
    expect(regions.length).toBeGreaterThan(3);
    for (const region of regions) expect(region).toMatch(/^eu-/);
  });

  it("lets the support desk's role call the router, signed beside its key", () => {
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: ['support-desk'],
      PolicyDocument: { Statement: [Match.objectLike({ Action: 'execute-api:Invoke' })] },
    });
    for (const method of resources(stack, 'AWS::ApiGateway::Method')) expect(method.AuthorizationType).toBe('AWS_IAM');
  });
});

describe('the app that has a VPC and ECS', () => {
  const stack = stackOf('existing-vpc-and-ecs');
  const template = Template.fromStack(stack);
  const onlyId = (type: string): string => Object.keys(template.findResources(type)).join();

  it('stays with its one VPC and its one cluster, which the model joins', () => {
    template.resourceCountIs('AWS::EC2::VPC', 1);
    const cluster = { Ref: onlyId('AWS::ECS::Cluster') };
    const clusters = resources(stack, 'AWS::ECS::Service').map(({ Cluster }) => Cluster);
    expect(clusters).toEqual([cluster, cluster]);
    template.hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', {
      Cluster: cluster,
      CapacityProviders: [{ Ref: onlyId('AWS::ECS::CapacityProvider') }],
    });
    for (const { VpcId } of resources(stack, 'AWS::EC2::SecurityGroup'))
      expect(VpcId).toEqual({ Ref: onlyId('AWS::EC2::VPC') });
  });

  it("tells the assistant's tasks where the router is, and by which key they call it", () => {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        Match.objectLike({
          Name: 'assistant',
          Environment: [{ Name: 'LLM_URL', Value: Match.anyValue() }],
          Secrets: [{ Name: 'LLM_KEY', ValueFrom: Match.anyValue() }],
        }),
      ],
    });
  });

  it('opens the way from the router to the model servers, and to no other port of theirs', () => {
    const ingress = resources(stack, 'AWS::EC2::SecurityGroupIngress').filter(({ GroupId }) =>
      JSON.stringify(GroupId).includes('ModelServers'),
    );
    expect(ingress).toEqual([expect.objectContaining({ FromPort: 8000, ToPort: 8000, IpProtocol: 'tcp' })]);
    expect(JSON.stringify(ingress[0].SourceSecurityGroupId)).toContain('RouterFunctionSecurityGroup');
    expect(environmentOf(stack).LARGE_URL).toBe('http://models.shop.internal:8000/v1');
  });

  it("encrypts what the router keeps with the team's key, and lets the router use it", () => {
    const key = { 'Fn::GetAtt': [onlyId('AWS::KMS::Key'), 'Arn'] };
    const tables = resources(stack, 'AWS::DynamoDB::Table');
    expect(tables).toHaveLength(3);
    for (const { SSESpecification } of tables)
      expect(SSESpecification).toEqual({ SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key });
    const uses = statements(stack, /^RouterFunctionRole/).filter(
      ({ Resource }) => stack.resolve(Resource) !== undefined,
    );
    expect(uses).toContainEqual(
      expect.objectContaining({ Resource: key, Action: expect.arrayContaining(['kms:Decrypt']) }),
    );
  });

  it("names alarms after the team and sends them to the team's topic", () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'shop-llm-small-smallWaiting',
      AlarmActions: [{ Ref: onlyId('AWS::SNS::Topic') }],
    });
    template.resourceCountIs('AWS::SNS::Topic', 1);
  });
});

describe('the app whose data stays in the VPC', () => {
  const stack = stackOf('data-inside-the-vpc');

  it('has nothing that reaches anything outside', () => {
    const json = Template.fromStack(stack).toJSON();
    expect(senders(json).length).toBeGreaterThanOrEqual(7);
    for (const part of senders(json)) expect({ part, out: outsideOf(json, part) }).toEqual({ part, out: [] });
  });

  it('is called through its private API alone', () => {
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: Match.objectLike({ Types: ['PRIVATE'] }),
    });
    Template.fromStack(stack).resourceCountIs('AWS::EC2::InternetGateway', 0);
  });

  it('pulls no image from a public registry', () => {
    const images = resources(stack, 'AWS::ECS::TaskDefinition')
      .flatMap(({ ContainerDefinitions }) => ContainerDefinitions)
      .map(({ Image }) => JSON.stringify(Image));
    expect(images).toHaveLength(4);
    for (const image of images) expect(image).toMatch(/\.dkr\.ecr\./);
  });

  it('keeps the prompts of every task in the VPC, whatever is published', () => {
    const { TIERWISE_DEPLOYMENT } = environmentOf(stack);
    expect(JSON.stringify(TIERWISE_DEPLOYMENT)).toContain('\\"residency\\":{\\"*\\":\\"vpc\\"}');
  });

  it.each<[string, string, (stack: Stack) => ITier, RegExp]>([
    [
      'a model of Bedrock',
      `provider: bedrock, model: amazon.nova-2-lite-v1:0, location: region`,
      (scope) => new BedrockTier(scope, 'Frontier'),
      /policy resident cannot be served in the residency network Records\/Network:\n {2}- task ticket-triage keeps its prompts in the VPC \(residency: vpc\), but its ladder names tier frontier, which sends them to a service of the region.* Take frontier off the ladder, serve it by a VllmTier, or give ticket-triage a wider residency/,
    ],
    [
      'an API outside AWS',
      'provider: anthropic, model: claude-opus-5-5, location: anywhere',
      (scope) => new ExternalApiTier(scope, 'Frontier', { provider: ExternalProvider.ANTHROPIC }),
      /tier frontier is outside the VPC, and the router's subnets have no way out; serve it by a VllmTier/,
    ],
  ])('refuses at synthesis %s on the ladder of a task that stays inside', (_, fields, frontier, message) => {
    class WithFrontier extends RecordsStack {
      protected override tiers(): { [id: string]: ITier } {
        return { ...super.tiers(), frontier: frontier(this) };
      }
    }
    const tier = `tiers:\n  frontier: { ${fields}, contextWindow: 200000, price: { input: 4, output: 20 } }\n`;
    const text = RESIDENT.replace('tiers:\n', tier).replace(
      'ladder: [small, large]',
      'ladder: [small, large, frontier]',
    );
    const policy = PolicySource.fromText(text);
    expect(() => new WithFrontier(anApp(), 'Records', { policy })).toThrow(message);
  });
});

describe('the app of single constructs', () => {
  const stack = stackOf('single-constructs');
  const template = Template.fromStack(stack);

  it('adds the router to the API there is, and leaves its other path alone', () => {
    template.resourceCountIs('AWS::ApiGateway::RestApi', 1);
    template.hasResourceProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'GET',
      Integration: { Type: 'HTTP_PROXY' },
    });
    const routed = resources(stack, 'AWS::ApiGateway::Method').filter(({ HttpMethod }) => HttpMethod === 'ANY');
    expect(routed).toHaveLength(2);
    for (const method of routed) {
      expect(method.AuthorizationType).toBe('COGNITO_USER_POOLS');
      expect(method.Integration.ResponseTransferMode).toBe('STREAM');
    }
  });

  it('keeps records in the table there is, and makes the other two', () => {
    template.resourceCountIs('AWS::DynamoDB::Table', 2);
    expect(environmentOf(stack).TIERWISE_ATTRIBUTION_TABLE).toBe('help-centre-records');
    expect(JSON.stringify(statements(stack, /^RouterRole/))).toContain('table/help-centre-records');
  });

  it('rings for two of the alarms of the router and for one of its own', () => {
    const ringing = resources(stack, 'AWS::CloudWatch::Alarm').filter(({ AlarmActions }) => AlarmActions !== undefined);
    expect(ringing).toHaveLength(3);
    expect(ringing).toContainEqual(
      expect.objectContaining({
        MetricName: 'CostUsd',
        Period: 3600,
        Threshold: 20,
        Dimensions: [
          { Name: 'Router', Value: 'help-centre' },
          { Name: 'Task', Value: 'answers' },
        ],
      }),
    );
  });
});

/** Loads the apps' files one after another, each with a folder of its own: the CDK takes longer to load than all to run. */
const PROGRAM = `
for (const name of process.argv.slice(1)) {
  process.env.CDK_OUTDIR = process.env.FOLDER + '/' + name;
  require('./examples/apps/' + name + '/app.ts');
}`;

/** Runs every app as `npx cdk` does, with no credentials to be found. */
async function run(folder: string): Promise<void> {
  const {
    AWS_PROFILE: _profile,
    AWS_ACCESS_KEY_ID: _key,
    AWS_SECRET_ACCESS_KEY: _secret,
    ...environment
  } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', '--eval', PROGRAM, '--', ...NAMES], {
    cwd: ROOT,
    env: {
      ...environment,
      FOLDER: folder,
      CDK_CONTEXT_JSON: JSON.stringify(cdkJson.context),
      // The templates are validated above.
      CDK_VALIDATION: 'false',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const complaints: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the apps ended with ${code}:\n${complaints.join('')}`);
}
