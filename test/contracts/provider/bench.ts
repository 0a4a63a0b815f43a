import { afterAll } from 'vitest';
import { RouterError } from '../../../lib/core/errors';
import type { ProviderCall, StreamTail, TierProvider } from '../../../lib/core/execution/provider';
import type { StreamSlice } from '../../../lib/core/types';
import type { ChatBody, ChatChunk } from '../../../lib/core/types-chat';
import type { Tier } from '../../../lib/core/types-policy';
import { aBody } from '../../builders';
import type { Host } from '../../fixtures/hosts/host';
import { answering, type HostScript, type SeenRequest } from '../../fixtures/hosts/script';
import type { SeenCall } from '../../fixtures/hosts/seen-call';

export interface ProviderHarness {
  readonly provider: TierProvider;
  startHost(script: HostScript): Promise<Host>;
  /** A tier of this provider at an address. */
  tierAt(url: string, parts?: Partial<Tier>): Tier;
  read(seen: SeenRequest): SeenCall;
  /** Whether the dialect tells reasoning tokens, and cache writes of an hour, apart. */
  readonly tells: { readonly reasoningTokens: boolean; readonly hourlyCacheWrites: boolean };
  /** Fields of the body that arrive at the host as they are, unless `unsupported` names them. */
  readonly passesUnknownFields: boolean;
  /** Whether an image can be an `https:` address. */
  readonly imageAddresses: boolean;
}

export interface Streamed {
  readonly bytes: string;
  readonly chunks: readonly ChatChunk[];
  readonly tail: StreamTail;
}

export async function drained(stream: AsyncGenerator<StreamSlice, StreamTail>): Promise<Streamed> {
  const bytes: Uint8Array[] = [];
  const chunks: ChatChunk[] = [];
  for (;;) {
    const next = await stream.next();
    if (next.done) return { bytes: Buffer.concat(bytes).toString('utf8'), chunks, tail: next.value };
    bytes.push(next.value.bytes);
    chunks.push(...next.value.chunks);
  }
}

export async function failureOf(attempt: Promise<unknown>): Promise<RouterError> {
  const error: unknown = await attempt.then(
    () => new Error('It did not fail.'),
    (thrown: unknown) => thrown,
  );
  if (RouterError.is(error)) return error;
  throw error;
}

export const within = (ms: number, what: string) =>
  new Promise<never>((_, reject) => setTimeout(() => reject(new Error(`${what} took more than ${ms} ms`)), ms).unref());

/** Both ways of asking a provider. */
export const BOTH = ['complete', 'stream'] as const;

/** A provider at work against hosts of its dialect; the hosts are closed when the suite is over. */
export interface ProviderBench {
  readonly harness: ProviderHarness;
  hostWith(script: HostScript): Promise<Host>;
  callTo(url: string, body?: Partial<ChatBody>, parts?: Partial<ProviderCall>): ProviderCall;
  streamed(url: string, body?: Partial<ChatBody>): Promise<Streamed>;
  /** Asks either way, to the end. */
  ask(way: (typeof BOTH)[number], call: ProviderCall): Promise<unknown>;
  /** What a host sees of a body. */
  seenCall(body: Partial<ChatBody>): Promise<SeenCall>;
}

export function benchOf(harness: ProviderHarness): ProviderBench {
  const { provider } = harness;
  const hosts: Host[] = [];
  afterAll(async () => {
    await Promise.all(hosts.map((host) => host.close()));
  });

  async function hostWith(script: HostScript): Promise<Host> {
    const host = await harness.startHost(script);
    hosts.push(host);
    return host;
  }

  function callTo(url: string, body: Partial<ChatBody> = {}, parts: Partial<ProviderCall> = {}): ProviderCall {
    const tier = parts.tier ?? harness.tierAt(url);
    return { tier, model: tier.model, body: aBody(body), signal: new AbortController().signal, ...parts };
  }

  return {
    harness,
    hostWith,
    callTo,
    streamed: async (url, body) => drained(await provider.stream(callTo(url, body))),
    ask: async (way, call) => (way === 'complete' ? provider.complete(call) : drained(await provider.stream(call))),
    async seenCall(body) {
      const host = await hostWith([answering({ text: 'Yes.' })]);
      await provider.complete(callTo(host.url, body));
      return harness.read(host.seen[0] as SeenRequest);
    },
  };
}
