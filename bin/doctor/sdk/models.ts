import type { BedrockClient, GetFoundationModelAvailabilityCommandOutput } from '@aws-sdk/client-bedrock';
import type { ModelFact } from '../../../lib/core/analysis/doctor/facts';
import { isProfile } from '../../../lib/core/analysis/doctor/models';
import { clientSettings, isNamed } from './settings';

export async function model(id: string, region: string): Promise<ModelFact> {
  const { BedrockClient } = await import('@aws-sdk/client-bedrock');
  const client = new BedrockClient(clientSettings(region));
  const kind = isProfile(id) ? 'profile' : 'model';
  try {
    return await (kind === 'profile' ? profile(client, id) : foundationModel(client, id));
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException', 'ValidationException')) return { kind, obstacles: [] };
    throw error;
  }
}

async function profile(client: BedrockClient, id: string): Promise<ModelFact> {
  const { GetInferenceProfileCommand } = await import('@aws-sdk/client-bedrock');
  const found = await client.send(new GetInferenceProfileCommand({ inferenceProfileIdentifier: id }));
  const modelId = found.models?.[0]?.modelArn?.split('/').at(-1);
  return {
    kind: 'profile',
    ...(found.status !== undefined && { status: found.status }),
    obstacles: modelId === undefined ? [] : await obstacles(client, modelId),
  };
}

async function foundationModel(client: BedrockClient, id: string): Promise<ModelFact> {
  const { GetFoundationModelCommand } = await import('@aws-sdk/client-bedrock');
  const { modelDetails } = await client.send(new GetFoundationModelCommand({ modelIdentifier: id }));
  return {
    kind: 'model',
    status: modelDetails?.modelLifecycle?.status ?? 'ACTIVE',
    onDemand: modelDetails?.inferenceTypesSupported?.includes('ON_DEMAND') ?? true,
    obstacles: await obstacles(client, id),
  };
}

/** What stands between the account and the model. An account that may not ask that is not told that anything does. */
async function obstacles(client: BedrockClient, modelId: string): Promise<string[]> {
  const { GetFoundationModelAvailabilityCommand } = await import('@aws-sdk/client-bedrock');
  try {
    return obstaclesIn(await client.send(new GetFoundationModelAvailabilityCommand({ modelId })));
  } catch (error) {
    if (isNamed(error, 'AccessDeniedException', 'ResourceNotFoundException', 'ValidationException')) return [];
    throw error;
  }
}

function obstaclesIn(found: GetFoundationModelAvailabilityCommandOutput): string[] {
  return [
    ...(found.regionAvailability === 'NOT_AVAILABLE' ? ['it is not in this region'] : []),
    ...(found.authorizationStatus === 'NOT_AUTHORIZED' ? ['the account is not authorized'] : []),
    ...(found.entitlementAvailability === 'NOT_AVAILABLE' ? ['the account has no access to it'] : []),
    ...(['NOT_AVAILABLE', 'PENDING', 'ERROR'].includes(found.agreementAvailability?.status ?? '')
      ? [`the agreement on its use is ${found.agreementAvailability?.status}`]
      : []),
  ];
}
