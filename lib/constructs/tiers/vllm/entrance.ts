import { Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Ec2Service } from 'aws-cdk-lib/aws-ecs';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { VLLM_PORT } from './command-line';
import type { DrainTimings } from './drain';

/** Port on which callers reach the tier. */
export const ENTRANCE_PORT = 80;

/** A stream is cut when nothing flows for this long. The router's own limit for a request is 15 minutes. */
const IDLE_TIMEOUT = Duration.minutes(16);

/**
 * What callers may ask for. vLLM guards only `/v1` with a key, and beside it has paths that infer without one, pause the
 * engine or change its weights; none of them leaves the task.
 */
const PATHS = ['/v1/*', '/metrics', '/load', '/health'];

const NOT_FOUND = JSON.stringify({ error: { message: 'no such path', type: 'NotFoundError', param: null, code: 404 } });

interface VllmEntranceProps {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets: ec2.SubnetSelection | undefined;
  readonly accessLogBucket: IBucket | undefined;
}

/** The internal load balancer of a tier. Nobody is admitted until bound. */
export class VllmEntrance extends Construct {
  public readonly loadBalancer: elb.ApplicationLoadBalancer;

  private readonly listener: elb.ApplicationListener;

  constructor(scope: Construct, id: string, { vpc, vpcSubnets, accessLogBucket }: VllmEntranceProps) {
    super(scope, id);
    const securityGroup = new ec2.SecurityGroup(this, 'EntranceAccess', {
      vpc,
      allowAllOutbound: false,
      description: 'Load balancer of vLLM: admits the callers bound to the tier',
    });
    this.loadBalancer = new elb.ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      ...(vpcSubnets && { vpcSubnets }),
      internetFacing: false,
      securityGroup,
      idleTimeout: IDLE_TIMEOUT,
      dropInvalidHeaderFields: true,
    });
    this.listener = this.loadBalancer.addListener('Http', {
      port: ENTRANCE_PORT,
      protocol: elb.ApplicationProtocol.HTTP,
      open: false,
      defaultAction: elb.ListenerAction.fixedResponse(404, { contentType: 'application/json', messageBody: NOT_FOUND }),
    });
    if (accessLogBucket) this.logTo(accessLogBucket);
    else
      acknowledge(
        this.loadBalancer,
        'ELB2',
        'Internal, and reached by the router alone, which records every request with tier, outcome and cost; accessLogBucket adds the log.',
      );
  }

  /** Sends requests to the replicas of a service: each to the one with the fewest open requests. */
  public forward(service: Ec2Service, drain: DrainTimings): void {
    this.listener.addTargets('Vllm', {
      priority: 1,
      conditions: [elb.ListenerCondition.pathPatterns(PATHS)],
      targets: [service.loadBalancerTarget({ containerName: 'vllm', containerPort: VLLM_PORT })],
      port: VLLM_PORT,
      protocol: elb.ApplicationProtocol.HTTP,
      loadBalancingAlgorithmType: elb.TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
      deregistrationDelay: drain.deregistrationDelay,
      healthCheck: {
        path: '/health',
        healthyHttpCodes: '200',
        interval: Duration.seconds(15),
        timeout: Duration.seconds(10),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 4,
      },
    });
  }

  /** As `logAccessLogs` does, which however wants to know the region at synthesis. */
  private logTo(bucket: IBucket): void {
    if (bucket.encryptionKey)
      throw new Error(
        `${this.node.path}: accessLogBucket is encrypted with a KMS key, with which the load balancer cannot write; use a bucket encrypted by S3 itself`,
      );
    const prefix = this.loadBalancer.node.addr;
    this.loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
    this.loadBalancer.setAttribute('access_logs.s3.bucket', bucket.bucketName);
    this.loadBalancer.setAttribute('access_logs.s3.prefix', prefix);
    bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        actions: ['s3:PutObject'],
        principals: [new iam.ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
        resources: [bucket.arnForObjects(`${prefix}/AWSLogs/${Stack.of(this).account}/*`)],
      }),
    );
    // The load balancer tries to write when it is told to.
    if (bucket.policy) this.loadBalancer.node.addDependency(bucket.policy);
  }
}
