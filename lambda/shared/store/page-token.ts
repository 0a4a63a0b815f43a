/** What a caller gets for a page token that no page gave out. */
export function noPageToken(token: string): RangeError {
  return new RangeError(`${JSON.stringify(token)} is no page token: give back the \`next\` of the page before`);
}
