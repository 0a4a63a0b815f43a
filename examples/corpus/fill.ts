/** Writes values into `{slots}` of a text; an unknown slot is a mistake in the material and throws. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for the slot {${name}} in: ${text}`);
    return String(value);
  });
}
