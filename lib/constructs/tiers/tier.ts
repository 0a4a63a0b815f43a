import type { IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** Where a tier's prompts go, nearest first. */
export enum TierLocation {
  /** Inside the VPC. */
  VPC = 'vpc',
  /** Within the stack's region. */
  REGION = 'region',
  /** Within a geography, such as the EU. */
  GEOGRAPHY = 'geography',
  /** Anywhere. */
  ANYWHERE = 'anywhere',
}

/** Who calls a tier: the router's function, as far as a tier needs to know it. */
export interface ITierCaller extends IGrantable, IConnectable {
  /** Whether the caller runs in a VPC, so that it can reach what is only there. */
  readonly isInVpc: boolean;
}

/** What a policy says of the tier it is bound to. */
export interface TierBindOptions {
  /** The tier's id in the policy. */
  readonly id: string;
  /** The model the policy asks for. */
  readonly model: string;
  /**
   * The Bedrock inference profile the policy asks for instead.
   *
   * @default - the model
   */
  readonly profile?: string;
  /**
   * Id or ARN of the Bedrock guardrail that the policy lets its calls carry.
   *
   * @default - calls carry none
   */
  readonly guardrail?: string;
  /**
   * Version of that guardrail.
   *
   * @default 'DRAFT'
   */
  readonly guardrailVersion?: string;
  /**
   * Adapters that the policy asks for instead of the model, each once.
   *
   * @default - every task asks for the model
   */
  readonly adapters?: string[];
}

/** What a tier gives to the router that uses it. */
export interface TierBinding {
  /** Name of the policy's provider that speaks with the tier. */
  readonly provider: string;
  /** Where prompts go. */
  readonly location: TierLocation;
  /**
   * Which geography, where the location is one.
   *
   * @default - the location is not a geography
   */
  readonly geography?: string;
  /**
   * Where the tier answers: the value of the policy's `baseUrl`. May be a token.
   *
   * @default - the provider's own endpoint
   */
  readonly baseUrl?: string;
  /**
   * AWS region of the model's endpoint. May be a token.
   *
   * @default - the provider knows no regions, or it is the router's own
   */
  readonly region?: string;
  /**
   * Name or ARN of the secret that holds the key: the value of the policy's `apiKeySecret`. May be a token.
   *
   * @default - no key
   */
  readonly apiKeySecret?: string;
  /**
   * What a policy may ask the tier for, where the model decides how far a prompt travels. May be tokens.
   *
   * @default - any model
   */
  readonly models?: string[];
  /**
   * Whether the caller needs a way out of the VPC to reach the tier.
   *
   * @default false
   */
  readonly needsEgress?: boolean;
}

/** A tier of models, as infrastructure. */
export interface ITier extends IConstruct {
  /** Where prompts of this tier go. */
  readonly location: TierLocation;
  /** Lets a caller use the tier, and says how: permissions, security groups, endpoint. */
  bind(caller: ITierCaller, options: TierBindOptions): TierBinding;
}
