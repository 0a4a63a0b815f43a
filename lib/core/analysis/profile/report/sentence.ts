/** A clause as a sentence of its own. */
export function sentence(clause: string): string {
  return clause === '' ? '' : `${clause[0]?.toUpperCase()}${clause.slice(1)}.`;
}
