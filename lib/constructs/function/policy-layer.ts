import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import type { Construct } from 'constructs';
import type { PolicySource } from '../policy-source';

const FOLDER = 'tierwise';
const FILE = 'policy.yaml';

/** Where the function finds the policy: the platform lays layers over `/opt`. */
export const POLICY_PATH = `/opt/${FOLDER}/${FILE}`;

/** The policy as an asset of its own, so that another policy does not upload the bundle again. */
export function policyLayer(scope: Construct, id: string, policy: PolicySource): lambda.LayerVersion {
  const folder = mkdtempSync(join(tmpdir(), 'tierwise-policy-'));
  // The platform keeps the modes of an archive, and the function is another user than the one who made it.
  mkdirSync(join(folder, FOLDER));
  chmodSync(join(folder, FOLDER), 0o755);
  writeFileSync(join(folder, FOLDER, FILE), policy._text);
  chmodSync(join(folder, FOLDER, FILE), 0o644);
  const layer = new lambda.LayerVersion(scope, id, {
    code: lambda.Code.fromAsset(folder),
    description: `Policy ${policy._policy.id} that is in force until one is published`,
  });
  // Staged by now, unless whoever synthesizes reads assets from where they lie.
  if (scope.node.tryGetContext(DISABLE_ASSET_STAGING_CONTEXT) === undefined) rmSync(folder, { recursive: true });
  return layer;
}
