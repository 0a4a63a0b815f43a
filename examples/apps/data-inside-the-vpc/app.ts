/**
 * For prompts that may not leave the VPC: records, contracts, anything under audit. The network has no way out, and a tier
 * outside fails at synthesis. Nothing can be downloaded from within either, so bring the weights and the image first:
 *
 *   npx tierwise stage weights --from FOLDER --to s3://records-model-weights/weights/llama-3.1-8b-instruct/v1/
 *   npx tierwise stage image --from public.ecr.aws/cloudwatch-agent/cloudwatch-agent:1.300062.0b1304
 *
 *   npx cdk deploy -a "npx tsx examples/apps/data-inside-the-vpc/app.ts"
 */

import { App } from 'aws-cdk-lib';
import { PolicySource } from 'tierwise';
import { RecordsStack } from './stack';

new RecordsStack(new App(), 'Records', { policy: PolicySource.fromFile('examples/policies/resident.yaml') });
