import type { Identity, SecretFact } from '../../../lib/core/analysis/doctor/facts';
import { clientSettings, isNamed } from './settings';

const BOOTSTRAP_PARAMETER = '/cdk-bootstrap/hnb659fds/version';

export async function identity(region: string): Promise<Identity> {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const { Account = '', Arn = '' } = await new STSClient(clientSettings(region)).send(new GetCallerIdentityCommand({}));
  return { account: Account, principal: Arn, region };
}

export async function bootstrapVersion(region: string): Promise<number | undefined> {
  const { GetParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  try {
    const { Parameter } = await new SSMClient(clientSettings(region)).send(
      new GetParameterCommand({ Name: BOOTSTRAP_PARAMETER }),
    );
    return Number(Parameter?.Value);
  } catch (error) {
    if (isNamed(error, 'ParameterNotFound')) return undefined;
    throw error;
  }
}

export async function secret(region: string, nameOrArn: string): Promise<SecretFact> {
  const { DescribeSecretCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  try {
    const found = await new SecretsManagerClient(clientSettings(region)).send(
      new DescribeSecretCommand({ SecretId: nameOrArn }),
    );
    const stages = Object.values(found.VersionIdsToStages ?? {}).flat();
    return { exists: true, hasValue: stages.includes('AWSCURRENT'), deleted: found.DeletedDate !== undefined };
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return { exists: false, hasValue: false, deleted: false };
    throw error;
  }
}

export async function outputs(region: string, stack: string): Promise<Record<string, string> | undefined> {
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  try {
    const { Stacks = [] } = await new CloudFormationClient(clientSettings(region)).send(
      new DescribeStacksCommand({ StackName: stack }),
    );
    const pairs = Stacks[0]?.Outputs ?? [];
    return Object.fromEntries(pairs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  } catch (error) {
    if (isNamed(error, 'ValidationError') && /does not exist/.test((error as Error).message)) return undefined;
    throw error;
  }
}
