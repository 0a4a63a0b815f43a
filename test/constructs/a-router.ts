import { type Stack, Validations } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { PolicySource } from '../../lib/constructs/policy-source';
import { RouterFunction } from '../../lib/constructs/router-function';
import type { RouterFunctionProps } from '../../lib/constructs/router-function-props';
import { RouterTables } from '../../lib/constructs/router-tables';
import { BedrockTier } from '../../lib/constructs/tiers/bedrock-tier';
import { ExternalApiTier, ExternalProvider } from '../../lib/constructs/tiers/external-api-tier';
import { type ITier, TierLocation } from '../../lib/constructs/tiers/tier';
import { resources } from './a-stack';

/** A variable as a policy writes it. */
export function variable(name: string): string {
  return `\${${name}}`;
}

/** Lines of a policy with a server of yours, a profile of the EU and a host outside, to be changed by a test. */
export const THREE_TIERS = `schema: 1
policy: three-tiers
owner: ai-platform
geography: eu
tiers:
  small:
    provider: openai-compatible
    baseUrl: ${variable('SMALL_URL')}
    model: llama
    location: vpc
    contextWindow: 32768
    price: { input: 0.05, output: 0.1 }
  mid:
    provider: bedrock
    model: eu.amazon.nova-2-lite-v1:0
    location: geography
    geography: eu
    contextWindow: 300000
    price: { input: 0.33, output: 2.75 }
  frontier:
    provider: anthropic
    apiKeySecret: ${variable('FRONTIER_SECRET')}
    model: claude-opus-5-5
    location: anywhere
    contextWindow: 200000
    price: { input: 4, output: 20 }
tasks:
  triage:
    owner: support
    audit: { inputs: one e-mail, acceptable: a label, consequence: low }
    route: cascade
    ladder: [small, mid, frontier]
    oracle: [{ kind: labels, labels: [billing, bug] }]
  extraction:
    owner: finance
    audit: { inputs: an invoice, acceptable: its fields, consequence: low }
    route: cascade
    ladder: [small, mid]
    oracle: [{ kind: length, min: 2 }]
    residency: geography
default: { task: triage }
`;

export type RouterOptions = Omit<Partial<RouterFunctionProps>, 'policy'> & { readonly text?: string };

/** The tiers of `THREE_TIERS`. */
export function threeTiers(scope: Construct): Record<'small' | 'mid' | 'frontier', ITier> {
  const apiKey = new secretsmanager.Secret(scope, 'Key');
  Validations.of(apiKey).acknowledge({ id: 'AwsSolutions-SMG4', reason: 'Whoever runs the host makes its keys.' });
  return {
    small: new ExternalApiTier(scope, 'Small', {
      provider: ExternalProvider.OPENAI_COMPATIBLE,
      baseUrl: 'http://models.internal:8000/v1',
      location: TierLocation.VPC,
    }),
    mid: new BedrockTier(scope, 'Mid'),
    frontier: new ExternalApiTier(scope, 'Frontier', { provider: ExternalProvider.ANTHROPIC, apiKey }),
  };
}

/** A router of three tiers, unless the test brings other ones. */
export function aRouter(stack: Stack, { text = THREE_TIERS, ...props }: RouterOptions = {}): RouterFunction {
  return new RouterFunction(stack, 'Router', {
    policy: PolicySource.fromText(text),
    tables: new RouterTables(stack, 'Tables'),
    tiers: props.tiers ?? { ...threeTiers(stack) },
    ...props,
  });
}

/** Variables of the function, with what only the deployment knows as `<name>`. */
export function environmentOf(stack: Stack): Record<string, string> {
  const [router] = resources(stack, 'AWS::Lambda::Function');
  return Object.fromEntries(
    Object.entries<unknown>(router.Environment.Variables).map(([name, value]) => [name, asText(value)]),
  );
}

/** A value of a template as text. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  const {
    'Fn::Join': join,
    Ref,
    'Fn::GetAtt': attribute,
  } = value as {
    'Fn::Join'?: [string, unknown[]];
    Ref?: string;
    'Fn::GetAtt'?: [string, string];
  };
  if (join !== undefined) return join[1].map(asText).join(join[0]);
  return `<${Ref ?? attribute?.join('.')}>`;
}
