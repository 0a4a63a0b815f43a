/** Any text as the name of a file or folder; no dots, so that it is never hidden nor the folder above. */
export function plainFileName(text: string): string {
  return encodeURIComponent(text).replaceAll('.', '%2E').replaceAll('*', '%2A');
}

/** The text that `plainFileName` made the name of; undefined for a name that it never made. */
export function textOfFileName(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}
