import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import {
  BedrockTier,
  PolicySource,
  RouterAlarms,
  RouterApi,
  RouterFunction,
  RouterMetrics,
  RouterTables,
} from 'tierwise';

/** A policy may stand in the code too. Its tiers are the ones that `addTier` is called with. */
const POLICY = PolicySource.fromText(`
schema: 1
policy: help-centre
owner: help-centre
geography: eu
tiers:
  quick:
    provider: bedrock
    model: eu.amazon.nova-2-lite-v1:0
    location: geography
    geography: eu
    retention: none
    contextWindow: 300000
    price: { input: 0.33, output: 2.75 }
  thorough:
    provider: bedrock
    model: eu.anthropic.claude-opus-5-5
    location: geography
    geography: eu
    contextWindow: 200000
    price: { input: 4, output: 20 }
tasks:
  answers:
    owner: help-centre
    audit: { inputs: a question of a customer, acceptable: a sure answer of a few sentences, consequence: low }
    route: cascade
    ladder: [quick, thorough]
    oracle: [{ kind: uncertainty }, { kind: length, min: 20, max: 1200 }]
    residency: geography
default: { task: answers }
`);

/** Parts of a router among parts of one's own. */
export class PartsStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    // Records go to a table that the team's reports read already; policies and keys get new ones.
    const attributionTable = dynamodb.Table.fromTableName(this, 'Records', 'help-centre-records');
    const tables = new RouterTables(this, 'Tables', { attributionTable });
    const router = new RouterFunction(this, 'Router', { policy: POLICY, tables, routerName: 'help-centre' });
    router.addTier('quick', new BedrockTier(this, 'Quick'));
    router.addTier('thorough', new BedrockTier(this, 'Thorough'));

    // The team's own API: its other paths stay as they are, and who has signed in may ask the router.
    const api = new apigateway.RestApi(this, 'HelpCentre', { cloudWatchRole: false });
    api.root.addResource('articles').addMethod('GET', new apigateway.HttpIntegration('https://articles.example.com'));
    const pool = cognito.UserPool.fromUserPoolId(this, 'Agents', 'eu-central-1_HelpDesk1');
    const authorizer = new apigateway.CognitoUserPoolsAuthorizer(this, 'SignedIn', { cognitoUserPools: [pool] });
    const routes = new RouterApi(this, 'RouterApi', { function: router.handler, api, authorizer });

    // All alarms of the router exist, and two of them ring; this team has no watch function.
    const metrics = new RouterMetrics(router.routerName);
    const alarms = new RouterAlarms(this, 'Alarms', {
      metrics,
      policy: POLICY,
      function: router.lambdaFunction,
      tables,
      api: routes,
      isWatched: false,
    });
    const pager = new SnsAction(new sns.Topic(this, 'Pager', { enforceSSL: true }));
    alarms.upstreamAuth.addAlarmAction(pager);
    alarms.forTask('answers').fallbacks.addAlarmAction(pager);

    const spent = metrics.metricCostUsd('answers', { period: Duration.hours(1) });
    new cloudwatch.Dashboard(this, 'Costs', { widgets: [[new cloudwatch.GraphWidget({ left: [spent] })]] });
    spent.createAlarm(this, 'Expensive', { threshold: 20, evaluationPeriods: 1 }).addAlarmAction(pager);
  }
}
