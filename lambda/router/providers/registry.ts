import type { Providers, TierProvider } from '../../../lib/core/execution/provider';
import { createAnthropic } from './anthropic';
import { createApiKeys, type ReadSecret } from './api-keys';
import { unsupportedByBedrock } from './bedrock/unsupported';
import { createOpenAiCompatible } from './openai-compatible';

export interface ProviderOptions {
  /** Reads the secret that a tier's `apiKeySecret` names. */
  readonly secrets: ReadSecret;
}

/** A provider whose client is worth loading only when a tier calls it; what it cannot honour must be known at once. */
function lazily(unsupported: TierProvider['unsupported'], load: () => Promise<TierProvider>): TierProvider {
  let loaded: Promise<TierProvider> | undefined;
  const provider = () => {
    loaded ??= load();
    return loaded;
  };
  return {
    unsupported,
    complete: async (call) => (await provider()).complete(call),
    stream: async (call) => (await provider()).stream(call),
  };
}

/** The providers by the names a policy gives them. A new dialect is one file and one line here. */
export function createProviders({ secrets }: ProviderOptions): Providers {
  const keys = createApiKeys(secrets);
  return {
    'openai-compatible': createOpenAiCompatible(keys),
    anthropic: createAnthropic(keys),
    bedrock: lazily(unsupportedByBedrock, async () => (await import('./bedrock')).createBedrock(keys)),
  };
}
