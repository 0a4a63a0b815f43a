import type { ApiKeys } from '../../lambda/router/providers/api-keys';
import { callHost } from '../../lambda/router/providers/call-host';
import { completionIn } from '../../lambda/router/providers/openai-compatible/completion';
import { usageOfChat } from '../../lambda/router/providers/openai-compatible/usage';
import { readText } from '../../lambda/router/providers/transport';
import { ROUTING_HEADERS } from '../../lib/core/contract';
import { RouterError } from '../../lib/core/errors';
import type { TierProvider } from '../../lib/core/execution/provider';

/**
 * A deployed router as a provider, which looks at the policy version of each answer. One that came of another version is no
 * answer to what the run asks: `onOther` is told of the version, and the call counts as given up.
 */
export function createRouterProvider(
  keys: ApiKeys,
  version: string,
  onOther: (version: string) => void,
): Pick<TierProvider, 'unsupported' | 'complete'> {
  return {
    unsupported: () => [],
    async complete(call) {
      const response = await callHost({
        call,
        url: `${call.tier.baseUrl}/chat/completions`,
        body: JSON.stringify({ ...call.body, model: call.model }),
        keys,
        headers: (key) => ({
          accept: 'application/json',
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        }),
      });
      const text = await readText(response);
      const said = response.headers[ROUTING_HEADERS.policy];
      if (typeof said === 'string' && said !== version) {
        onOther(said);
        throw RouterError.failure(
          'aborted',
          `The router answered by version ${said} of its policy, not by ${version}.`,
        );
      }
      const completion = completionIn(text, call);
      const usage = usageOfChat(completion.usage);
      return { completion, text, ...(usage ? { usage } : {}) };
    },
  };
}
