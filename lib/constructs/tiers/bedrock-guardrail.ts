import { Token } from 'aws-cdk-lib';
import type { TierBindOptions } from './tier';

/** A guardrail that every call to a tier must carry. */
export interface BedrockGuardrail {
  /** Id or ARN of the guardrail. May be a token. */
  readonly id: string;
  /**
   * Its version. May be a token.
   *
   * @default 'DRAFT'
   */
  readonly version?: string;
}

/** Refuses a policy whose calls would all be denied, because they would carry another guardrail than the tier's, or none. */
export function requireGuardrail(path: string, own: BedrockGuardrail | undefined, policy: TierBindOptions): void {
  const { id: tier, guardrail, guardrailVersion: version = 'DRAFT' } = policy;
  if (own === undefined) {
    if (guardrail === undefined) return;
    throw new Error(
      `${path}: the policy's tier ${tier} names guardrail ${guardrail}, which the router may not apply; pass guardrail: { id: '${guardrail}', version: '${version}' }, or take it out of the policy`,
    );
  }
  const { id, version: ownVersion = 'DRAFT' } = own;
  const wanted = Token.isUnresolved(id) ? "the stack's guardrail" : `{ id: ${id}, version: ${ownVersion} }`;
  if (guardrail === undefined) {
    throw new Error(
      `${path}: the policy's tier ${tier} names no guardrail, and calls without this tier's are denied; write guardrail: ${wanted} in the policy, or leave guardrail out here`,
    );
  }
  if (agrees(guardrail, id, lastPart) && agrees(version, ownVersion)) return;
  throw new Error(
    `${path}: the policy's tier ${tier} names guardrail ${guardrail} in version ${version}, and calls without this tier's are denied; write guardrail: ${wanted} in the policy, or pass another guardrail`,
  );
}

/** What only the deployment or the router will know is let through. */
function agrees(written: string, own: string, essence: (text: string) => string = (text) => text): boolean {
  return Token.isUnresolved(own) || written.includes('${') || essence(written) === essence(own);
}

/** The id, of which an ARN is the long form. */
function lastPart(idOrArn: string): string {
  return idOrArn.slice(idOrArn.lastIndexOf('/') + 1);
}
