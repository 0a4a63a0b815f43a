import { SecretValue } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import {
  ExternalApiTier,
  type ExternalApiTierProps,
  ExternalProvider,
} from '../../../lib/constructs/tiers/external-api-tier';
import { TierLocation } from '../../../lib/constructs/tiers/tier';
import { aCaller, egressOf, tierContract } from '../../contracts/tier-contract';
import { aStack, resources } from '../a-stack';

const { ANTHROPIC, OPENAI_COMPATIBLE } = ExternalProvider;
const SECRET = ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'];

for (const [name, props] of [
  ['of Anthropic', { provider: ANTHROPIC }],
  ['of another host', { provider: OPENAI_COMPATIBLE, baseUrl: 'https://api.openai.com/v1' }],
] as const) {
  tierContract(`ExternalApiTier ${name}`, {
    provider: props.provider,
    model: 'some-model',
    make: ({ scope, id }) =>
      new ExternalApiTier(scope, id, { ...props, apiKey: new secretsmanager.Secret(scope, `${id}Key`) }),
    imported: ({ scope, id }) =>
      new ExternalApiTier(scope, id, {
        ...props,
        apiKey: secretsmanager.Secret.fromSecretNameV2(scope, `${id}Key`, 'tierwise/key'),
      }),
    broughtAlong: ['AWS::SecretsManager::Secret'],
    actions: SECRET,
  });
}

describe('an external tier', () => {
  const options = { id: 'frontier', model: 'm' };
  const bind = (props: ExternalApiTierProps) => {
    const stack = aStack();
    return new ExternalApiTier(stack, 'Frontier', props).bind(aCaller(stack), options);
  };

  it('goes anywhere unless it is said to stay, and outside the VPC', () => {
    expect(bind({ provider: ANTHROPIC })).toEqual({ provider: 'anthropic', location: 'anywhere', needsEgress: true });
    const europe = { provider: OPENAI_COMPATIBLE, baseUrl: 'https://eu.example/v1', location: TierLocation.GEOGRAPHY };
    expect(bind({ ...europe, geography: 'eu' })).toMatchObject({ location: 'geography', geography: 'eu' });
  });

  it('may be a server of yours in the VPC, which needs no way out', () => {
    const stack = aStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
    const caller = aCaller(stack, 'Caller', vpc);
    const props = { provider: OPENAI_COMPATIBLE, baseUrl: 'http://vllm.internal:8000/v1', location: TierLocation.VPC };
    expect(new ExternalApiTier(stack, 'Own', props).bind(caller, options).needsEgress).toBe(false);
    expect(egressOf(stack, caller)).toEqual([]);
  });

  it('opens the port of its address', () => {
    const stack = aStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
    const caller = aCaller(stack, 'Caller', vpc);
    const props = { provider: OPENAI_COMPATIBLE, baseUrl: 'https://models.example:8443/v1' };
    new ExternalApiTier(stack, 'Other', props).bind(caller, options);
    expect(egressOf(stack, caller)).toEqual([
      expect.objectContaining({ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 8443, ToPort: 8443 }),
    ]);
  });

  it('lets the key be decrypted where it has a key of its own', () => {
    const stack = aStack();
    const apiKey = new secretsmanager.Secret(stack, 'Key', {
      encryptionKey: new kms.Key(stack, 'Kms'),
      secretStringValue: SecretValue.unsafePlainText('x'),
    });
    const caller = aCaller(stack);
    new ExternalApiTier(stack, 'Frontier', { provider: ANTHROPIC, apiKey }).bind(caller, options);
    const role = stack.resolve(caller.role.roleArn);
    const [{ KeyPolicy }] = resources(stack, 'AWS::KMS::Key');
    const granted = KeyPolicy.Statement.filter(({ Principal }: { Principal: { AWS: unknown } }) =>
      JSON.stringify(Principal.AWS).includes(JSON.stringify(role)),
    );
    expect(granted.flatMap(({ Action }: { Action: string }) => Action)).toEqual(['kms:Decrypt']);
    expect(JSON.stringify(granted[0].Condition)).toContain('kms:ViaService');
  });

  it('names a secret by its whole ARN, or by its name where that is not known', () => {
    const stack = aStack();
    const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:tierwise/key-AbCdEf';
    const whole = secretsmanager.Secret.fromSecretCompleteArn(stack, 'A', arn);
    const named = secretsmanager.Secret.fromSecretNameV2(stack, 'B', 'tierwise/our-secret');
    const secretOf = (id: string, apiKey: secretsmanager.ISecret) =>
      new ExternalApiTier(stack, id, { provider: ANTHROPIC, apiKey }).bind(aCaller(stack, `${id}C`), options)
        .apiKeySecret;
    expect(secretOf('One', whole)).toBe(arn);
    expect(secretOf('Two', named)).toBe('tierwise/our-secret');
  });

  it.each<[string, ExternalApiTierProps, RegExp]>([
    ['no provider', {} as ExternalApiTierProps, /provider is undefined; give .*openai-compatible.*ExternalProvider/],
    ['no address', { provider: OPENAI_COMPATIBLE }, /needs a baseUrl, such as/],
    ['plain HTTP', { provider: ANTHROPIC, baseUrl: 'http://x.example/v1' }, /give an https address/],
    [
      'no address at all',
      { provider: ANTHROPIC, baseUrl: 'x.example' },
      /baseUrl is x\.example; give an https address/,
    ],
    ['an unnamed geography', { provider: ANTHROPIC, location: TierLocation.GEOGRAPHY }, /needs geography/],
    [
      'a geography too many',
      { provider: ANTHROPIC, geography: 'eu' },
      /only for location GEOGRAPHY, and this one is anywhere/,
    ],
  ])('refuses %s', (_, props, message) => {
    expect(() => bind(props)).toThrow(message);
  });
});
