import { Duration, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ACCESS_LOG_FORMAT } from './api/access-log';
import { acknowledgeApiFindings } from './api/acknowledgements';
import { CALLER_ROUTES } from './api/caller-routes';
import { RouterWaf } from './api/router-waf';
import type { RouterApiOptions, RouterApiProps } from './router-api-props';

export type { RouterWafOptions } from './api/router-waf';
export type { RouterApiOptions, RouterApiProps } from './router-api-props';

/** Props that shape the router's own API, and so say nothing about an existing one. */
const OWN_API_PROPS = [
  'privateEndpoint',
  'throttlingRateLimit',
  'throttlingBurstLimit',
  'accessLogGroup',
  'accessLogRetention',
  'accessLogRemovalPolicy',
  'cloudWatchRole',
] as const satisfies readonly (keyof RouterApiOptions)[];

/**
 * A REST API that streams what the router answers, for up to 15 minutes. It never asks for an API key of API Gateway: the
 * router asks every caller for a key of its own, and until `tierwise key create` has made the first nobody gets in. Where a
 * load balancer shall stand in front, make the API private and let the load balancer target the addresses of its endpoint: a
 * load balancer that invokes the function itself cannot stream.
 */
export class RouterApi extends Construct {
  /** The API, own or given. */
  public readonly api: apigateway.IRestApi;
  /** Where callers reach the router, with a slash at the end; clients of OpenAI take this and `v1`. */
  public readonly url: string;

  private readonly stageName: string;

  public constructor(scope: Construct, id: string, props: RouterApiProps) {
    super(scope, id);
    checkProps(props);
    this.api = props.api ?? (this.createApi(props) as apigateway.IRestApi);
    this.stageName = props.stageName ?? stageOf(this.api)?.stageName ?? 'v';
    this.url = `https://${this.api.restApiId}.execute-api.${Stack.of(this).region}.${Stack.of(this).urlSuffix}/${this.stageName}/`;
    this.addRoutes(props);
    if (props.waf !== undefined) new RouterWaf(this, 'Waf', this.stageArn(), props.waf);
    if (props.api === undefined) this.acknowledge(props);
  }

  /** Lets a caller sign calls to the router. Of use where calls are authorized by IAM. */
  public grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['execute-api:Invoke'],
      resourceArns: CALLER_ROUTES.map(({ method, path }) => this.api.arnForExecuteApi(method, path, this.stageName)),
    });
  }

  /** Requests. */
  public metricCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Count', options);
  }

  /** Answers with 5XX. */
  public metricServerErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('5XXError', options);
  }

  /** Answers with 4XX. */
  public metricClientErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('4XXError', options);
  }

  /** Milliseconds from the request to the end of its answer. */
  public metricLatency(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Latency', { statistic: 'p95', ...options });
  }

  private metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      statistic: 'Sum',
      period: Duration.minutes(5),
      ...options,
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensionsMap: { ApiName: this.api.restApiName, Stage: this.stageName },
    });
  }

  private createApi(props: RouterApiProps): apigateway.RestApi {
    const { privateEndpoint } = props;
    const api = new apigateway.RestApi(this, 'Api', {
      // The default is the id of the construct, in which the metrics of two routers would meet.
      restApiName: Names.uniqueResourceName(this, { maxLength: 128 }),
      description: 'Routes requests to language models',
      endpointConfiguration:
        privateEndpoint === undefined
          ? { types: [apigateway.EndpointType.REGIONAL] }
          : { types: [apigateway.EndpointType.PRIVATE], vpcEndpoints: [privateEndpoint] },
      cloudWatchRole: props.cloudWatchRole ?? false,
      deployOptions: this.stageOptions(props),
    });
    if (privateEndpoint !== undefined) api.grantInvokeFromVpcEndpointsOnly([privateEndpoint]);
    return api;
  }

  private stageOptions(props: RouterApiProps): apigateway.StageOptions {
    return {
      stageName: props.stageName ?? 'v',
      accessLogDestination: new apigateway.LogGroupLogDestination(props.accessLogGroup ?? this.createLogGroup(props)),
      accessLogFormat: ACCESS_LOG_FORMAT,
      metricsEnabled: true,
      dataTraceEnabled: false,
      loggingLevel: apigateway.MethodLoggingLevel.OFF,
      throttlingRateLimit: props.throttlingRateLimit ?? 100,
      throttlingBurstLimit: props.throttlingBurstLimit ?? 200,
    };
  }

  private createLogGroup(props: RouterApiProps): logs.LogGroup {
    return new logs.LogGroup(this, 'AccessLog', {
      retention: props.accessLogRetention ?? logs.RetentionDays.THREE_MONTHS,
      removalPolicy: props.accessLogRemovalPolicy ?? RemovalPolicy.RETAIN,
    });
  }

  private addRoutes(props: RouterApiProps): void {
    const integration = new apigateway.LambdaIntegration(props.function, {
      responseTransferMode: apigateway.ResponseTransferMode.STREAM,
      timeout: Duration.minutes(15),
      allowTestInvoke: false,
    });
    const options: apigateway.MethodOptions = {
      apiKeyRequired: false,
      authorizationType: authorizationOf(props),
      ...(props.authorizer !== undefined && { authorizer: props.authorizer }),
    };
    this.api.root.addMethod('ANY', integration, options);
    this.api.root.addResource('{proxy+}').addMethod('ANY', integration, options);
  }

  private stageArn(): string {
    const { region, partition } = Stack.of(this);
    const unknown = `arn:${partition}:apigateway:${region}::/restapis/${this.api.restApiId}/stages/${this.stageName}`;
    return stageOf(this.api)?.stageArn ?? unknown;
  }

  private acknowledge(props: RouterApiProps): void {
    acknowledgeApiFindings(this, {
      isAuthorized: authorizationOf(props) !== apigateway.AuthorizationType.NONE,
      isPrivate: props.privateEndpoint !== undefined,
      hasFirewall: props.waf !== undefined,
    });
  }
}

function checkProps(props: RouterApiProps): void {
  if (props.api === undefined) return;
  const given = OWN_API_PROPS.filter((name) => props[name] !== undefined);
  if (given.length > 0) {
    throw new Error(
      `${given.join(', ')} cannot be set on an existing API; set them where it is made, or leave out api`,
    );
  }
}

function authorizationOf({ authorizationType, authorizer }: RouterApiProps): apigateway.AuthorizationType {
  return authorizationType ?? authorizer?.authorizationType ?? apigateway.AuthorizationType.NONE;
}

/** An imported API has none, whatever its type says. */
function stageOf(api: apigateway.IRestApi): apigateway.Stage | undefined {
  return api.deploymentStage;
}
