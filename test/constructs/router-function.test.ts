import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, CfnParameter, Duration, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { loadText, readDeployment } from '../../lambda/router/load-policy';
import { readEnvironment } from '../../lambda/shared/environment';
import { BedrockTier } from '../../lib/constructs/tiers/bedrock-tier';
import { ExternalApiTier, ExternalProvider } from '../../lib/constructs/tiers/external-api-tier';
import { type TierBindOptions, TierLocation } from '../../lib/constructs/tiers/tier';
import { LIST_PRICES } from '../../lib/constructs/watch/own-prices';
import { parseDeployment } from '../../lib/core/policy/deployment';
import { CUSTOMER_SIGNALS } from '../../lib/core/telemetry/signals';
import { aRouter, environmentOf, THREE_TIERS, threeTiers, variable } from './a-router';
import { aStack, resources } from './a-stack';
import { nagFindings } from './nag';

const FUNCTION = 'AWS::Lambda::Function';

describe('the function of a router', () => {
  it('runs the bundle that was built, on arm64, as long as the platform lets it', () => {
    const stack = aStack();
    aRouter(stack);
    const [router, ...others] = resources(stack, FUNCTION);
    expect(others).toEqual([]);
    expect(router).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 1024,
      Timeout: 900,
    });
    expect(router).not.toHaveProperty('FunctionName');
    expect(router).not.toHaveProperty('VpcConfig');
    expect(nagFindings(stack)).toEqual([]);
  });

  it('finds the policy as it was written in a layer of its own', () => {
    const app = new App({ builtinCloudFormationValidation: false });
    const stack = new Stack(app, 'Stack');
    aRouter(stack);
    const assembly = app.synth();
    const [layer] = resources(stack, 'AWS::Lambda::LayerVersion');
    const folder = join(assembly.directory, `asset.${layer.Content.S3Key.replace('.zip', '')}`);
    expect(readFileSync(join(folder, 'tierwise/policy.yaml'), 'utf8')).toBe(THREE_TIERS);
    expect(environmentOf(stack).TIERWISE_POLICY_FILE).toBe('/opt/tierwise/policy.yaml');
    expect(resources(stack, FUNCTION)[0].Layers).toHaveLength(1);
  });

  it('is told everything in words that it understands', () => {
    const stack = aStack();
    const router = aRouter(stack, { refreshInterval: Duration.seconds(30) });
    const environment = environmentOf(stack);
    expect(readEnvironment(environment)).toMatchObject({
      router: router.routerName,
      refreshMs: 30_000,
      tables: { policyTable: expect.stringMatching('Policy'), attributionTable: expect.stringMatching('Attribution') },
    });
    expect(environment.TIERWISE_ACCESS_TABLE).toMatch('Access');
    expect(environment.SMALL_URL).toBe('http://models.internal:8000/v1');
    expect(environment.FRONTIER_SECRET).toMatch('Key');
    expect(parseDeployment(environment.TIERWISE_DEPLOYMENT as string)).toEqual({
      region: '<AWS::Region>',
      geography: 'eu',
      tiers: {
        small: { provider: 'openai-compatible', baseUrl: 'http://models.internal:8000/v1', location: 'vpc' },
        mid: { provider: 'bedrock', models: ['eu.amazon.nova-2-lite-v1:0'], location: 'geography', geography: 'eu' },
        frontier: { provider: 'anthropic', location: 'anywhere' },
      },
      residency: { '*': 'any', extraction: 'geography' },
    });
  });

  it('has metrics of customers where it is asked to, which says what they cost', () => {
    const [plain, metered] = [aStack(), aStack()];
    aRouter(plain, { customerMetrics: false });
    aRouter(metered, { customerMetrics: true });
    expect(environmentOf(plain)).not.toHaveProperty('TIERWISE_CUSTOMER_METRICS');
    expect(readEnvironment(environmentOf(plain)).customerMetrics).toBe(false);
    expect(readEnvironment(environmentOf(metered)).customerMetrics).toBe(true);
    const usd = (CUSTOMER_SIGNALS.length * LIST_PRICES.metricMonth).toFixed(2);
    for (const props of ['llm-router-props', 'router-function-props']) {
      const text = readFileSync(join(import.meta.dirname, `../../lib/constructs/${props}.ts`), 'utf8');
      expect(text.replace(/\s+\*\s+/g, ' ')).toContain(`so each customer costs USD ${usd} a month`);
    }
  });

  it('is told what lets its own policy start, and no wider one', async () => {
    const stack = aStack();
    aRouter(stack);
    const variables = environmentOf(stack);
    const deployment = await readDeployment(variables.TIERWISE_DEPLOYMENT as string);
    const start = (text: string) => loadText(text, 'policy.yaml', { variables, deployment });
    expect((await start(THREE_TIERS)).policy.tiers.small?.baseUrl).toBe('http://models.internal:8000/v1');
    await expect(start(THREE_TIERS.replace('residency: geography', 'residency: any'))).rejects.toThrow(
      'policy.yaml tasks.extraction.residency: lets prompts travel further',
    );
  });

  it('tells a tier everything that the policy asks of it', () => {
    const stack = aStack();
    const told: TierBindOptions[] = [];
    const { mid, ...others } = threeTiers(stack);
    const bind = mid.bind.bind(mid);
    mid.bind = (caller, options) => {
      told.push(options);
      return bind(caller, { id: options.id, model: options.model });
    };
    const model = 'model: eu.amazon.nova-2-lite-v1:0';
    const says = 'guardrail: { id: gr-1, version: 3 }\n    adapters: { triage: a, extraction: a }';
    aRouter(stack, { text: THREE_TIERS.replace(model, `${model}\n    ${says}`), tiers: { ...others, mid } });
    expect(told).toEqual([
      {
        id: 'mid',
        model: 'eu.amazon.nova-2-lite-v1:0',
        guardrail: 'gr-1',
        guardrailVersion: '3',
        adapters: ['a'],
      },
    ]);
  });

  it('lets through a model that only the deployment knows, and fixes it', () => {
    const stack = aStack();
    const profile = new CfnParameter(stack, 'Profile').valueAsString;
    const mid = new BedrockTier(stack, 'Tuned', {
      inferenceProfile: profile,
      modelId: 'amazon.nova-2-lite-v1:0',
      geography: 'eu',
    });
    const text = THREE_TIERS.replace('model: eu.amazon', 'profile: of-ours\n    model: amazon');
    aRouter(stack, { text, tiers: { ...threeTiers(stack), mid } });
    const { TIERWISE_DEPLOYMENT } = environmentOf(stack);
    expect(parseDeployment(TIERWISE_DEPLOYMENT as string).tiers.mid?.models).toEqual(['<Profile>']);
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  it('passes on addresses that only the deployment knows', () => {
    const stack = aStack();
    const host = new CfnParameter(stack, 'Host').valueAsString;
    const small = new ExternalApiTier(stack, 'Hosted', {
      provider: ExternalProvider.OPENAI_COMPATIBLE,
      baseUrl: `http://${host}/v1`,
      location: TierLocation.VPC,
    });
    aRouter(stack, { tiers: { ...threeTiers(stack), small } });
    const { SMALL_URL, TIERWISE_DEPLOYMENT } = environmentOf(stack);
    expect(SMALL_URL).toBe('http://<Host>/v1');
    expect(parseDeployment(TIERWISE_DEPLOYMENT as string).tiers.small?.baseUrl).toBe('http://<Host>/v1');
  });

  it('has a role that may log, read what it must, and nothing by a wildcard', () => {
    const stack = aStack();
    aRouter(stack);
    expect(resources(stack, 'AWS::IAM::Role').filter(({ ManagedPolicyArns }) => ManagedPolicyArns)).toEqual([]);
    const statements = resources(stack, 'AWS::IAM::Policy').flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    expect(statements[0].Action).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
    for (const { Action, Resource } of statements) {
      expect([Action].flat().join()).not.toContain('*');
      expect(JSON.stringify(Resource)).not.toContain('*');
    }
  });

  it('logs to a group of its own, kept for three months and after the stack', () => {
    const stack = aStack();
    aRouter(stack);
    const template = Template.fromStack(stack);
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
    template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain' });
  });

  it('takes sizes, limits, traces and a log group of yours', () => {
    const stack = aStack();
    const logGroup = new logs.LogGroup(stack, 'Ours', { removalPolicy: RemovalPolicy.DESTROY });
    aRouter(stack, {
      memorySize: 2048,
      timeout: Duration.minutes(2),
      reservedConcurrentExecutions: 50,
      tracing: lambda.Tracing.ACTIVE,
      logGroup,
    });
    expect(resources(stack, FUNCTION)[0]).toMatchObject({
      MemorySize: 2048,
      Timeout: 120,
      ReservedConcurrentExecutions: 50,
      TracingConfig: { Mode: 'Active' },
    });
    expect(resources(stack, 'AWS::Logs::LogGroup')).toHaveLength(1);
    expect(nagFindings(stack)).toEqual([]);
  });

  it('keeps instances warm behind an alias, which is what callers invoke', () => {
    const stack = aStack();
    const router = aRouter(stack, { provisionedConcurrentExecutions: 3 });
    const caller = new iam.Role(stack, 'Caller', { assumedBy: new iam.AccountRootPrincipal() });
    router.grantInvoke(caller);
    expect(resources(stack, 'AWS::Lambda::Alias')[0].ProvisionedConcurrencyConfig).toEqual({
      ProvisionedConcurrentExecutions: 3,
    });
    expect(router.handler).not.toBe(router.lambdaFunction);
    const [{ PolicyDocument }] = resources(stack, 'AWS::IAM::Policy').filter(({ Roles }) =>
      JSON.stringify(Roles).includes('Caller'),
    );
    expect(PolicyDocument.Statement[0].Action).toBe('lambda:InvokeFunction');
    expect(JSON.stringify(PolicyDocument.Statement[0].Resource)).toContain('RouterLive');
  });

  it('makes a new version where only the policy is another', () => {
    const versionOf = (text: string) => {
      const stack = aStack();
      aRouter(stack, { text, provisionedConcurrentExecutions: 1 });
      return Object.keys(Template.fromStack(stack).findResources('AWS::Lambda::Version'));
    };
    expect(versionOf(THREE_TIERS)).toEqual(versionOf(THREE_TIERS));
    expect(versionOf(THREE_TIERS.replace('min: 2', 'min: 3'))).not.toEqual(versionOf(THREE_TIERS));
  });

  it('has a name that no other router of the account has', () => {
    const app = new App({ builtinCloudFormationValidation: false });
    const [one, two] = ['one', 'two'].map((stackName) => new Stack(app, `Stack-${stackName}`, { stackName }));
    const names = [one, two].map((stack) => aRouter(stack as Stack).routerName);
    expect(new Set(names).size).toBe(2);
    expect(aRouter(aStack(), { routerName: 'support-desk' }).routerName).toBe('support-desk');
    expect(() => aRouter(aStack(), { routerName: ':x' })).toThrow(/routerName is ":x"; give 1 to 255 printable/);
    expect(() => aRouter(aStack(), { timeout: Duration.minutes(16) })).toThrow(
      /timeout is 960 s; AWS Lambda allows 900/,
    );
  });
});

describe('the tiers of a router', () => {
  function synthesis(text: string, tiers: Parameters<typeof aRouter>[1] = {}): () => void {
    const stack = aStack();
    return () => {
      aRouter(stack, { text, ...tiers });
      Template.fromStack(stack);
    };
  }

  it('may be added one by one', () => {
    const stack = aStack();
    const router = aRouter(stack, { tiers: {} });
    for (const [id, tier] of Object.entries(threeTiers(stack))) router.addTier(id, tier);
    expect(parseDeployment(environmentOf(stack).TIERWISE_DEPLOYMENT as string).tiers).toHaveProperty('frontier');
  });

  it('must be all of the policy, and no other', () => {
    expect(synthesis(THREE_TIERS, { tiers: {} })).toThrow(
      /policy tier small is declared in the policy but not in the stack; pass tiers: \{ 'small': \.\.\. \}[\s\S]*policy tier frontier/,
    );
    const stack = aStack();
    const router = aRouter(stack);
    const spare = new BedrockTier(stack, 'Spare');
    expect(() => router.addTier('huge', spare)).toThrow(
      /the policy has no tier "huge"; its tiers: small, mid, frontier/,
    );
    expect(() => router.addTier('constructor', spare)).toThrow(/the policy has no tier "constructor"/);
    expect(() => router.addTier('mid', spare)).toThrow(/tier "mid" was given twice/);
  });

  it.each<[string, string, string, RegExp]>([
    [
      'another provider',
      'provider: bedrock',
      'provider: anthropic',
      /tiers\.mid of the policy speaks anthropic, and Stack\/Mid speaks bedrock; change the provider/,
    ],
    [
      'a nearer place',
      'location: geography\n    geography: eu',
      'location: vpc',
      /tiers\.mid\.location: is nearer than the tier is: its prompts go as far as geography eu; given "vpc"; allowed: geography eu, anywhere \(it is Stack\/Mid\)/,
    ],
    [
      'another geography',
      'geography: eu\n    context',
      'geography: us\n    context',
      /tiers\.mid\.location: is nearer/,
    ],
    [
      'an address that is written out',
      variable('SMALL_URL'),
      'http://other.internal/v1',
      /tiers\.small of the policy has the baseUrl http:\/\/other\.internal\/v1, and the tier's is http:\/\/models\.internal:8000\/v1; write baseUrl: \$\{SMALL_URL\}/,
    ],
    [
      'no place for the name of the secret',
      `    apiKeySecret: ${variable('FRONTIER_SECRET')}\n`,
      '',
      /tiers\.frontier of the policy has no apiKeySecret, and the tier's is known only to the stack; write apiKeySecret: \$\{FRONTIER_KEY_SECRET\}/,
    ],
    [
      'a variable that nobody sets',
      'model: llama',
      `model: ${variable('SMALL_MODEL')}`,
      /tiers\.small\.model: the variable SMALL_MODEL is not set/,
    ],
    [
      'fine-tunes of Bedrock that the tier may not ask for',
      'model: eu.amazon.nova-2-lite-v1:0',
      'model: eu.amazon.nova-2-lite-v1:0\n    adapters: { triage: us.tuned }',
      /tiers\.mid\.adapters\.triage: is no model that this deployment may call there/,
    ],
  ])('refuse %s', (_, given, instead, message) => {
    expect(synthesis(THREE_TIERS.replace(given, instead))).toThrow(message);
  });

  it('go with an address that the policy writes out as it is, and a secret by its name', () => {
    const text = THREE_TIERS.replace(variable('SMALL_URL'), 'http://models.internal:8000/v1/').replace(
      variable('FRONTIER_SECRET'),
      'tierwise/anthropic',
    );
    expect(synthesis(text)).not.toThrow();
  });

  it('ask the region that the policy names', () => {
    const env = { account: '111122223333', region: 'eu-west-1' };
    const stackIn = () => new Stack(new App({ builtinCloudFormationValidation: false }), 'Stack', { env });
    const withRegion = (region: string) => THREE_TIERS.replace('model: eu.', `region: ${region}\n    model: eu.`);
    expect(() => aRouter(stackIn(), { text: withRegion('eu-central-1') })).toThrow(
      /tiers\.mid of the policy has the region eu-central-1, and the tier's is eu-west-1; write region: \$\{MID_REGION\}/,
    );
    const stack = stackIn();
    const mid = new BedrockTier(stack, 'There', { region: 'eu-central-1' });
    aRouter(stack, { text: withRegion(variable('MID_REGION')), tiers: { ...threeTiers(stack), mid } });
    const { MID_REGION, TIERWISE_DEPLOYMENT } = environmentOf(stack);
    expect(MID_REGION).toBe('eu-central-1');
    expect(parseDeployment(TIERWISE_DEPLOYMENT as string).tiers.mid?.region).toBe('eu-central-1');
    const other = stackIn();
    const away = new BedrockTier(other, 'There', { region: 'eu-central-1' });
    expect(() => aRouter(other, { tiers: { ...threeTiers(other), mid: away } })).toThrow(
      /has no region, and the tier's/,
    );
    expect(synthesis(withRegion('eu-central-1'))).not.toThrow();
  });
});

describe('variables of a router', () => {
  it('may be added, but not set twice nor instead of its own', () => {
    const stack = aStack();
    const router = aRouter(stack, { environment: { EXTRA: 'one' } });
    router.addEnvironment('EXTRA', 'one');
    expect(environmentOf(stack).EXTRA).toBe('one');
    expect(() => router.addEnvironment('EXTRA', 'two')).toThrow(/the variable EXTRA has two values/);
    expect(() => router.addEnvironment('TIERWISE_DEPLOYMENT', '{}')).toThrow(/TIERWISE_DEPLOYMENT is the router's own/);
    expect(() => aRouter(aStack(), { environment: { SMALL_URL: 'http://mine/v1' } })).toThrow(
      /SMALL_URL has two values; tiers set the variables that the policy reads for them/,
    );
  });

  it('are refused where AWS Lambda would not take so many', () => {
    const stack = aStack();
    aRouter(stack, { environment: { LONG: `${Lazy.string({ produce: () => 'x' })}${'y'.repeat(4000)}` } });
    expect(() => Template.fromStack(stack)).toThrow(
      /the environment of the function has at least 4\d{3} bytes, and AWS Lambda takes 4096; shorten/,
    );
  });
});
