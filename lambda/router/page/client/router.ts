import type { Attribution } from '../../../../lib/core/types';
import type { OperatorState } from '../page-state';

/** Where the page stands, whatever API Gateway's stage before it. */
const HERE = location.pathname.replace(/\/*$/, '/');

export type Read = OperatorState | 'no-key' | 'not-operator' | 'unreachable';

export async function readState(): Promise<Read> {
  try {
    const response = await fetch(`${HERE}operator/state`, { cache: 'no-store' });
    if (response.status === 401) return 'no-key';
    if (response.status === 403) return 'not-operator';
    return response.ok ? ((await response.json()) as OperatorState) : 'unreachable';
  } catch {
    return 'unreachable';
  }
}

export interface Listener {
  readonly state: (state: OperatorState) => void;
  /** The store cannot be read. */
  readonly trouble: () => void;
  /** The stream has ended: it comes back by itself, unless the key is no longer taken. */
  readonly lost: (forGood: boolean) => void;
  readonly opened: () => void;
}

/** Follows the state; the function that is given back ends it. */
export function follow(listener: Listener): () => void {
  const source = new EventSource(`${HERE}operator/events`);
  source.addEventListener('open', listener.opened);
  source.addEventListener('state', (event) => listener.state(JSON.parse((event as MessageEvent<string>).data)));
  source.addEventListener('trouble', listener.trouble);
  source.addEventListener('error', () => listener.lost(source.readyState === EventSource.CLOSED));
  return () => source.close();
}

/** The record of one request, or why there is none. */
export async function readRecord(requestId: string): Promise<Attribution | string> {
  try {
    const response = await fetch(`${HERE}operator/requests/${encodeURIComponent(requestId)}`);
    return response.ok ? ((await response.json()) as Attribution) : await messageOf(response);
  } catch {
    return 'The router cannot be reached.';
  }
}

/** Undefined once signed in, else why not. */
export async function signIn(key: string): Promise<string | undefined> {
  try {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${HERE}operator/session`, { method: 'POST', headers, body: JSON.stringify({ key }) });
    return response.ok ? undefined : await messageOf(response);
  } catch {
    return 'The router cannot be reached.';
  }
}

export async function signOut(): Promise<void> {
  await fetch(`${HERE}operator/session`, { method: 'DELETE' }).catch(() => {});
}

async function messageOf(response: Response): Promise<string> {
  const fallback = `The router answered ${response.status}.`;
  const body = (await response.json().catch(() => undefined)) as { error?: { message?: string } } | undefined;
  return response.status === 401 ? 'This is not a key that the router takes.' : (body?.error?.message ?? fallback);
}
