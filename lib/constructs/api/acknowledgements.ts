import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** What is known of an API when its findings are judged. */
export interface ApiStanding {
  /** Whether each call is authorized, be it by IAM or by an authorizer. */
  readonly isAuthorized: boolean;
  /** Whether only the VPC can reach it. */
  readonly isPrivate: boolean;
  readonly hasFirewall: boolean;
}

/** Says why findings about a router's API are none; where the reason does not hold, the finding stays. */
export function acknowledgeApiFindings(api: IConstruct, { isAuthorized, isPrivate, hasFirewall }: ApiStanding): void {
  const acknowledge = (rule: string, reason: string) =>
    Validations.of(api).acknowledge({ id: `AwsSolutions-${rule}`, reason });
  acknowledge(
    'APIG2',
    'The router checks every body itself and names the fault; models of API Gateway cannot describe a dialect.',
  );
  acknowledge(
    'APIG6',
    'API Gateway writes no execution logs of streamed integrations; the access log holds their timings.',
  );
  acknowledge(
    'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
    'The role of the whole account with which API Gateway writes logs: AWS asks for this very policy.',
  );
  if (isAuthorized)
    acknowledge('COG4', 'Callers are programs that sign with IAM or pass the given authorizer, not users of a pool.');
  if (!hasFirewall && isPrivate) {
    acknowledge('APIG3', 'The API is private: only its VPC endpoint reaches it, by resource policy.');
  } else if (!hasFirewall && isAuthorized) {
    acknowledge(
      'APIG3',
      'Every call is authorized before it reaches the router and the stage is throttled; `waf` adds a firewall.',
    );
  }
}
