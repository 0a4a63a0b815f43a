/** What stays the same of a failure while it lasts: messages of the file system name another file each time. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
