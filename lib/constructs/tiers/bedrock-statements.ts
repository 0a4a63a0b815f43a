import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { GEOGRAPHY_REGIONS, GLOBAL } from './bedrock-geographies';
import type { BedrockModel } from './bedrock-model';

/** Converse and ConverseStream ask for the same two. */
const INVOKE = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];

export interface BedrockGrant {
  readonly model: BedrockModel;
  /** The region asked. */
  readonly region: string;
  /** ARN of the guardrail that every call must carry, and its version where it has one. */
  readonly guardrail?: { readonly arn: string; readonly version?: string };
}

/**
 * What a caller needs to ask for a model and no other. Through a profile it is asked twice: for the profile in the region
 * asked, and for the model in the region that answers. A permission for the asked region alone works only as long as
 * that one has room.
 */
export function bedrockStatements({ model, region, guardrail }: BedrockGrant): iam.PolicyStatement[] {
  const guarded = guardrail === undefined ? {} : guardCondition(guardrail);
  const statements =
    model.profile === undefined
      ? [allow([model.ownModelArn ?? modelArn(region, model.foundationModel as string)], guarded)]
      : profileStatements({ ...model, profile: model.profile }, region, guarded);
  if (guardrail === undefined) return statements;
  return [...statements, new iam.PolicyStatement({ actions: ['bedrock:ApplyGuardrail'], resources: [guardrail.arn] })];
}

type Conditions = Record<string, Record<string, string>>;

function profileStatements(
  { profile, geography, foundationModel = '' }: BedrockModel & { readonly profile: string },
  region: string,
  guarded: Conditions,
): iam.PolicyStatement[] {
  const profileArn = profile.startsWith('arn:')
    ? profile
    : `arn:${Aws.PARTITION}:bedrock:${region}:${Aws.ACCOUNT_ID}:inference-profile/${profile}`;
  const through = { 'bedrock:InferenceProfileArn': profileArn };
  const regions = new Set([region, ...(GEOGRAPHY_REGIONS[geography ?? ''] ?? [])]);
  const statements = [
    allow([profileArn], guarded),
    allow(
      [...regions].map((destination) => modelArn(destination, foundationModel)),
      { StringEquals: through },
    ),
  ];
  if (geography !== GLOBAL) return statements;
  // Where a global profile sends a prompt, the request names no region.
  const anywhere = { ...through, 'aws:RequestedRegion': 'unspecified' };
  return [...statements, allow([modelArn('', foundationModel)], { StringEquals: anywhere })];
}

/** The guardrail is asked for once, at the door: the model behind a profile is reached through the profile alone. */
function guardCondition({ arn, version }: { readonly arn: string; readonly version?: string }): Conditions {
  // The draft is named by the ARN alone.
  const isDraft = version === undefined || version === 'DRAFT';
  return { StringEquals: { 'bedrock:GuardrailIdentifier': isDraft ? arn : `${arn}:${version}` } };
}

function modelArn(region: string, foundationModel: string): string {
  return `arn:${Aws.PARTITION}:bedrock:${region}::foundation-model/${foundationModel}`;
}

function allow(resources: string[], conditions: Conditions): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions: INVOKE, resources, conditions });
}
