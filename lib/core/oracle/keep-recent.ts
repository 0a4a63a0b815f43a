/** What `make` made of the `limit` most recently asked keys; the key not asked for longest is forgotten first. */
export function keepRecent<Value extends object>(limit: number, make: (key: string) => Value): (key: string) => Value {
  // A map remembers the order of insertion, so its first key is the oldest.
  const kept = new Map<string, Value>();
  return (key) => {
    const value = kept.get(key) ?? make(key);
    kept.delete(key);
    kept.set(key, value);
    if (kept.size > limit) kept.delete(kept.keys().next().value as string);
    return value;
  };
}
