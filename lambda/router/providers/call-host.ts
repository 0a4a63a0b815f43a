import type { ProviderCall } from '../../../lib/core/execution/provider';
import type { Tier } from '../../../lib/core/types-policy';
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

const lowerCasedByTier = new WeakMap<Tier, Readonly<Record<string, string>>>();

/** The headers that the policy gives the tier, prepared once. */
function headersOf(tier: Tier): Readonly<Record<string, string>> {
  const known = lowerCasedByTier.get(tier);
  if (known) return known;
  const headers = Object.fromEntries(Object.entries(tier.headers).map(([name, value]) => [name.toLowerCase(), value]));
  lowerCasedByTier.set(tier, headers);
  return headers;
}

async function postWith(host: HostCall, key: string | undefined): Promise<HostResponse> {
  const { tier, signal, progress } = host.call;
  const response = await post({
    url: host.url,
    headers: Object.assign(host.headers(key), headersOf(tier)),
    body: host.body,
    connectMs: tier.timeouts.connectMs,
    signal,
    tier: tier.id,
    sent: () => progress?.reached('sent'),
  });
  progress?.reached(isSuccess(response) ? 'accepted' : 'refused');
  return response;
}

function isSuccess({ status }: HostResponse): boolean {
  return status >= 200 && status < 300;
}

/** Shorter values are no secrets, and may stand in any text. */
const LEAST_SECRET_CHARACTERS = 8;

/** A host may repeat what it was called with; a tier's headers may hold its key too. */
function withoutSecrets(text: string, key: string | undefined, { headers }: Tier): string {
  const secrets = [key ?? '', ...Object.values(headers)].filter(({ length }) => length >= LEAST_SECRET_CHARACTERS);
  return secrets.reduce((safe, secret) => safe.replaceAll(secret, '[key]'), text);
}

/** Asks the tier's host; what is no success is thrown as what befell the tier. A key that was rotated is read anew, once. */
export async function callHost(host: HostCall): Promise<HostResponse> {
  const { call } = host;
  const { tier } = call;
  let key = await host.keys.keyOf(tier);
  let response = await postWith(host, key);
  if (response.status === 401) {
    const renewed = await host.keys.renewed(tier, key);
    if (renewed !== undefined) {
      response.release();
      key = renewed;
      response = await postWith(host, key);
    }
  }
  refuseRedirect(response, tier.id);
  if (isSuccess(response)) return response;
  const body = await readText(response, ERROR_BYTES).catch((error: unknown) => {
    if (call.signal.aborted) throw error;
    return ''; // The status alone says enough.
  });
  const { status, headers } = response;
  throw failureOf({ status, headers, body: withoutSecrets(body, key, tier) }, tier.id);
}
