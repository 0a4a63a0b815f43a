import { describe, expect, it } from 'vitest';
import { diagnose, diagnoseTiers, verdictOf } from '../../../lib/core/analysis/doctor';
import { registryPlace, s3Place } from '../../../lib/core/analysis/doctor/artifacts';
import type { Facts, Finding, Needs, TierAnswer } from '../../../lib/core/analysis/doctor/facts';
import { quotasNeeded } from '../../../lib/core/analysis/doctor/gpus';
import { isProfile } from '../../../lib/core/analysis/doctor/models';
import { needsOf } from '../../../lib/core/analysis/doctor/needs';
import { aPolicy, aTask, aTier } from '../../builders';

const REGION = 'eu-central-1';
const ECR = `111122223333.dkr.ecr.${REGION}.amazonaws.com/vllm:v1`;
const WEIGHTS = 's3://weights/llama/';

const NEEDS: Needs = {
  stage: 'self-hosted',
  region: REGION,
  residency: false,
  gpus: [],
  models: [],
  secrets: [],
  weights: [],
  images: [],
  notes: [],
};

const FACTS: Facts = {
  identity: { account: '111122223333', region: REGION, principal: 'arn:aws:iam::111122223333:user/ops' },
  bootstrap: { known: true, value: 21 },
  quotas: { 'g-and-vt': { known: true, value: 16 } },
  instances: {},
  models: {},
  secrets: {},
  weights: {},
  images: {},
};

const known = <T>(value: T) => ({ known: true, value }) as const;

function findingsOf(needs: Partial<Needs>, facts: Partial<Facts>): Finding[] {
  return diagnose({ ...NEEDS, ...needs }, { ...FACTS, ...facts });
}

function only(check: string, needs: Partial<Needs>, facts: Partial<Facts> = {}): Finding {
  const found = findingsOf(needs, facts).filter((finding) => finding.check === check);
  expect(found).toHaveLength(1);
  return found[0] as Finding;
}

const GPU = { tier: 'small', instance: 'g6e.xlarge', min: 2, max: 6 };
const G6E = { 'g6e.xlarge': known({ vcpus: 4, zones: ['eu-central-1a', 'eu-central-1b'] }) };

describe('the doctor, before a deployment', () => {
  it.each<[string, number | undefined, string]>([
    ['of a version that CDK deploys with', 6, 'pass'],
    ['too old', 5, 'fail'],
    ['absent', undefined, 'fail'],
  ])('finds the bootstrap stack %s', (_, version, verdict) => {
    expect(only('bootstrap', {}, { bootstrap: known(version) })).toMatchObject({
      verdict,
      ...(verdict === 'fail' && { remedy: `npx cdk bootstrap aws://111122223333/${REGION}` }),
    });
  });

  it.each<[string, number, string]>([
    ['for the most instances', 24, 'pass'],
    ['for the fewest, not the most', 8, 'warn'],
    ['for fewer than the fewest', 7, 'fail'],
    ['for nothing', 0, 'fail'],
  ])('finds a quota %s', (_, value, verdict) => {
    const quotas = { 'g-and-vt': known(value) };
    const finding = only('quota', { gpus: [GPU] }, { quotas, instances: G6E });
    expect(finding).toMatchObject({ verdict, subject: 'Running On-Demand G and VT instances' });
    expect(finding.evidence).toContain(`${value} vCPUs in ${REGION}; needed 8 to 24 (small: 2 to 6 g6e.xlarge)`);
    if (verdict !== 'pass') expect(finding.remedy).toMatch(/--quota-code L-DB2E81BA --desired-value 24/);
  });

  it('adds up the tiers that count against one quota', () => {
    const second = { ...GPU, tier: 'large', min: 1, max: 1 };
    const finding = only('quota', { gpus: [GPU, second] }, { quotas: { 'g-and-vt': known(24) }, instances: G6E });
    expect(finding).toMatchObject({ verdict: 'warn', evidence: expect.stringContaining('needed 12 to 28') });
  });

  it('warns of a tier that scales to zero and has room for none', () => {
    const gpus = [{ ...GPU, min: 0, max: 1 }];
    expect(only('quota', { gpus }, { quotas: { 'g-and-vt': known(0) }, instances: G6E }).verdict).toBe('fail');
  });

  it.each<[string, Partial<Needs>, string[]]>([
    ['none for the API stage', { stage: 'api', gpus: [GPU] }, []],
    ['the common one without a policy', {}, ['L-DB2E81BA']],
    ['that of P instances', { gpus: [{ ...GPU, instance: 'p5.48xlarge' }] }, ['L-417A185B']],
    ['both', { gpus: [GPU, { ...GPU, instance: 'p4d.24xlarge' }] }, ['L-DB2E81BA', 'L-417A185B']],
  ])('asks for quotas: %s', (_, needs, codes) => {
    expect(quotasNeeded({ ...NEEDS, ...needs }).map(({ code }) => code)).toEqual(codes);
  });

  it.each<[string, string, { vcpus?: number; zones: string[] }, string, RegExp]>([
    ['in several zones', 'g6e.xlarge', { vcpus: 4, zones: ['a', 'b'] }, 'pass', /4 vCPUs, offered in a, b/],
    ['in one zone', 'g6e.xlarge', { vcpus: 4, zones: ['a'] }, 'warn', /offered in a$/],
    ['in none', 'g6e.xlarge', { zones: [] }, 'fail', /not offered in eu-central-1/],
    ['of no family with GPUs', 'm7g.large', { vcpus: 2, zones: ['a', 'b'] }, 'fail', /not of a family/],
  ])('finds an instance type %s', (_, instance, fact, verdict, evidence) => {
    const gpus = [{ ...GPU, instance }];
    expect(only('instance', { gpus }, { instances: { [instance]: known(fact) } })).toMatchObject({
      verdict,
      evidence: expect.stringMatching(evidence),
    });
  });

  const MODEL = { tier: 'mid', id: 'amazon.nova-lite-v1:0', region: REGION };
  it.each<[string, Facts['models'][string], string, RegExp]>([
    ['ready', known({ kind: 'model', status: 'ACTIVE', onDemand: true, obstacles: [] }), 'pass', /ACTIVE/],
    ['a ready profile', known({ kind: 'profile', status: 'ACTIVE', obstacles: [] }), 'pass', /profile in/],
    ['on its way out', known({ kind: 'model', status: 'LEGACY', onDemand: true, obstacles: [] }), 'warn', /LEGACY/],
    ['unknown', known({ kind: 'model', obstacles: [] }), 'fail', /not found/],
    [
      'only behind a profile',
      known({ kind: 'model', status: 'ACTIVE', onDemand: false, obstacles: [] }),
      'fail',
      /only through an inference profile/,
    ],
    [
      'out of reach',
      known({ kind: 'profile', status: 'ACTIVE', obstacles: ['the account has no access to it'] }),
      'fail',
      /no access/,
    ],
    ['in the dark', { known: false, reason: 'AccessDeniedException: no' }, 'warn', /not known: AccessDenied/],
  ])('finds a model %s', (_, fact, verdict, evidence) => {
    expect(only('model', { models: [MODEL] }, { models: { mid: fact } })).toMatchObject({
      verdict,
      subject: 'mid: amazon.nova-lite-v1:0',
      evidence: expect.stringMatching(evidence),
    });
  });

  it.each<[string, boolean]>([
    ['eu.amazon.nova-2-lite-v1:0', true],
    ['global.anthropic.claude-opus-5-5', true],
    ['arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/abc', true],
    ['amazon.nova-lite-v1:0', false],
    ['arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-lite-v1:0', false],
  ])('takes %s for a profile: %s', (id, profile) => {
    expect(isProfile(id)).toBe(profile);
  });

  it.each<[string, { exists: boolean; hasValue: boolean; deleted: boolean }, string, RegExp | undefined]>([
    ['with a value', { exists: true, hasValue: true, deleted: false }, 'pass', undefined],
    ['without a value', { exists: true, hasValue: false, deleted: false }, 'fail', /put-secret-value/],
    ['about to be deleted', { exists: true, hasValue: true, deleted: true }, 'fail', /restore-secret/],
    ['that is not there', { exists: false, hasValue: false, deleted: false }, 'fail', /create-secret --name keys\/a/],
  ])('finds a secret %s', (_, fact, verdict, remedy) => {
    const finding = only(
      'secret',
      { secrets: [{ tier: 'top', name: 'keys/a' }] },
      { secrets: { 'keys/a': known(fact) } },
    );
    expect(finding.verdict).toBe(verdict);
    if (remedy) expect(finding.remedy).toMatch(remedy);
  });

  const NAMES = ['config.json', 'tokenizer.json', 'model-00001-of-00002.safetensors'];
  it.each<[string, Facts['weights'][string], boolean, string, RegExp]>([
    ['whole', known({ region: REGION, names: NAMES, bytes: 16e9 }), true, 'pass', /3 objects, 16\.0 GB/],
    [
      'of which there are none',
      known({ region: REGION, names: [], bytes: 0 }),
      false,
      'fail',
      /missing: \*\.safetensors/,
    ],
    [
      'without a tokenizer',
      known({ region: REGION, names: [NAMES[0] as string, NAMES[2] as string], bytes: 1 }),
      false,
      'fail',
      /missing: a tokenizer/,
    ],
    ['in no bucket', known({ names: [], bytes: 0 }), false, 'fail', /no such bucket/],
    ['in another region', known({ region: 'us-east-1', names: NAMES, bytes: 1 }), false, 'warn', /us-east-1/],
    [
      'in another region, with no way out',
      known({ region: 'us-east-1', names: NAMES, bytes: 1 }),
      true,
      'fail',
      /us-east-1/,
    ],
  ])('finds weights %s', (_, fact, residency, verdict, evidence) => {
    expect(only('weights', { weights: [WEIGHTS], residency }, { weights: { [WEIGHTS]: fact } })).toMatchObject({
      verdict,
      evidence: expect.stringMatching(evidence),
    });
  });

  it.each<[string, string, boolean, Facts['images'], string]>([
    ['in the private registry', ECR, true, { [ECR]: known({ exists: true, bytes: 9e9 }) }, 'pass'],
    ['that is not in the private registry', ECR, true, { [ECR]: known({ exists: false }) }, 'fail'],
    ['of the public, where there is a way out', 'vllm/vllm-openai:v1', false, {}, 'warn'],
    ['of the public, where there is none', 'vllm/vllm-openai:v1', true, {}, 'fail'],
    ['of another region, where there is no way out', ECR.replace(REGION, 'us-east-1'), true, {}, 'fail'],
    ['of another account, where there is no way out', ECR.replace('1111', '9999'), true, {}, 'warn'],
  ])('finds an image %s', (_, image, residency, images, verdict) => {
    expect(only('image', { images: [image], residency }, { images }).verdict).toBe(verdict);
  });

  it('says of every question without an answer what would let it be asked', () => {
    const silent = { known: false, reason: 'AccessDenied' } as const;
    const needs = {
      gpus: [GPU],
      models: [MODEL],
      secrets: [{ tier: 'top', name: 'k' }],
      weights: [WEIGHTS],
      images: [ECR],
    };
    const facts: Partial<Facts> = {
      bootstrap: silent,
      quotas: { 'g-and-vt': silent },
      instances: { 'g6e.xlarge': silent },
      models: { mid: silent },
      secrets: { k: silent },
      weights: { [WEIGHTS]: silent },
      images: { [ECR]: silent },
    };
    const findings = findingsOf(needs, facts).slice(1);
    expect(findings.map(({ check }) => check)).toEqual([
      'bootstrap',
      'quota',
      'instance',
      'model',
      'secret',
      'weights',
      'image',
    ]);
    for (const finding of findings)
      expect(finding).toMatchObject({ verdict: 'warn', remedy: expect.stringMatching(/allow [a-z0-9]+:/) });
  });
});

describe('what a policy and a stage need', () => {
  const policy = aPolicy({
    tiers: [
      aTier({ id: 'small', gpu: { instance: 'g6e.xlarge', count: 1, min: 2, max: 6 } }),
      aTier({ id: 'spare', gpu: { instance: 'g6.xlarge', min: 0 } }),
      aTier({ id: 'mid', provider: 'bedrock', model: 'amazon.nova-lite-v1:0', region: 'us-east-1' }),
      aTier({
        id: 'profiled',
        provider: 'bedrock',
        model: 'amazon.nova-2-lite-v1:0',
        profile: 'eu.amazon.nova-2-lite-v1:0',
      }),
      aTier({ id: 'top', provider: 'anthropic', apiKeySecret: 'keys/anthropic' }),
      aTier({ id: 'set', provider: 'anthropic', apiKeySecret: `\${KEY_SECRET}` }),
      aTier({ id: 'off', enabled: false, provider: 'anthropic', apiKeySecret: 'keys/unused' }),
    ],
    tasks: [aTask({ id: 'any', ladder: ['small'] })],
  });
  const options = {
    stage: 'self-hosted',
    region: REGION,
    residency: false,
    weights: [WEIGHTS],
    images: [ECR],
  } as const;

  it('is its GPUs, models and secrets, of the tiers that are on', () => {
    expect(needsOf(policy, options)).toMatchObject({
      gpus: [
        { tier: 'small', instance: 'g6e.xlarge', min: 2, max: 6 },
        { tier: 'spare', instance: 'g6.xlarge', min: 0, max: 1 },
      ],
      models: [
        { tier: 'mid', id: 'amazon.nova-lite-v1:0', region: 'us-east-1' },
        { tier: 'profiled', id: 'eu.amazon.nova-2-lite-v1:0', region: REGION },
      ],
      secrets: [{ tier: 'top', name: 'keys/anthropic' }],
      weights: [WEIGHTS],
      images: [ECR],
      notes: [`tier set takes its secret from \${KEY_SECRET}, which the stack sets`],
    });
  });

  it('is no GPU, weight or image for the API stage, and says which tiers that leaves out', () => {
    const needs = needsOf(policy, { ...options, stage: 'api' });
    expect(needs).toMatchObject({ gpus: [], weights: [], images: [] });
    expect(needs.notes.slice(0, 2)).toEqual([
      'tier small runs on GPUs, and stage api deploys none',
      'tier spare runs on GPUs, and stage api deploys none',
    ]);
  });

  it('says what it could not look at', () => {
    expect(needsOf(undefined, options).notes).toEqual([expect.stringContaining('no policy given')]);
    const bare = needsOf(policy, { ...options, weights: [], images: [] });
    expect(bare.notes).toEqual(
      expect.arrayContaining([expect.stringContaining('no weights'), expect.stringContaining('no image')]),
    );
    const findings = diagnose({ ...NEEDS, notes: bare.notes }, FACTS).filter(({ check }) => check === 'note');
    expect(findings.every(({ verdict }) => verdict === 'warn')).toBe(true);
  });
});

describe('the doctor, after a deployment', () => {
  it.each<[string, Omit<TierAnswer, 'tier' | 'elapsedMs'>, string, RegExp]>([
    ['answers', { status: 200, model: 'llama' }, 'pass', /llama answered in 120 ms/],
    ['is shut out', { status: 503, error: 'tiers_unavailable: down' }, 'fail', /503 tiers_unavailable: down/],
    ['wants a key', { status: 401, error: 'invalid_key' }, 'fail', /401/],
    ['is not there', { error: 'connect ECONNREFUSED' }, 'fail', /no answer after 120 ms: connect ECONNREFUSED/],
  ])('judges a tier that %s', (_, answer, verdict, evidence) => {
    const [finding] = diagnoseTiers([{ tier: 'small', elapsedMs: 120.4, ...answer }]);
    expect(finding).toMatchObject({
      check: 'tier',
      subject: 'small',
      verdict,
      evidence: expect.stringMatching(evidence),
    });
    expect(finding?.remedy === undefined).toBe(verdict === 'pass');
  });
});

it.each<[Finding['verdict'][], string]>([
  [[], 'pass'],
  [['pass', 'pass'], 'pass'],
  [['pass', 'warn'], 'warn'],
  [['fail', 'warn', 'pass'], 'fail'],
])('is as ready as the worst finding: %j', (verdicts, whole) => {
  const findings = verdicts.map((verdict) => ({ check: 'c', subject: 's', evidence: 'e', verdict }));
  expect(verdictOf(findings)).toBe(whole);
});

describe('addresses', () => {
  it.each<[string, ReturnType<typeof s3Place>]>([
    ['s3://weights', { bucket: 'weights', prefix: '' }],
    ['s3://weights/', { bucket: 'weights', prefix: '' }],
    ['s3://weights/llama/8b', { bucket: 'weights', prefix: 'llama/8b/' }],
    ['https://weights/llama', undefined],
    ['s3://Weights/llama', undefined],
    ['s3:///llama', undefined],
  ])('reads %s', (uri, place) => {
    expect(s3Place(uri)).toEqual(place);
  });

  const digest = `sha256:${'a'.repeat(64)}`;
  it.each<[string, string | undefined]>([
    ['111122223333.dkr.ecr.eu-central-1.amazonaws.com/team/vllm:v1', 'v1'],
    ['111122223333.dkr.ecr.eu-central-1.amazonaws.com/vllm', 'latest'],
    [`111122223333.dkr.ecr.eu-central-1.amazonaws.com/vllm:v1@${digest}`, digest],
    ['public.ecr.aws/deep-learning-containers/vllm:server-cuda', undefined],
    ['vllm/vllm-openai', undefined],
  ])('reads %s', (image, reference) => {
    expect(registryPlace(image)?.reference).toBe(reference);
  });
});
