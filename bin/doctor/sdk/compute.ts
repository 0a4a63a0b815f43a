import type { InstanceFact } from '../../../lib/core/analysis/doctor/facts';
import { clientSettings, isNamed } from './settings';

export async function quota(region: string, code: string): Promise<number> {
  const { GetAWSDefaultServiceQuotaCommand, GetServiceQuotaCommand, ServiceQuotasClient } = await import(
    '@aws-sdk/client-service-quotas'
  );
  const client = new ServiceQuotasClient(clientSettings(region));
  const input = { ServiceCode: 'ec2', QuotaCode: code };
  try {
    return vcpusOf(await client.send(new GetServiceQuotaCommand(input)));
  } catch (error) {
    // An account that never had the quota changed has only the default.
    if (!isNamed(error, 'NoSuchResourceException')) throw error;
    return vcpusOf(await client.send(new GetAWSDefaultServiceQuotaCommand(input)));
  }
}

function vcpusOf({ Quota }: { readonly Quota?: { readonly Value?: number | undefined } | undefined }): number {
  if (Quota?.Value === undefined) throw new Error('Service Quotas gave no value');
  return Quota.Value;
}

export async function instance(region: string, type: string): Promise<InstanceFact> {
  const { DescribeInstanceTypeOfferingsCommand, DescribeInstanceTypesCommand, EC2Client } = await import(
    '@aws-sdk/client-ec2'
  );
  const client = new EC2Client(clientSettings(region));
  const offerings = await client.send(
    new DescribeInstanceTypeOfferingsCommand({
      LocationType: 'availability-zone',
      Filters: [{ Name: 'instance-type', Values: [type] }],
    }),
  );
  const zones = (offerings.InstanceTypeOfferings ?? []).flatMap(({ Location }) => Location ?? []).sort();
  if (zones.length === 0) return { zones };
  const input = { InstanceTypes: [type as never] };
  const { InstanceTypes = [] } = await client.send(new DescribeInstanceTypesCommand(input));
  const vcpus = InstanceTypes[0]?.VCpuInfo?.DefaultVCpus;
  return { zones, ...(vcpus !== undefined && { vcpus }) };
}
