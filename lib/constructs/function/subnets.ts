import type * as ec2 from 'aws-cdk-lib/aws-ec2';

/** Whether something in these subnets may leave the VPC, as far as the VPC says which of its subnets are isolated. */
export function leadsOut(vpc: ec2.IVpc, selection: ec2.SubnetSelection | undefined): boolean {
  const { subnets, isPendingLookup } = vpc.selectSubnets(selection);
  if (isPendingLookup === true) return true;
  const isolated = new Set(vpc.isolatedSubnets.map(({ subnetId }) => subnetId));
  return !subnets.every(({ subnetId }) => isolated.has(subnetId));
}
