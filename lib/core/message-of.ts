/** What a thrown value says, for the person on call. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
