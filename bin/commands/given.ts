/** An option as messages repeat it: one of an empty text would else stand before a colon with nothing between. */
export function given(option: string, text: string): string {
  return text.trim() === '' ? `${option} is empty` : `${option} ${text}`;
}
