import type { ProviderCall, TierProvider } from '../../../lib/core/execution/provider';
import { fromEvents } from './anthropic/from-events';
import { fromMessage } from './anthropic/from-message';
import { toMessages } from './anthropic/to-messages';
import { unsupportedByAnthropic } from './anthropic/unsupported';
import type { ApiKeys } from './api-keys';
import { callHost } from './call-host';
import { closingStream } from './closing-stream';
import { type HostResponse, readText } from './transport';

const DEFAULT_BASE_URL = 'https://api.anthropic.com/v1';
const VERSION = '2023-06-01';

function ask(call: ProviderCall, keys: ApiKeys, stream: boolean): Promise<HostResponse> {
  return callHost({
    call,
    url: `${call.tier.baseUrl ?? DEFAULT_BASE_URL}/messages`,
    body: JSON.stringify(toMessages(call, stream)),
    keys,
    headers: (key) => ({
      accept: stream ? 'text/event-stream' : 'application/json',
      'anthropic-version': VERSION,
      ...(key === undefined ? {} : { 'x-api-key': key }),
    }),
  });
}

/** The Messages API, translated both ways. */
export function createAnthropic(keys: ApiKeys): TierProvider {
  return {
    unsupported: unsupportedByAnthropic,

    async complete(call) {
      const response = await ask(call, keys, false);
      return fromMessage(await readText(response), call);
    },

    async stream(call) {
      const response = await ask(call, keys, true);
      return closingStream(fromEvents(response, call), response.close);
    },
  };
}
