import type { RemovalPolicy } from 'aws-cdk-lib';
import type * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { RouterWafOptions } from './api/router-waf';

/** How callers reach a router. */
export interface RouterApiOptions {
  /**
   * An API of yours that gets the router's resources: `ANY /` and `ANY /{proxy+}`. Its more specific paths go on as they are.
   * An imported API must be deployed anew by whoever owns it.
   *
   * @default - a REST API of the router's own
   */
  readonly api?: apigateway.IRestApi;
  /**
   * Makes the API private: only this endpoint of `execute-api` reaches it.
   *
   * @default - a regional API
   */
  readonly privateEndpoint?: ec2.IInterfaceVpcEndpoint;
  /**
   * How calls are authorized before they reach the router, which itself asks every caller for a key. With `IAM` a call is
   * signed and brings its key too, in `x-api-key`: the signature takes the place of `Authorization`.
   *
   * @default AuthorizationType.NONE, or the authorizer's where one is given
   */
  readonly authorizationType?: apigateway.AuthorizationType;
  /**
   * Authorizes calls, beside the keys that the router itself asks for.
   *
   * @default - nobody does at the gateway
   */
  readonly authorizer?: apigateway.IAuthorizer;
  /**
   * Name of the stage: the first segment of every path.
   *
   * @default 'v'
   */
  readonly stageName?: string;
  /**
   * Requests per second that the stage lets through. Limits of single customers are the router's own.
   *
   * @default 100
   */
  readonly throttlingRateLimit?: number;
  /**
   * Requests that may come at once.
   *
   * @default 200
   */
  readonly throttlingBurstLimit?: number;
  /**
   * Where the access log goes. It holds no query, header or body.
   *
   * @default - a log group of the API's own
   */
  readonly accessLogGroup?: logs.ILogGroup;
  /**
   * How long the API's own log group keeps its lines.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly accessLogRetention?: logs.RetentionDays;
  /**
   * What becomes of the API's own log group when it leaves the stack.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly accessLogRemovalPolicy?: RemovalPolicy;
  /**
   * A web application firewall in front of the stage, set so that long prompts, and prompts that hold markup, pass.
   *
   * @default - no firewall
   */
  readonly waf?: RouterWafOptions;
  /**
   * Sets the role with which API Gateway writes logs. It is one setting for the whole account and region, without which no
   * access log can be switched on; leave it to whoever set it first.
   *
   * @default false
   */
  readonly cloudWatchRole?: boolean;
}

/** An API for a router. */
export interface RouterApiProps extends RouterApiOptions {
  /** The router's function. Its responses are streamed. */
  readonly function: lambda.IFunction;
}
