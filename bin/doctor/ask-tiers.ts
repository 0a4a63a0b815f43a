import type { TierAnswer } from '../../lib/core/analysis/doctor/facts';

export interface AskOptions {
  /** Address of the router, without a trailing slash. */
  readonly url: string;
  /** The caller's key, where the router wants one. */
  readonly key?: string;
  readonly timeoutMs: number;
}

/** Enough for a word, and for a model that thinks before it says one. */
const MAX_TOKENS = 64;

/** The tiers a router knows, as it lists them. */
export async function tiersOf(options: AskOptions): Promise<string[]> {
  const response = await request(options, '/v1/models');
  const body = (await response.json()) as { readonly data?: readonly { readonly id: string }[] };
  return (body.data ?? []).flatMap(({ id }) => (id.startsWith('tier:') ? [id.slice('tier:'.length)] : []));
}

/** One short request to a tier, pinned, so that no other one answers in its place. */
export async function askTier(options: AskOptions, tier: string): Promise<TierAnswer> {
  const begun = performance.now();
  const elapsedMs = (): number => performance.now() - begun;
  const messages = [{ role: 'user', content: 'Answer with the word ready.' }];
  try {
    const response = await request(options, '/v1/chat/completions', {
      model: `tier:${tier}`,
      messages,
      max_tokens: MAX_TOKENS,
    });
    const body = await response.text();
    const model = response.headers.get('x-tierwise-model');
    return {
      tier,
      status: response.status,
      elapsedMs: elapsedMs(),
      ...(model !== null && { model }),
      ...(response.status !== 200 && { error: errorIn(body) }),
    };
  } catch (error) {
    return { tier, elapsedMs: elapsedMs(), error: networkReason(error) };
  }
}

function request({ url, key, timeoutMs }: AskOptions, path: string, body?: unknown): Promise<Response> {
  return fetch(`${url}${path}`, {
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });
}

/** `code: message` of the router's error, or the beginning of what else came. */
function errorIn(body: string): string {
  try {
    const { error } = JSON.parse(body) as { readonly error?: { readonly code?: string; readonly message?: string } };
    if (error !== undefined) return [error.code, error.message].filter((part) => part !== undefined).join(': ');
  } catch {
    // Not the router's own error; something in front of it answered.
  }
  return body.slice(0, 200);
}

/** `fetch failed` says nothing; its cause does. */
export function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : error.message;
}
