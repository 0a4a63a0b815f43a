import { Aws, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { GEOGRAPHY_REGIONS, GLOBAL } from './bedrock-geographies';
import { type BedrockGuardrail, requireGuardrail } from './bedrock-guardrail';
import { type BedrockModel, readModelId, splitProfileId } from './bedrock-model';
import { bedrockStatements } from './bedrock-statements';
import { type ITier, type ITierCaller, type TierBinding, type TierBindOptions, TierLocation } from './tier';

export type { BedrockGuardrail } from './bedrock-guardrail';

/** A model of Amazon Bedrock. */
export interface BedrockTierProps {
  /**
   * Id of the model or of a cross-region inference profile, or ARN of a model of yours.
   *
   * @default - what the policy says
   */
  readonly modelId?: string;
  /**
   * Id or ARN of an inference profile to ask through. For the ARN of an application inference profile say `modelId`, and
   * `geography` where it is made from a cross-region profile. May be a token.
   *
   * @default - what the policy says; without it the model itself
   */
  readonly inferenceProfile?: string;
  /**
   * Where the inference profile sends prompts: `us`, `eu`, `apac`, `jp`, `au`, `ca`, `us-gov` or `global`.
   *
   * @default - by the prefix of the profile's id; without one, prompts stay in the region
   */
  readonly geography?: string;
  /**
   * AWS region to ask.
   *
   * @default - the region of the stack
   */
  readonly region?: string;
  /**
   * Guardrail that calls must carry: the policy's tier must name the same one, and calls without it are denied.
   *
   * @default - calls carry none
   */
  readonly guardrail?: BedrockGuardrail;
  /**
   * Address of the endpoint, for one that is not the region's own. May be a token.
   *
   * @default - the region's own endpoint
   */
  readonly endpoint?: string;
}

/**
 * A model of Amazon Bedrock. Its location follows from what is asked for: a model stays in the region, a cross-region
 * inference profile in its geography, a global one goes anywhere.
 */
export class BedrockTier extends Construct implements ITier {
  private readonly props: BedrockTierProps;
  private readonly region: string;
  private readonly arns = new Set<string>();
  /** What has been bound; the widest counts. */
  private readonly bound: TierLocation[] = [];

  constructor(scope: Construct, id: string, props: BedrockTierProps = {}) {
    super(scope, id);
    this.props = props;
    this.region = props.region ?? Stack.of(this).region;
    this.checkGeography();
  }

  /** Where prompts go; `ANYWHERE` as long as neither the props nor a policy have said what is asked for. */
  public get location(): TierLocation {
    const { modelId, inferenceProfile, geography } = this.props;
    const asked = inferenceProfile ?? modelId;
    if (this.bound.length > 0 || asked === undefined) return widest(this.bound) ?? TierLocation.ANYWHERE;
    return locationOf(geography ?? (Token.isUnresolved(asked) ? undefined : readModelId(asked).geography)).location;
  }

  /** ARNs of the models and inference profiles that callers have been let use, for the policy of a VPC endpoint. */
  public get modelArns(): string[] {
    return [...this.arns];
  }

  /** ARNs of the guardrails that callers have been let use, for the policy of a VPC endpoint. */
  public get guardrailArns(): string[] {
    return this.props.guardrail === undefined ? [] : [this.guardrailArn(this.props.guardrail)];
  }

  /** Lets a caller ask for the model, in every region where a profile may send the prompt. */
  public bind(caller: ITierCaller, options: TierBindOptions): TierBinding {
    const { guardrail, endpoint } = this.props;
    requireGuardrail(this.node.path, guardrail, options);
    const asked = this.askedBy(options);
    const model = this.modelOf(asked, this.props.modelId ?? options.model);
    const statements = bedrockStatements({
      model,
      region: this.region,
      ...(guardrail && {
        guardrail: {
          arn: this.guardrailArn(guardrail),
          ...(guardrail.version !== undefined && { version: guardrail.version }),
        },
      }),
    });
    for (const statement of statements) {
      caller.grantPrincipal.addToPrincipalPolicy(statement);
      if (!statement.actions.includes('bedrock:ApplyGuardrail'))
        for (const arn of statement.resources) this.arns.add(arn);
    }
    const place = locationOf(model.geography);
    this.bound.push(place.location);
    return {
      provider: 'bedrock',
      ...place,
      region: this.region,
      ...(endpoint !== undefined && { baseUrl: endpoint }),
      // Another one may send prompts further.
      models: [asked],
      needsEgress: this.isElsewhere(),
    };
  }

  private checkGeography(): void {
    const { geography, modelId, inferenceProfile } = this.props;
    if (geography !== undefined && !isGeography(geography)) {
      const allowed = [...Object.keys(GEOGRAPHY_REGIONS), GLOBAL].join(', ');
      throw new Error(`${this.node.path}: no inference profile has the geography "${geography}"; allowed: ${allowed}`);
    }
    if (modelId !== undefined) this.modelOf(inferenceProfile ?? modelId, modelId);
  }

  /** What the policy will ask for, which must be what the props allow. */
  private askedBy({ id, model, profile }: TierBindOptions): string {
    const { modelId, inferenceProfile } = this.props;
    const given = inferenceProfile ?? (profile === undefined ? modelId : undefined);
    const asks = profile ?? model;
    if (given === undefined && asks.includes('${')) {
      throw new Error(
        `${this.node.path}: the policy's tier ${id} asks for ${asks}, which is known only where the router runs; pass modelId or inferenceProfile`,
      );
    }
    if (given !== undefined && given !== asks && !Token.isUnresolved(given) && !asks.includes('${')) {
      const key = inferenceProfile === undefined && profile === undefined ? 'model' : 'profile';
      throw new Error(
        `${this.node.path}: the policy's tier ${id} asks for ${asks}, but this tier is ${given}; write ${key}: ${given} in the policy, or pass another modelId or inferenceProfile`,
      );
    }
    return given ?? asks;
  }

  private modelOf(asked: string, modelId: string): BedrockModel {
    const read = Token.isUnresolved(asked) ? { profile: asked } : readModelId(asked);
    const { geography } = this.props;
    if (geography !== undefined && read.geography !== undefined && geography !== read.geography) {
      throw new Error(
        `${this.node.path}: ${asked} sends prompts to the geography ${read.geography}, not ${geography}; leave geography out, or ask for the profile of ${geography}`,
      );
    }
    if (read.profile === undefined) {
      if (geography === undefined) return read;
      throw new Error(
        `${this.node.path}: geography ${geography} needs an inference profile, and ${asked} is a model; ask for ${geography}.${asked}, or leave geography out`,
      );
    }
    if (read.foundationModel !== undefined) return read;
    const { foundationModel } = splitProfileId(modelId);
    if (foundationModel === asked || foundationModel.startsWith('arn:') || foundationModel.includes('${')) {
      throw new Error(
        `${this.node.path}: ${asked} does not tell which model is behind it; pass modelId: the id of that model`,
      );
    }
    return { profile: asked, foundationModel, ...(geography !== undefined && { geography }) };
  }

  private guardrailArn({ id }: BedrockGuardrail): string {
    if (id.startsWith('arn:')) return id;
    return `arn:${Aws.PARTITION}:bedrock:${this.region}:${Aws.ACCOUNT_ID}:guardrail/${id}`;
  }

  /** An endpoint in the VPC leads to the region's own Bedrock; another region's is behind the internet. */
  private isElsewhere(): boolean {
    const own = Stack.of(this).region;
    if (this.props.endpoint !== undefined || Token.isUnresolved(own) || Token.isUnresolved(this.region)) return false;
    return this.region !== own;
  }
}

const NEAREST_FIRST = [TierLocation.VPC, TierLocation.REGION, TierLocation.GEOGRAPHY, TierLocation.ANYWHERE];

function widest(locations: readonly TierLocation[]): TierLocation | undefined {
  return [...locations].sort((one, other) => NEAREST_FIRST.indexOf(other) - NEAREST_FIRST.indexOf(one))[0];
}

function locationOf(geography: string | undefined): { readonly location: TierLocation; readonly geography?: string } {
  if (geography === undefined) return { location: TierLocation.REGION };
  if (geography === GLOBAL) return { location: TierLocation.ANYWHERE };
  return { location: TierLocation.GEOGRAPHY, geography };
}

function isGeography(name: string): boolean {
  return name === GLOBAL || Object.hasOwn(GEOGRAPHY_REGIONS, name);
}
