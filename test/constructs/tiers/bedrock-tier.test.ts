import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { type BedrockGuardrail, BedrockTier, type BedrockTierProps } from '../../../lib/constructs/tiers/bedrock-tier';
import { type TierBinding, type TierBindOptions, TierLocation } from '../../../lib/constructs/tiers/tier';
import { aCaller, type Statement, statementsOf, tierContract } from '../../contracts/tier-contract';

const INVOKE = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];

const GUARDRAIL = 'arn:aws:bedrock:eu-central-1:111122223333:guardrail/gr-1';

const APPLICATION_PROFILE = 'arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/abc';

tierContract('BedrockTier', {
  provider: 'bedrock',
  model: 'eu.amazon.nova-2-lite-v1:0',
  make: ({ scope, id }) => new BedrockTier(scope, id),
  imported: ({ scope, id }) =>
    new BedrockTier(scope, id, {
      inferenceProfile: APPLICATION_PROFILE,
      modelId: 'amazon.nova-2-lite-v1:0',
      geography: 'eu',
    }),
  importedPolicy: { profile: APPLICATION_PROFILE },
  broughtAlong: ['AWS::Bedrock::ApplicationInferenceProfile', 'AWS::Bedrock::Guardrail'],
  actions: INVOKE,
});

tierContract('BedrockTier with a guardrail', {
  provider: 'bedrock',
  model: 'amazon.nova-lite-v1:0',
  make: ({ scope, id }) => new BedrockTier(scope, id, { guardrail: { id: 'gr-1', version: '2' } }),
  imported: ({ scope, id }) => new BedrockTier(scope, id, { guardrail: { id: GUARDRAIL } }),
  policy: { guardrail: 'gr-1', guardrailVersion: '2' },
  importedPolicy: { guardrail: 'gr-1' },
  broughtAlong: ['AWS::Bedrock::Guardrail'],
  actions: [...INVOKE, 'bedrock:ApplyGuardrail'],
});

function bind(props: BedrockTierProps, model: string, profile?: string) {
  const app = new App({ builtinCloudFormationValidation: false });
  const stack = new Stack(app, 'Stack', { env: { account: '111122223333', region: 'eu-central-1' } });
  const tier = new BedrockTier(stack, 'Mid', props);
  const caller = aCaller(stack);
  const { guardrail } = props;
  const binding: TierBinding = tier.bind(caller, {
    id: 'mid',
    model,
    ...(profile !== undefined && { profile }),
    ...(guardrail && { guardrail: guardrail.id, guardrailVersion: guardrail.version ?? 'DRAFT' }),
  });
  const statements = statementsOf(stack, caller);
  return { tier, binding, statements, arns: arnsOf(stack, statements) };
}

/** Resources as text, with the partition as `aws` and what is not known in angle brackets. */
function arnsOf(stack: Stack, statements: readonly Statement[]): string[][] {
  return statements.map(({ Resource }) => [Resource].flat().map((arn) => asText(stack.resolve(arn))));
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : plain(value);
}

function plain(value: unknown): string {
  const { 'Fn::Join': join, Ref } = value as { 'Fn::Join'?: [string, unknown[]]; Ref?: string };
  if (join !== undefined) return join[1].map(asText).join(join[0]);
  return Ref === 'AWS::Partition' ? 'aws' : `<${Ref}>`;
}

describe('a Bedrock tier', () => {
  it('of a model keeps prompts in the region and may ask for that model there', () => {
    const { binding, arns } = bind({}, 'amazon.nova-lite-v1:0');
    expect(binding).toMatchObject({ provider: 'bedrock', location: TierLocation.REGION, needsEgress: false });
    expect(binding).not.toHaveProperty('geography');
    expect(arns).toEqual([['arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-lite-v1:0']]);
  });

  it('of a profile may ask for it, and through it for the model in every region of the geography', () => {
    const { binding, arns } = bind({}, 'eu.amazon.nova-2-lite-v1:0');
    expect(binding).toMatchObject({ location: TierLocation.GEOGRAPHY, geography: 'eu' });
    const [profile, models] = arns;
    const profileArn = 'arn:aws:bedrock:eu-central-1:<AWS::AccountId>:inference-profile/eu.amazon.nova-2-lite-v1:0';
    expect(profile).toEqual([profileArn]);
    expect(models).toContain('arn:aws:bedrock:eu-west-3::foundation-model/amazon.nova-2-lite-v1:0');
    expect(models).toContain('arn:aws:bedrock:eu-north-1::foundation-model/amazon.nova-2-lite-v1:0');
    expect(models?.every((arn) => arn.startsWith('arn:aws:bedrock:eu-'))).toBe(true);
    expect(new Set(models).size).toBe(models?.length);
  });

  it.each([
    ['us.meta.llama4-scout-17b-instruct-v1:0', 'us', 'us-west-2'],
    ['apac.amazon.nova-pro-v1:0', 'apac', 'ap-southeast-2'],
    ['jp.anthropic.claude-opus-5-5', 'jp', 'ap-northeast-3'],
    ['au.anthropic.claude-opus-5-5', 'au', 'ap-southeast-4'],
    ['ca.amazon.nova-lite-v1:0', 'ca', 'ca-central-1'],
    ['us-gov.anthropic.claude-3-7-sonnet-20250219-v1:0', 'us-gov', 'us-gov-west-1'],
  ])('reads the geography of %s', (profile, geography, region) => {
    const { binding, arns } = bind({}, profile);
    expect(binding).toMatchObject({ location: TierLocation.GEOGRAPHY, geography });
    expect(arns.flat()).toContain(`arn:aws:bedrock:${region}::foundation-model/${profile.slice(geography.length + 1)}`);
  });

  it('lets the model be asked for through the profile only', () => {
    const app = new App({ builtinCloudFormationValidation: false });
    const stack = new Stack(app, 'Stack');
    const caller = aCaller(stack);
    new BedrockTier(stack, 'Mid').bind(caller, { id: 'mid', model: 'global.anthropic.claude-opus-5-5' });
    const [profile, own, anywhere] = statementsOf(stack, caller);
    const through = { 'bedrock:InferenceProfileArn': profile?.Resource };
    expect(profile?.Condition).toBeUndefined();
    expect(own?.Condition).toEqual({ StringEquals: through });
    expect(anywhere?.Condition).toEqual({ StringEquals: { ...through, 'aws:RequestedRegion': 'unspecified' } });
    expect(asText(anywhere?.Resource)).toBe('arn:aws:bedrock:::foundation-model/anthropic.claude-opus-5-5');
  });

  it('of a global profile goes anywhere', () => {
    const { binding } = bind({}, 'global.anthropic.claude-opus-5-5');
    expect(binding.location).toBe(TierLocation.ANYWHERE);
    expect(binding).not.toHaveProperty('geography');
  });

  it('of an application profile goes where it is said to, and needs the model behind it', () => {
    const arn = APPLICATION_PROFILE;
    const { binding, arns } = bind({ geography: 'eu' }, 'amazon.nova-lite-v1:0', arn);
    expect(binding).toMatchObject({ location: TierLocation.GEOGRAPHY, geography: 'eu' });
    expect(arns[0]).toEqual([arn]);
    expect(arns[1]).toContain('arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0');
    expect(() => bind({}, arn)).toThrow(/does not tell which model is behind it; pass modelId/);
    expect(bind({ modelId: 'amazon.nova-lite-v1:0', inferenceProfile: arn }, 'x', arn).binding.location).toBe('region');
  });

  it('takes the profile from the policy where only the model is given', () => {
    const { binding, tier } = bind({ modelId: 'amazon.nova-lite-v1:0' }, 'any-name', 'eu.amazon.nova-lite-v1:0');
    expect(binding).toMatchObject({ location: TierLocation.GEOGRAPHY, geography: 'eu' });
    expect(tier.location).toBe(TierLocation.GEOGRAPHY);
  });

  it('of a model of your own may ask for that alone', () => {
    const arn = 'arn:aws:bedrock:eu-central-1:111122223333:provisioned-model/abc';
    const { binding, arns } = bind({}, arn);
    expect(binding.location).toBe(TierLocation.REGION);
    expect(arns).toEqual([[arn]]);
  });

  it('denies calls without its guardrail, at the door', () => {
    const { statements, arns, tier } = bind({ guardrail: { id: 'gr-1', version: '3' } }, 'eu.amazon.nova-lite-v1:0');
    const [profile, models, guardrail] = statements;
    expect(JSON.stringify(profile?.Condition)).toMatch(/bedrock:GuardrailIdentifier.*guardrail\/gr-1:3"/);
    expect(JSON.stringify(models?.Condition)).not.toContain('Guardrail');
    expect(guardrail?.Action).toBe('bedrock:ApplyGuardrail');
    expect(arns[2]).toEqual(['arn:aws:bedrock:eu-central-1:<AWS::AccountId>:guardrail/gr-1']);
    expect(tier.guardrailArns).toHaveLength(1);
    expect(tier.modelArns.some((arn) => arn.includes('guardrail'))).toBe(false);
    expect(tier.modelArns.length).toBeGreaterThan(5);
  });

  it.each([{ id: 'gr-1' }, { id: 'gr-1', version: 'DRAFT' }])(
    'names the draft of a guardrail by its ARN: %j',
    (guardrail) => {
      const { statements } = bind({ guardrail }, 'amazon.nova-lite-v1:0');
      expect(JSON.stringify(statements[0]?.Condition)).toMatch(/guardrail\/gr-1"/);
    },
  );

  it.each<[string, BedrockGuardrail | undefined, Partial<TierBindOptions>, RegExp]>([
    [
      'none, where the tier has one',
      { id: 'gr-1', version: '3' },
      {},
      /tier mid names no guardrail, and calls without this tier's are denied; write guardrail: \{ id: gr-1, version: 3 \}/,
    ],
    [
      'another one',
      { id: 'gr-1' },
      { guardrail: 'gr-2' },
      /names guardrail gr-2 in version DRAFT.*write guardrail: \{ id: gr-1, version: DRAFT \}/,
    ],
    [
      'another version',
      { id: 'gr-1', version: '3' },
      { guardrail: 'gr-1', guardrailVersion: '4' },
      /names guardrail gr-1 in version 4/,
    ],
    [
      'one that the tier does not have',
      undefined,
      { guardrail: 'gr-2', guardrailVersion: '1' },
      /names guardrail gr-2, which the router may not apply; pass guardrail: \{ id: 'gr-2', version: '1' \}/,
    ],
  ])('refuses a policy whose guardrail is %s', (_, guardrail, policy, message) => {
    const stack = new Stack(new App(), 'Stack');
    const tier = new BedrockTier(stack, 'Mid', guardrail ? { guardrail } : {});
    const options = { id: 'mid', model: 'amazon.nova-lite-v1:0', ...policy };
    expect(() => tier.bind(aCaller(stack), options)).toThrow(message);
  });

  it.each<[string, (stack: Stack) => BedrockGuardrail, Partial<TierBindOptions>]>([
    ['by its id, of which the tier has the ARN', () => ({ id: GUARDRAIL }), { guardrail: 'gr-1' }],
    ['that only the router knows', () => ({ id: 'gr-1' }), { guardrail: '$'.concat('{GUARDRAIL}') }],
    [
      'that only the deployment knows',
      (stack) => ({ id: new CfnParameter(stack, 'Guardrail').valueAsString }),
      { guardrail: 'gr-1' },
    ],
  ])('takes a policy that names its guardrail %s', (_, guardrail, policy) => {
    const stack = new Stack(new App(), 'Stack');
    const tier = new BedrockTier(stack, 'Mid', { guardrail: guardrail(stack) });
    const caller = aCaller(stack);
    tier.bind(caller, { id: 'mid', model: 'amazon.nova-lite-v1:0', ...policy });
    expect(statementsOf(stack, caller).flatMap(({ Action }) => Action)).toContain('bedrock:ApplyGuardrail');
  });

  it('may be asked for one model, whoever publishes a policy', () => {
    expect(bind({}, 'eu.amazon.nova-lite-v1:0').binding.models).toEqual(['eu.amazon.nova-lite-v1:0']);
    const profile = bind({ geography: 'eu' }, 'amazon.nova-lite-v1:0', APPLICATION_PROFILE);
    expect(profile.binding.models).toEqual([APPLICATION_PROFILE]);
    expect(bind({ modelId: 'amazon.nova-lite-v1:0' }, '$'.concat('{MODEL}')).binding.models).toEqual([
      'amazon.nova-lite-v1:0',
    ]);
  });

  it('asks another region, outside the VPC, or an endpoint of yours, within it', () => {
    const other = bind({ region: 'us-east-1' }, 'amazon.nova-lite-v1:0');
    expect(other.binding).toMatchObject({ region: 'us-east-1', needsEgress: true });
    expect(other.arns.flat()).toEqual(['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0']);
    const own = bind(
      { endpoint: 'https://vpce-1.bedrock-runtime.eu-central-1.vpce.amazonaws.com' },
      'amazon.nova-lite-v1:0',
    );
    expect(own.binding).toMatchObject({ baseUrl: expect.stringContaining('vpce-1'), needsEgress: false });
  });

  it('knows its location before it is bound where it knows the model, and else the widest', () => {
    const stack = new Stack(new App(), 'Stack');
    expect(new BedrockTier(stack, 'A').location).toBe(TierLocation.ANYWHERE);
    expect(new BedrockTier(stack, 'B', { modelId: 'amazon.nova-lite-v1:0' }).location).toBe(TierLocation.REGION);
    expect(new BedrockTier(stack, 'C', { modelId: 'eu.amazon.nova-lite-v1:0' }).location).toBe(TierLocation.GEOGRAPHY);
    const shared = new BedrockTier(stack, 'D');
    shared.bind(aCaller(stack), { id: 'a', model: 'amazon.nova-lite-v1:0' });
    expect(shared.location).toBe(TierLocation.REGION);
    shared.bind(aCaller(stack, 'Other'), { id: 'b', model: 'eu.amazon.nova-lite-v1:0' });
    expect(shared.location).toBe(TierLocation.GEOGRAPHY);
  });

  it.each<[string, BedrockTierProps, string, RegExp]>([
    [
      'a geography that Bedrock does not have',
      { geography: 'mars' },
      'x',
      /no inference profile has the geography "mars"; allowed: us, eu/,
    ],
    [
      'another geography than the profile',
      { geography: 'us' },
      'eu.amazon.nova-lite-v1:0',
      /sends prompts to the geography eu, not us/,
    ],
    [
      'a geography without a profile',
      { geography: 'eu' },
      'amazon.nova-lite-v1:0',
      /ask for eu\.amazon\.nova-lite-v1:0, or leave/,
    ],
    [
      'another model than the policy',
      { modelId: 'a.b' },
      'a.c',
      /asks for a\.c, but this tier is a\.b; write model: a\.b in the policy/,
    ],
    ['a model that only the router knows', {}, '$'.concat('{MODEL}'), /known only where the router runs; pass modelId/],
  ])('refuses %s', (_, props, model, message) => {
    expect(() => bind(props, model)).toThrow(message);
  });
});
