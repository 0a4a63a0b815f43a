import { DAY_MS } from '../../durations';
import type { Told } from './told';

export interface CertificateSettings {
  readonly task: string;
  /** What made the certificate void; undefined while it stands. */
  readonly fault: string | undefined;
  readonly voidSinceMs: number | undefined;
  readonly graceDays: number;
  readonly atMs: number;
}

/** A task whose certificate is void keeps its start for the days of grace, with a finding, and then begins one tier higher. */
export function certificate(settings: CertificateSettings): Told & { readonly voidSinceMs?: number } {
  const { task, fault, graceDays, atMs } = settings;
  if (fault === undefined) return {};
  const voidSinceMs = settings.voidSinceMs ?? atMs;
  const raisedAtMs = voidSinceMs + graceDays * DAY_MS;
  const isOver = atMs >= raisedAtMs;
  const then = isOver
    ? 'it begins one tier higher'
    : `from ${new Date(raisedAtMs).toISOString()} it begins one tier higher`;
  return {
    voidSinceMs,
    findings: [{ task, signal: 'Certificate', kind: 'void', text: `the certificate is void: ${fault}; ${then}` }],
    raises: isOver ? [{ task, rungs: 1, why: `its certificate is void: ${fault}` }] : [],
  };
}
