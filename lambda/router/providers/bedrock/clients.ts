import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Tier } from '../../../../lib/core/types-policy';
import { agentPair } from '../agents';

/** Makes the client of a tier; tiers that share region, endpoint, key and the rest share it with its connections. */
export type ClientOf = (tier: Tier, key: string | undefined) => BedrockRuntimeClient;

function configOf({ region, baseUrl, timeouts }: Tier, key: string | undefined): BedrockRuntimeClientConfig {
  return {
    // Retries are the execution's, where they are bounded, counted and billed.
    maxAttempts: 1,
    // The client's default handler speaks HTTP/2 and takes a dropped connection for the end of a stream.
    requestHandler: new NodeHttpHandler({ ...agentPair(timeouts.connectMs), requestTimeout: 0, socketTimeout: 0 }),
    ...(region === undefined ? {} : { region }),
    ...(baseUrl === undefined ? {} : { endpoint: baseUrl }),
    ...(key === undefined ? {} : { token: { token: key }, authSchemePreference: ['httpBearerAuth'] }),
  };
}

function addHeaders(client: BedrockRuntimeClient, headers: Tier['headers']): void {
  client.middlewareStack.add(
    (next) => (input) => {
      const { request } = input as { request: { headers: Record<string, string> } };
      for (const [name, value] of Object.entries(headers)) request.headers[name.toLowerCase()] = value;
      return next(input);
    },
    { step: 'build', name: 'tierHeaders' },
  );
}

export function createClients(): ClientOf {
  const known = new Map<string, BedrockRuntimeClient>();
  return (tier, key) => {
    const { region, baseUrl, timeouts, headers } = tier;
    const identity = JSON.stringify([region, baseUrl, key, timeouts.connectMs, headers]);
    const kept = known.get(identity);
    if (kept) return kept;
    const client = new BedrockRuntimeClient(configOf(tier, key));
    addHeaders(client, headers);
    known.set(identity, client);
    return client;
  };
}
