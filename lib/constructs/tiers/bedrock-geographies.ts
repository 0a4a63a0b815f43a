/**
 * Regions to which an inference profile of a geography may send a prompt, by the prefix of its id. Which of them serve a
 * model differs by model and by the region asked, so this is their union; a permission for one that does not serve the
 * model gives nothing, since it holds only for prompts that come through the profile.
 *
 * Source: "Supported Regions and models for inference profiles" of the Amazon Bedrock User Guide and
 * CrossRegionInferenceProfileRegion of aws-cdk, read in November 2026.
 */
export const GEOGRAPHY_REGIONS: Readonly<Record<string, readonly string[]>> = {
  us: ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
  eu: ['eu-central-1', 'eu-central-2', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-2', 'eu-west-3'],
  apac: [
    'ap-east-2',
    'ap-northeast-1',
    'ap-northeast-2',
    'ap-northeast-3',
    'ap-south-1',
    'ap-south-2',
    'ap-southeast-1',
    'ap-southeast-2',
    'ap-southeast-3',
    'ap-southeast-4',
    'ap-southeast-5',
    'ap-southeast-7',
    'me-central-1',
  ],
  jp: ['ap-northeast-1', 'ap-northeast-3'],
  au: ['ap-southeast-2', 'ap-southeast-4'],
  ca: ['ca-central-1', 'ca-west-1'],
  'us-gov': ['us-gov-east-1', 'us-gov-west-1'],
};

/** Prefix of profiles that send prompts to any commercial region. */
export const GLOBAL = 'global';
