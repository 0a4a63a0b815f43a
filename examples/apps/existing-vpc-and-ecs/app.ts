/**
 * For a team that runs on ECS already: the router joins their VPC, a model joins their cluster, a model server that they
 * run becomes a tier, and alarms and encryption stay in their own topic and key.
 *
 *   npx cdk deploy -a "npx tsx examples/apps/existing-vpc-and-ecs/app.ts"
 */

import { App } from 'aws-cdk-lib';
import { ShopStack } from './stack';

new ShopStack(new App(), 'Shop', { env: { region: 'eu-central-1' } });
