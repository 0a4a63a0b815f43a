import type { HttpRequest } from '../http';

const BEARER = /^bearer +(\S+) *$/i;

/**
 * What the caller shows as its secret, in either header. Undefined where it shows none, or two that differ: which of them
 * is meant nobody can say. An `Authorization` of another scheme is none, such as a signature that API Gateway has checked.
 */
export function presentedSecret({ headers }: Pick<HttpRequest, 'headers'>): string | undefined {
  const bearer = BEARER.exec(headers.authorization ?? '')?.[1];
  const apiKey = headers['x-api-key']?.trim() || undefined;
  if (bearer !== undefined && apiKey !== undefined && bearer !== apiKey) return undefined;
  return bearer ?? apiKey;
}
