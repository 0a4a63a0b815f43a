import type { ProviderCall } from '../../../lib/core/execution/provider';
import type { ApiKeys } from './api-keys';
import { failureOf } from './failure-of';
import { type HostResponse, post, readText, refuseRedirect } from './transport';

/** How one dialect is called over HTTP. */
export interface HostCall {
  readonly call: ProviderCall;
  readonly url: string;
  readonly body: string;
  readonly keys: ApiKeys;
  /** Headers of the dialect, the key in its place. */
  headers(key: string | undefined): Record<string, string>;
}

/** An error says what it has to say within this. */
const ERROR_BYTES = 65_536;

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function postWith(host: HostCall, key: string | undefined): Promise<HostResponse> {
  const { tier, signal } = host.call;
  return post({
    url: host.url,
    headers: { ...host.headers(key), ...lowerCased(tier.headers) },
    body: host.body,
    connectMs: tier.timeouts.connectMs,
    signal,
    tier: tier.id,
  });
}

/** Asks the tier's host; what is no success is thrown as what befell the tier. A key that was rotated is read anew, once. */
export async function callHost(host: HostCall): Promise<HostResponse> {
  const { call } = host;
  const { tier } = call;
  const key = await host.keys.keyOf(tier);
  let response = await postWith(host, key);
  if (response.status === 401) {
    const renewed = await host.keys.renewed(tier, key);
    if (renewed !== undefined) {
      response.release();
      response = await postWith(host, renewed);
    }
  }
  refuseRedirect(response, tier.id);
  if (response.status >= 200 && response.status < 300) return response;
  const body = await readText(response, ERROR_BYTES).catch((error: unknown) => {
    if (call.signal.aborted) throw error;
    return ''; // The status alone says enough.
  });
  throw failureOf({ status: response.status, headers: response.headers, body }, tier.id);
}
