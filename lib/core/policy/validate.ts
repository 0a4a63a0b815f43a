import { createHash } from 'node:crypto';
import type { Policy } from '../types-policy';
import { buildPolicy } from './build';
import { certificateShortfalls, voidCertificates } from './certificate';
import { checkPolicy } from './checks/policy';
import { warnOfLiteralKeys } from './checks/tiers';
import { isRecord } from './draft';
import { expandDocument, type Variables } from './expand';
import type { PolicyResult } from './fault';
import { createFindings, type Findings } from './findings';
import { show } from './issues';
import { findLiteralKeys } from './literal-keys';
import { formatPath } from './path';
import { withPreset } from './presets';
import { readShape } from './shape';

export interface ValidateOptions extends Variables {
  /** The store's number; absent = `file-` and the first digits of the document's hash. */
  readonly version?: string;
  /** UTC milliseconds, to tell a price of the future from one in force. Absent = not known. */
  readonly nowMs?: number;
}

/** A document that was read already, as a store holds it: the policy, or every fault. Never throws. */
export function validatePolicy(value: unknown, options: ValidateOptions): PolicyResult {
  return validateDocument(
    value,
    options,
    createFindings(() => undefined),
  );
}

/** The same, going on from what the reading of the text has found. */
export function validateDocument(value: unknown, options: ValidateOptions, findings: Findings): PolicyResult {
  if (!isRecord(value)) {
    findings.fault([], 'a policy is a mapping of keys to values', { given: show(value) });
    return { ok: false, faults: findings.faults, warnings: findings.warnings };
  }
  const expansion = expandDocument(value, options, findings);
  const root = expansion.document as Record<string, unknown>;
  applyPresets(root);
  const document = readShape(expansion, findings);
  findings.silence(expansion.unresolved);
  checkPolicy(root, findings, options.nowMs);
  warnOfLiteralKeys(value, findings);
  const { faults } = findings;
  if (document === undefined || faults.length > 0) return { ok: false, faults, warnings: findings.warnings };
  const policy = buildPolicy(document, options.version ?? fileVersion(value));
  warnOfVoidCertificates(policy, findings);
  warnOfShortfalls(policy, findings);
  return { ok: true, policy, document: value, warnings: findings.warnings };
}

function warnOfVoidCertificates(policy: Policy, findings: Findings): void {
  for (const { task, faults } of voidCertificates(policy)) {
    for (const { what, message } of faults) {
      const again = 'the certificate is void; profile the task again';
      findings.warn(['tasks', task, 'certificate', what], `${message}: ${again}`);
    }
  }
}

const MENDED_BY = {
  risk: 'profile the task again',
  confidence: 'profile the task again',
  judge: 'have people judge a sheet (tierwise profile --review, --human)',
} as const;

function warnOfShortfalls(policy: Policy, findings: Findings): void {
  for (const task of Object.values(policy.tasks)) {
    for (const { what, message } of certificateShortfalls(task)) {
      findings.warn(['tasks', task.id, 'certificate', what], `${message}: ${MENDED_BY[what]}`);
    }
  }
}

/** Paths at which a document holds a key in plain text, for a store to refuse. */
export function literalKeys(document: unknown): readonly string[] {
  return findLiteralKeys(document).map(formatPath);
}

function applyPresets(root: Record<string, unknown>): void {
  if (!isRecord(root.tasks)) return;
  for (const [id, task] of Object.entries(root.tasks)) {
    if (isRecord(task)) root.tasks[id] = withPreset(task);
  }
}

/** Of the content: the same document has the same version, be it written in YAML or JSON. */
function fileVersion(document: unknown): string {
  return `file-${createHash('sha256').update(JSON.stringify(document)).digest('hex').slice(0, 12)}`;
}
