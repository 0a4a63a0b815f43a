import { type BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import type { ProviderCall, TierProvider } from '../../../lib/core/execution/provider';
import { isStale } from './agents';
import type { ApiKeys } from './api-keys';
import { createClients } from './bedrock/clients';
import { bedrockFailure } from './bedrock/failure';
import { answerIdOf, fromConverse } from './bedrock/from-converse';
import { fromStream } from './bedrock/from-stream';
import { toConverse } from './bedrock/to-converse';
import { unsupportedByBedrock } from './bedrock/unsupported';
import { closingStream } from './closing-stream';
import { malformed } from './failure-of';
import { abortFailure } from './transport-failure';

/**
 * An abort of our own that follows the caller's: leaving a stream of the AWS client early does not close its connection,
 * and the model would go on and be billed.
 */
function follow(signal: AbortSignal): { readonly own: AbortController; readonly stop: () => void } {
  if (signal.aborted) throw abortFailure(signal);
  const own = new AbortController();
  const onAbort = () => own.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  return { own, stop: () => signal.removeEventListener('abort', onAbort) };
}

/** Beside the connection itself, within everything that the AWS client does before a request goes out. */
const TOLD_FROM = { step: 'deserialize', priority: 'low', name: 'progress' } as const;

/**
 * Tells how far the call has come. The AWS client keeps to itself when a request has left, so it counts as sent once it is
 * signed; what fails to connect is told apart by its cause.
 */
function telling({ progress }: ProviderCall) {
  return <Args, Result extends { readonly response: unknown }>(next: (args: Args) => Promise<Result>) =>
    async (args: Args): Promise<Result> => {
      progress?.reached('sent');
      const result = await next(args);
      const { statusCode = 0 } = result.response as { readonly statusCode?: number };
      progress?.reached(statusCode >= 200 && statusCode < 300 ? 'accepted' : 'refused');
      return result;
    };
}

/** Amazon Bedrock through Converse and ConverseStream, translated both ways. */
export function createBedrock(keys: ApiKeys): TierProvider {
  const clientOf = createClients();

  /** Asks again once on a stale connection, and once with a rotated key where the first was refused. */
  async function ask<Output>(
    { tier, signal }: ProviderCall,
    send: (client: BedrockRuntimeClient) => Promise<Output>,
  ): Promise<Output> {
    const key = await keys.keyOf(tier);
    const client = clientOf(tier, key);
    try {
      return await send(client).catch((error: unknown) => {
        if (isStale(error)) return send(client);
        throw error;
      });
    } catch (error) {
      const failure = bedrockFailure(error, tier.id, signal);
      const renewed = failure.failure === 'auth' ? await keys.renewed(tier, key) : undefined;
      if (renewed === undefined) throw failure;
    }
    return send(clientOf(tier, await keys.keyOf(tier)));
  }

  async function complete(call: ProviderCall) {
    const { tier, signal } = call;
    const { own, stop } = follow(signal);
    try {
      const command = new ConverseCommand(toConverse(call));
      command.middlewareStack.add(telling(call), TOLD_FROM);
      const output = await ask(call, (client) => client.send(command, { abortSignal: own.signal }));
      return fromConverse(output, call);
    } catch (error) {
      throw bedrockFailure(error, tier.id, signal);
    } finally {
      stop();
    }
  }

  async function stream(call: ProviderCall) {
    const { tier, model, signal, progress } = call;
    const { own, stop } = follow(signal);
    try {
      const command = new ConverseStreamCommand(toConverse(call));
      command.middlewareStack.add(telling(call), TOLD_FROM);
      const output = await ask(call, (client) => client.send(command, { abortSignal: own.signal }));
      if (output.stream === undefined) throw malformed(tier.id, 'answered without a stream');
      const ended = () => {
        stop();
        own.abort();
      };
      const failure = (error: unknown) => bedrockFailure(error, tier.id, signal);
      const parts = { events: output.stream, id: answerIdOf(output), model, tier: tier.id, progress, failure, ended };
      return closingStream(fromStream(parts), ended);
    } catch (error) {
      stop();
      throw bedrockFailure(error, tier.id, signal);
    }
  }

  return { unsupported: unsupportedByBedrock, complete, stream };
}
