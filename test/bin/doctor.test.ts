import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerDoctor } from '../../bin/commands/doctor';
import { type AccountAnswer, type Asked, type AwsAccount, startAwsAccount } from '../fixtures/aws-account';
import { scratch } from './command-line';

/** The command against services that speak the real wire over real sockets, with the real AWS clients. */

const ECR = '111122223333.dkr.ecr.eu-central-1.amazonaws.com/vllm:v1';
const POLICY = `
schema: 1
policy: doctored
owner: ops
tiers:
  small: { provider: openai-compatible, baseUrl: "https://small.example/v1", model: llama, location: vpc, contextWindow: 32768, price: { input: 1, output: 1 }, gpu: { instance: g6e.xlarge, count: 1, min: 1, max: 2 } }
  mid: { provider: bedrock, model: eu.amazon.nova-2-lite-v1:0, location: geography, geography: eu, contextWindow: 32768, price: { input: 1, output: 1 } }
  own: { provider: bedrock, model: amazon.nova-lite-v1:0, location: region, contextWindow: 32768, price: { input: 1, output: 1 } }
  top: { provider: anthropic, model: claude, apiKeySecret: keys/anthropic, location: anywhere, contextWindow: 32768, price: { input: 1, output: 1 } }
tasks:
  any: { owner: ops, audit: { inputs: any, acceptable: any, consequence: low }, route: direct, ladder: [small, mid, own, top], oracle: [{ kind: length, min: 1 }] }
default: { task: any }
`;

/** An account in which everything is ready. */
const READY: Readonly<Record<string, AccountAnswer>> = {
  'sts GetCallerIdentity': { body: { Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/ops' } },
  'ssm GetParameter': { body: { Parameter: { Name: 'v', Value: '21' } } },
  'servicequotas GetServiceQuota': { body: { Quota: { Value: 64 } } },
  'ec2 DescribeInstanceTypeOfferings': {
    body: {
      instanceTypeOfferingSet: {
        item: [
          { instanceType: 'g6e.xlarge', location: 'eu-central-1b' },
          { instanceType: 'g6e.xlarge', location: 'eu-central-1a' },
        ],
      },
    },
  },
  'ec2 DescribeInstanceTypes': {
    body: { instanceTypeSet: { item: { instanceType: 'g6e.xlarge', vCpuInfo: { defaultVCpus: 4 } } } },
  },
  'bedrock GET /inference-profiles/eu.amazon.nova-2-lite-v1:0': {
    body: {
      inferenceProfileId: 'eu.amazon.nova-2-lite-v1:0',
      status: 'ACTIVE',
      models: [{ modelArn: 'arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-2-lite-v1:0' }],
    },
  },
  'bedrock GET /foundation-models/amazon.nova-lite-v1:0': {
    body: {
      modelDetails: {
        modelId: 'amazon.nova-lite-v1:0',
        inferenceTypesSupported: ['ON_DEMAND'],
        modelLifecycle: { status: 'ACTIVE' },
      },
    },
  },
  'bedrock GET /foundation-model-availability/amazon.nova-2-lite-v1:0': { body: availability('AVAILABLE') },
  'bedrock GET /foundation-model-availability/amazon.nova-lite-v1:0': { body: availability('AVAILABLE') },
  'secretsmanager DescribeSecret': { body: { Name: 'keys/anthropic', VersionIdsToStages: { one: ['AWSCURRENT'] } } },
  's3 HEAD /weights': { body: '', headers: { 'x-amz-bucket-region': 'eu-central-1' } },
  's3 GET /weights': {
    body: {
      ListBucketResult: {
        Contents: ['config.json', 'tokenizer.json', 'model.safetensors'].map((name) => ({
          Key: `llama/${name}`,
          Size: 1_000_000_000,
        })),
      },
    },
  },
  'ecr DescribeImages': { body: { imageDetails: [{ imageSizeInBytes: 9_000_000_000 }] } },
};

function availability(entitlementAvailability: string): Record<string, unknown> {
  return {
    modelId: 'm',
    agreementAvailability: { status: 'AVAILABLE' },
    authorizationStatus: 'AUTHORIZED',
    entitlementAvailability,
    regionAvailability: 'AVAILABLE',
  };
}

const folder = scratch();
const policy = folder.file('policy.yaml', POLICY);
let account: AwsAccount;
let answers: Record<string, AccountAnswer> = {};

beforeAll(async () => {
  account = await startAwsAccount(({ service, operation }: Asked) => {
    const key = `${service} ${operation}`.replace(/\/$/, '');
    return answers[key] ?? READY[key] ?? { error: 'AccessDeniedException', status: 403 };
  });
  for (const [name, value] of Object.entries(account.variables)) vi.stubEnv(name, value);
});

afterEach(() => {
  answers = {};
});

afterAll(async () => {
  vi.unstubAllEnvs();
  folder.remove();
  await account.close();
});

interface Outcome {
  readonly out: string;
  readonly error?: string;
  readonly details?: { readonly findings: { check: string; subject: string; verdict: string; remedy?: string }[] };
}

async function doctor(...args: string[]): Promise<Outcome> {
  const lines: string[] = [];
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  registerDoctor(program, {
    out: (line) => lines.push(line),
    err: () => {},
    readStdin: () => Promise.reject(new Error('nothing is read')),
    environment: {},
  });
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => {} });
  try {
    await program.parseAsync(['node', 'tierwise', 'doctor', ...args]);
    return { out: lines.join('\n') };
  } catch (error) {
    const { message, details } = error as Error & { details?: Outcome['details'] };
    return { out: lines.join('\n'), error: message, ...(details && { details }) };
  }
}

const SIGN_IN =
  'Sign in (aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of a user.';

/** Variables as they are on another machine, for as long as `work` lasts; undefined for one that is not set there. */
async function withVariables(
  variables: Readonly<Record<string, string | undefined>>,
  work: () => Promise<void>,
): Promise<void> {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  try {
    await work();
  } finally {
    vi.unstubAllEnvs();
    for (const [name, value] of Object.entries(account.variables)) vi.stubEnv(name, value);
  }
}

function withoutCredentials(work: () => Promise<void>): Promise<void> {
  const nowhere = join(folder.path, 'nowhere');
  const variables = {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_PROFILE: undefined,
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  return withVariables(variables, work);
}

const WHOLE = [
  '--stage',
  'self-hosted',
  '--policy',
  policy,
  '--weights',
  's3://weights/llama',
  '--image',
  ECR,
  '--residency',
];

describe('tierwise doctor, before a deployment', () => {
  it('passes an account in which everything is ready, and shows what it saw', async () => {
    const { out, error } = await doctor(...WHOLE, '--json');
    expect(error).toBeUndefined();
    const { ok, verdict, findings } = JSON.parse(out);
    expect({ ok, verdict }).toEqual({ ok: true, verdict: 'pass' });
    expect(findings.map(({ check, evidence }: Record<string, string>) => `${check}: ${evidence}`)).toEqual([
      'account: arn:aws:iam::111122223333:user/ops, eu-central-1',
      'bootstrap: version 21',
      'quota: 64 vCPUs in eu-central-1; needed 4 to 8 (small: 1 to 2 g6e.xlarge)',
      'instance: 4 vCPUs, offered in eu-central-1a, eu-central-1b',
      'model: profile in eu-central-1: ACTIVE',
      'model: model in eu-central-1: ACTIVE',
      'secret: there, with a value',
      'weights: 3 objects, 3.0 GB',
      'image: in private ECR, 9.0 GB compressed',
    ]);
  });

  it.each<[string, Record<string, AccountAnswer>, string, RegExp]>([
    ['no bootstrap', { 'ssm GetParameter': { error: 'ParameterNotFound' } }, 'bootstrap', /cdk bootstrap/],
    [
      'too small a quota',
      { 'servicequotas GetServiceQuota': { body: { Quota: { Value: 0 } } } },
      'quota',
      /L-DB2E81BA/,
    ],
    [
      'no zone with the instance',
      { 'ec2 DescribeInstanceTypeOfferings': { body: { instanceTypeOfferingSet: '' } } },
      'instance',
      /another region/,
    ],
    [
      'no such profile',
      {
        'bedrock GET /inference-profiles/eu.amazon.nova-2-lite-v1:0': {
          error: 'ResourceNotFoundException',
          status: 404,
        },
      },
      'model',
      /list-inference-profiles/,
    ],
    [
      'no access to a model',
      { 'bedrock GET /foundation-model-availability/amazon.nova-lite-v1:0': { body: availability('NOT_AVAILABLE') } },
      'model',
      /Model access/,
    ],
    [
      'no secret',
      { 'secretsmanager DescribeSecret': { error: 'ResourceNotFoundException' } },
      'secret',
      /create-secret --name keys\/anthropic/,
    ],
    ['no bucket', { 's3 HEAD /weights': { error: 'NotFound', status: 404 } }, 'weights', /tierwise stage weights/],
    ['no image', { 'ecr DescribeImages': { error: 'ImageNotFoundException' } }, 'image', /tierwise stage image/],
  ])('fails with %s, and says what to do', async (_, changed, check, remedy) => {
    answers = changed;
    const { error, details, out } = await doctor(...WHOLE, '--json');
    expect(out).toBe('');
    expect(error).toMatch(/1 of 9 checks fail/);
    const failing = details?.findings.filter(({ verdict }) => verdict === 'fail');
    expect(failing).toMatchObject([{ check, remedy: expect.stringMatching(remedy) }]);
  });

  it('falls back to the default of a quota that was never changed', async () => {
    answers = {
      'servicequotas GetServiceQuota': { error: 'NoSuchResourceException' },
      'servicequotas GetAWSDefaultServiceQuota': { body: { Quota: { Value: 8 } } },
    };
    expect((await doctor(...WHOLE)).out).toMatch(/pass {2}quota .* 8 vCPUs/);
  });

  it('warns of what it may not ask, and goes on', async () => {
    answers = { 'secretsmanager DescribeSecret': { error: 'AccessDeniedException' } };
    const { out, error } = await doctor(...WHOLE);
    expect(error).toBeUndefined();
    expect(out).toMatch(/warn {2}secret .*AccessDenied/);
    expect(out).toMatch(/-> .*allow secretsmanager:DescribeSecret/);
  });

  it.each([
    ['InvalidClientTokenId', 'AWS does not know these credentials'],
    ['SignatureDoesNotMatch', 'the secret does not belong to the access key'],
    ['ExpiredToken', 'these credentials have expired'],
  ])('stops at %s, and says in plain words what it is and what to do', async (error, words) => {
    answers = { 'sts GetCallerIdentity': { error, status: 403 } };
    expect((await doctor('--stage', 'api')).error).toBe(`AWS does not say who asks: ${words}.\n${SIGN_IN}`);
  });

  it('says what AWS says where that is all it knows', async () => {
    answers = { 'sts GetCallerIdentity': { error: 'AccessDenied', status: 403 } };
    expect((await doctor('--stage', 'api')).error).toMatch(/^AWS does not say who asks: AccessDenied\b.*\.$/);
  });

  it('says that there are no credentials, before a deployment and after it', async () => {
    await withoutCredentials(async () => {
      expect((await doctor('--stage', 'api')).error).toBe(
        `AWS does not say who asks: no credentials are found on this machine.\n${SIGN_IN}`,
      );
      expect((await doctor('--stack', 'S')).error).toBe(
        `The outputs of S cannot be read: no credentials are found on this machine.\n${SIGN_IN}`,
      );
    });
  });

  it('says which profile has none', async () => {
    await withoutCredentials(async () => {
      vi.stubEnv('AWS_PROFILE', 'elsewhere');
      expect((await doctor('--stage', 'api')).error).toBe(
        `AWS does not say who asks: AWS_PROFILE is elsewhere, and no credentials are found by that name.\n${SIGN_IN}`,
      );
    });
  });

  it('says that AWS cannot be reached, and nothing of signing in', async () => {
    await withVariables({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, async () => {
      expect((await doctor('--stage', 'api')).error).toBe(
        'AWS does not say who asks: AWS cannot be reached (connect ECONNREFUSED 127.0.0.1:1).\n' +
          'Check the network, a proxy, and the region.',
      );
    });
  });

  it.each<[string, string[], RegExp]>([
    ['no stage', [], /--stage api, hybrid, self-hosted/],
    ['an unknown stage', ['--stage', 'big'], /Allowed choices are api, hybrid, self-hosted/],
    ['weights that are not in S3', ['--stage', 'api', '--weights', '/models'], /s3:\/\/BUCKET\/PREFIX/],
    ['a policy that is not there', ['--stage', 'api', '--policy', '/nowhere.yaml'], /no such file/],
    ['a timeout of nothing', ['--stack', 'S', '--timeout', '0'], /a whole number from 1 to 900/],
  ])('refuses %s', async (_, args, message) => {
    expect((await doctor(...args)).error).toMatch(message);
  });
});

describe('tierwise doctor, after a deployment', () => {
  let router: Server;
  const models: string[] = [];

  beforeAll(async () => {
    router = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        if (request.url === '/prod/v1/models') {
          response.end(JSON.stringify({ data: ['auto', 'tier:small', 'tier:top'].map((id) => ({ id })) }));
          return;
        }
        const { model } = JSON.parse(body);
        models.push(`${model} ${request.headers.authorization ?? 'no key'}`);
        if (model === 'tier:small') response.writeHead(200, { 'x-tierwise-model': 'llama' }).end('{}');
        else response.writeHead(503).end(JSON.stringify({ error: { code: 'tiers_unavailable', message: 'No tier.' } }));
      });
    });
    await new Promise<void>((listening) => router.listen(0, '127.0.0.1', listening));
  });

  afterAll(() => new Promise((done) => router.close(done)));

  function deployed(outputs: Record<string, string>): Record<string, AccountAnswer> {
    const member = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
    const stack = { StackName: 'S', StackStatus: 'CREATE_COMPLETE', Outputs: { member } };
    return {
      'cloudformation DescribeStacks': {
        body: { Stacks: { member: { ...stack, CreationTime: '2026-01-01T00:00:00Z' } } },
      },
    };
  }

  it('asks every tier once, through the router, and fails when one does not answer', async () => {
    const url = `http://127.0.0.1:${(router.address() as AddressInfo).port}/prod/`;
    answers = deployed({ RouterApiEndpoint12345678: 'https://elsewhere', RouterUrl: url });
    const { error, details } = await doctor('--stack', 'S', '--key', 'k', '--json');
    expect(error).toBe('1 of 2 checks fail.');
    expect(details?.findings).toMatchObject([
      {
        check: 'tier',
        subject: 'small',
        verdict: 'pass',
        evidence: expect.stringMatching(/^llama answered in \d+ ms/),
      },
      {
        check: 'tier',
        subject: 'top',
        verdict: 'fail',
        evidence: expect.stringMatching(/503 tiers_unavailable: No tier/),
      },
    ]);
    expect(models.sort()).toEqual(['tier:small Bearer k', 'tier:top Bearer k']);
  });

  it.each<[string, Record<string, AccountAnswer>, RegExp]>([
    ['there is no such stack', { 'cloudformation DescribeStacks': { error: 'ValidationError' } }, /no stack S in/],
    ['it has no address', deployed({ TableName: 't' }), /no output with the router's address .* it has: TableName/],
    ['nobody answers there', deployed({ RouterUrl: 'http://127.0.0.1:1' }), /does not list its tiers/],
    [
      'it may not be read',
      { 'cloudformation DescribeStacks': { error: 'AccessDenied', status: 403 } },
      /cannot be read/,
    ],
  ])('says so when %s', async (_, changed, message) => {
    answers = changed;
    expect((await doctor('--stack', 'S')).error).toMatch(message);
  });
});
