import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../lib/core/canonical-json';

/** SHA-256, in hex, of a document's canonical JSON: the same for every order of keys and every spacing. */
export function contentHash(document: unknown): string {
  return createHash('sha256').update(canonicalJson(document)).digest('hex');
}

/** A document as a store gives it back: what JSON cannot hold is gone, so that its hash stays true once it is read. */
export function asStored(document: unknown): { readonly text: string; readonly document: unknown } {
  const text: string | undefined = JSON.stringify(document);
  if (text === undefined) throw new TypeError(`a ${typeof document} cannot be stored: a policy is a JSON document`);
  return { text, document: JSON.parse(text) };
}
