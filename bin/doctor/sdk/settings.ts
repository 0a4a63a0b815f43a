/** How every client is made here: a doctor that hangs or retries for minutes is of no use. */
export interface ClientSettings {
  readonly region: string;
  readonly maxAttempts: number;
  readonly requestHandler: { readonly connectionTimeout: number; readonly requestTimeout: number };
}

export function clientSettings(region: string): ClientSettings {
  return { region, maxAttempts: 2, requestHandler: { connectionTimeout: 3000, requestTimeout: 10_000 } };
}

/** Whether an error of a client is one of these, by the names AWS gives them. */
export function isNamed(error: unknown, ...names: string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}
