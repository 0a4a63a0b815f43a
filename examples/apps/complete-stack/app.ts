/**
 * For whoever starts from nothing and wants all of it: a small model on GPUs of their own, rented ones above it, alarms by
 * e-mail. Before the first deployment put the weights into the bucket and the key of Anthropic into `tierwise/anthropic`.
 *
 *   npx cdk deploy -a "npx tsx examples/apps/complete-stack/app.ts"
 */

import { App } from 'aws-cdk-lib';
import { CompleteStack } from './stack';

new CompleteStack(new App(), 'CompleteStack');
