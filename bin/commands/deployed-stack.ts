import type { TableNames } from '../../lambda/shared/store/tables';
import { type Deployment, parseDeployment } from '../../lib/core/policy/deployment';
import { outputs } from '../doctor/sdk/account';
import { UserError } from './command';

/** What a deployed stack says of its router in its outputs. */
export interface DeployedStack {
  readonly tables: TableNames;
  readonly region: string;
  /** What no published policy may widen. */
  readonly deployment: Deployment;
}

const NAMES = {
  policy: 'PolicyTableName',
  attribution: 'AttributionTableName',
  access: 'AccessTableName',
  fixed: 'DeploymentFixed',
} as const;

export async function readDeployedStack(name: string, region: string): Promise<DeployedStack> {
  const found = await outputs(region, name);
  if (found === undefined) throw new UserError(`There is no stack ${name} in ${region}; check --stack and --region.`);
  const { [NAMES.policy]: policyTable, [NAMES.attribution]: attributionTable, [NAMES.access]: accessTable } = found;
  const fixed = found[NAMES.fixed];
  if (policyTable === undefined || attributionTable === undefined || accessTable === undefined || fixed === undefined) {
    throw new UserError(`Stack ${name} has no router: its outputs lack ${Object.values(NAMES).join(', ')}.`);
  }
  return { tables: { policyTable, attributionTable, accessTable }, region, deployment: parseDeployment(fixed) };
}
