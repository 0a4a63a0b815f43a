/**
 * For whoever starts from nothing and wants all of it: a small model on GPUs of their own, rented ones above it, alarms by
 * e-mail. A model cannot start without its weights, so their bucket comes first; the key of Anthropic goes into the secret
 * `tierwise/anthropic`.
 *
 *   npx cdk deploy -a "npx tsx examples/apps/complete-stack/app.ts" Weights
 *   npx tierwise stage weights --from FOLDER --to s3://BUCKET/weights/llama-3.1-8b-instruct/v1/
 *   npx cdk deploy -a "npx tsx examples/apps/complete-stack/app.ts" CompleteStack
 */

import { App } from 'aws-cdk-lib';
import { CompleteStack, WeightsStack } from './stack';

const app = new App();
const weights = new WeightsStack(app, 'Weights');
new CompleteStack(app, 'CompleteStack', weights.bucket);
