import { GEOGRAPHY_REGIONS, GLOBAL } from './bedrock-geographies';

/** A model as Bedrock is asked for it. */
export interface BedrockModel {
  /** Id of the foundation model behind it; absent for an ARN that stands for a model of the account's own. */
  readonly foundationModel?: string;
  /** Id or ARN of the inference profile it is asked through. */
  readonly profile?: string;
  /** Where the profile sends prompts: a key of `GEOGRAPHY_REGIONS`, or `global`; absent: they stay in the region. */
  readonly geography?: string;
  /** ARN of a model of the account's own: provisioned, imported or customised. */
  readonly ownModelArn?: string;
}

const GEOGRAPHIES = [...Object.keys(GEOGRAPHY_REGIONS), GLOBAL];

/** `eu.amazon.nova-lite-v1:0` as `eu` and `amazon.nova-lite-v1:0`; no geography where an id has no prefix of one. */
export function splitProfileId(id: string): { readonly geography?: string; readonly foundationModel: string } {
  const geography = GEOGRAPHIES.find((name) => id.startsWith(`${name}.`));
  return geography === undefined
    ? { foundationModel: id }
    : { geography, foundationModel: id.slice(geography.length + 1) };
}

/** Reads what the router will ask for: the id of a model or profile, or an ARN. */
export function readModelId(id: string): BedrockModel {
  if (!id.startsWith('arn:')) {
    const { geography, foundationModel } = splitProfileId(id);
    return { foundationModel, ...(geography === undefined ? {} : { geography, profile: id }) };
  }
  const resource = id.split(':').slice(5).join(':');
  const name = resource.slice(resource.indexOf('/') + 1);
  if (resource.startsWith('foundation-model/')) return { foundationModel: name };
  if (resource.startsWith('inference-profile/')) return { ...splitProfileId(name), profile: id };
  if (resource.startsWith('application-inference-profile/')) return { profile: id };
  return { ownModelArn: id };
}
