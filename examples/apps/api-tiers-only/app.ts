/**
 * For a team without GPUs: every model is rented, from Amazon Bedrock and from Anthropic, and there is no VPC to pay for.
 * Put the key of Anthropic into the secret `tierwise/anthropic` first.
 *
 *   npx cdk deploy -a "npx tsx examples/apps/api-tiers-only/app.ts"
 */

import { App } from 'aws-cdk-lib';
import { ApiTiersStack } from './stack';

new ApiTiersStack(new App(), 'ApiTiers', { env: { region: 'eu-central-1' } });
