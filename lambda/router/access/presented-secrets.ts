import type { HttpRequest } from '../http';
import { isSecret } from './key-secret';

const BEARER = /^bearer +(\S.*)$/i;

/**
 * What the caller shows as its secret, in either header: none, one, or two that differ, of which nobody can say which is
 * meant. Clients that always send an `Authorization` of their own put something in it, so that what cannot be a key gives
 * way to what can. One of another scheme is none, such as a signature that API Gateway has checked.
 */
export function presentedSecrets({ headers }: Pick<HttpRequest, 'headers'>): readonly string[] {
  const bearer = BEARER.exec(headers.authorization ?? '')?.[1]?.trimEnd();
  const apiKey = headers['x-api-key']?.trim() || undefined;
  const shown = [...new Set([bearer, apiKey])].filter((text) => text !== undefined);
  const keys = shown.filter(isSecret);
  return keys.length > 0 ? keys : shown.slice(0, 1);
}
