import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** What is known of an API when its findings are judged. */
export interface ApiStanding {
  /** Whether each call is authorized before it reaches the router, be it by IAM or by an authorizer. */
  readonly isAuthorized: boolean;
  /** Whether only the VPC can reach it. */
  readonly isPrivate: boolean;
  readonly hasFirewall: boolean;
}

/** Says why findings about a router's API are none. */
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
  if (!isAuthorized) {
    acknowledge(
      'APIG4',
      'The router itself asks every caller for a key and refuses whoever has none before it reads what was asked.',
    );
  }
  acknowledge('COG4', 'Callers are programs, which come with keys of the router, not users of a pool.');
  if (hasFirewall) return;
  acknowledge(
    'APIG3',
    isPrivate
      ? 'The API is private: only its VPC endpoint reaches it, by resource policy.'
      : 'Every call needs a key, or is authorized before it, and the stage is throttled; `waf` adds a firewall.',
  );
}
