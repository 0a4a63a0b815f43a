/**
 * A document whose shape is not sure: what the checks across its parts read, so that they run beside faults of shape.
 * Undefined where a part is missing or of another kind, and then the check that needs it has nothing to say.
 */

export type Mapping = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member of a mapping; inherited names such as `constructor` are no members. */
export function memberOf(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((member) => typeof member === 'string');
}

export function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isRecord(value) ? Object.entries(value) : [];
}

/** The mappings of a mapping, by key. */
export function mappingsOf(value: unknown): readonly (readonly [string, Mapping])[] {
  return entriesOf(value).flatMap(([key, member]) => (isRecord(member) ? [[key, member] as const] : []));
}
