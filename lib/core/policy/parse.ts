import type { PolicyResult } from './fault';
import { createFindings } from './findings';
import { readText } from './read-text';
import { type ValidateOptions, validateDocument } from './validate';

export type ParseOptions = ValidateOptions;

/** Untrusted YAML or JSON text: the policy, or every fault with its line. Never throws. */
export function parsePolicy(text: string, options: ParseOptions): PolicyResult {
  const read = readText(text);
  const findings = createFindings(read.locate);
  read.report(findings);
  if (read.value !== undefined) return validateDocument(read.value.document, options, findings);
  return { ok: false, faults: findings.faults, warnings: findings.warnings };
}
