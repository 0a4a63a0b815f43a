import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { type ITier, type ITierCaller, type TierBinding, type TierBindOptions, TierLocation } from './tier';

/** Dialects of hosts outside AWS. */
export enum ExternalProvider {
  /** OpenAI's Chat Completions, which most hosts speak. */
  OPENAI_COMPATIBLE = 'openai-compatible',
  /** Anthropic's Messages. */
  ANTHROPIC = 'anthropic',
}

/** A host outside AWS, or one of yours. */
export interface ExternalApiTierProps {
  /** The dialect it speaks. */
  readonly provider: ExternalProvider;
  /**
   * Its address, ending in `/v1`. May be a token.
   *
   * @default - Anthropic's own; required of any other host
   */
  readonly baseUrl?: string;
  /**
   * Holds the key: the key itself, or JSON with a member `apiKey` or `key`.
   *
   * @default - the host takes no key
   */
  readonly apiKey?: secretsmanager.ISecret;
  /**
   * Where prompts go. For a host in the VPC the way to it stays to be opened, with the router's `connections`.
   *
   * @default TierLocation.ANYWHERE
   */
  readonly location?: TierLocation;
  /**
   * Which geography, where the location is one.
   *
   * @default - the location is not a geography
   */
  readonly geography?: string;
}

const HTTPS_PORT = 443;

/** A host that speaks a known dialect behind an address: an API outside AWS, or a server of yours. */
export class ExternalApiTier extends Construct implements ITier {
  /** Where prompts go. */
  public readonly location: TierLocation;
  private readonly props: ExternalApiTierProps;

  constructor(scope: Construct, id: string, props: ExternalApiTierProps) {
    super(scope, id);
    this.props = props;
    this.location = props.location ?? TierLocation.ANYWHERE;
    this.checkAddress();
    this.checkGeography();
  }

  /** Lets a caller read the key and, unless the host is in the VPC, leave the VPC for it. */
  public bind(caller: ITierCaller, options: TierBindOptions): TierBinding {
    const { provider, baseUrl, apiKey, geography } = this.props;
    apiKey?.grantRead(caller);
    const needsEgress = this.location !== TierLocation.VPC;
    if (needsEgress && caller.isInVpc) {
      const port = this.port();
      caller.connections.allowTo(ec2.Peer.anyIpv4(), ec2.Port.tcp(port), `To the API of tier ${options.id}`);
    }
    return {
      provider,
      location: this.location,
      ...(geography !== undefined && { geography }),
      ...(baseUrl !== undefined && { baseUrl }),
      // A name is safer than a partial ARN, of which Secrets Manager may take the end of the name for its suffix.
      ...(apiKey !== undefined && { apiKeySecret: apiKey.secretFullArn ?? apiKey.secretName }),
      needsEgress,
    };
  }

  private checkAddress(): void {
    const { provider, baseUrl } = this.props;
    const known = Object.values(ExternalProvider);
    // Nothing holds a caller in plain JavaScript to the types.
    if (!known.includes(provider))
      throw new Error(`${this.node.path}: provider is ${provider}; give ${known.join(' or ')} (ExternalProvider)`);
    if (baseUrl === undefined) {
      if (provider === ExternalProvider.ANTHROPIC) return;
      throw new Error(
        `${this.node.path}: a host that is ${provider} needs a baseUrl, such as https://api.openai.com/v1`,
      );
    }
    if (Token.isUnresolved(baseUrl)) return;
    const protocol = URL.canParse(baseUrl) ? new URL(baseUrl).protocol : '';
    if (protocol === 'https:' || (protocol === 'http:' && this.location === TierLocation.VPC)) return;
    throw new Error(
      `${this.node.path}: baseUrl is ${baseUrl}; give an https address, such as https://api.openai.com/v1 (http only where location is VPC)`,
    );
  }

  private checkGeography(): void {
    const { geography } = this.props;
    if (this.location === TierLocation.GEOGRAPHY && geography === undefined) {
      throw new Error(`${this.node.path}: location GEOGRAPHY needs geography: which one, as the policy names it`);
    }
    if (this.location !== TierLocation.GEOGRAPHY && geography !== undefined) {
      throw new Error(
        `${this.node.path}: geography ${geography} is only for location GEOGRAPHY, and this one is ${this.location}; leave one of the two out`,
      );
    }
  }

  private port(): number {
    const { baseUrl } = this.props;
    if (baseUrl === undefined || Token.isUnresolved(baseUrl)) return HTTPS_PORT;
    return Number(new URL(baseUrl).port || HTTPS_PORT);
  }
}
