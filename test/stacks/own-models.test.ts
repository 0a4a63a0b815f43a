import { describe, expect, it } from 'vitest';
import { VllmTier } from '../../lib/index';
import { asText } from '../constructs/a-router';
import { aReferenceStack, formOf, OWN_FORMS, type Resource, Synthesized } from './a-reference-stack';

describe.each(OWN_FORMS)('the GPU instances of the reference stack %s', (form) => {
  const made = formOf(form);

  it('answer for their metadata to those alone who have a token, and not to tasks', () => {
    const templates = made.ofType('AWS::EC2::LaunchTemplate');
    expect(templates.length).toBeGreaterThan(0);
    for (const { properties } of templates) {
      expect(properties.LaunchTemplateData.MetadataOptions).toMatchObject({
        HttpTokens: 'required',
        HttpPutResponseHopLimit: 1,
      });
      expect(JSON.stringify(properties.LaunchTemplateData.UserData)).toContain('ECS_AWSVPC_BLOCK_IMDS=true');
    }
    made.template.resourceCountIs('AWS::AutoScaling::LaunchConfiguration', 0);
  });

  it('have encrypted volumes', () => {
    for (const { properties } of made.ofType('AWS::EC2::LaunchTemplate'))
      for (const { Ebs } of properties.LaunchTemplateData.BlockDeviceMappings) expect(Ebs.Encrypted).toBe(true);
  });

  it('can be taken away with their stack, drained by ECS itself', () => {
    for (const { properties } of made.ofType('AWS::ECS::CapacityProvider'))
      expect(properties.AutoScalingGroupProvider).toMatchObject({
        ManagedTerminationProtection: 'DISABLED',
        ManagedDraining: 'ENABLED',
      });
    for (const { properties } of made.ofType('AWS::AutoScaling::AutoScalingGroup'))
      expect(properties.NewInstancesProtectedFromScaleIn ?? false).toBe(false);
    made.template.resourceCountIs('AWS::AutoScaling::LifecycleHook', 0);
  });
});

/** A security group by the part of its id that says whose it is. */
function ownerOf(reference: { 'Fn::GetAtt': [string, string] }): string {
  const [id] = reference['Fn::GetAtt'];
  return (
    /^(Router|Tier[a-z]+|Callers|Network[A-Za-z]+?Endpoint)(Function|EntranceEntranceAccess|TaskAccess|CapacityInstanceAccess)?/.exec(
      id,
    )?.[0] ?? id
  );
}

function rulesInto(made: Synthesized, group: RegExp): [from: string, port: number][] {
  return made
    .ofType('AWS::EC2::SecurityGroupIngress')
    .filter(({ properties }) => group.test(ownerOf(properties.GroupId)))
    .map(({ properties }) => [ownerOf(properties.SourceSecurityGroupId), properties.FromPort]);
}

describe.each(OWN_FORMS)('the models of the reference stack %s', (form) => {
  const made = formOf(form);
  const ids = tierIds(made);

  it('are reached through load balancers that are internal and drop bad headers', () => {
    const balancers = made.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(balancers).toHaveLength(ids.length);
    for (const { properties } of balancers) {
      expect(properties.Scheme).toBe('internal');
      expect(properties.LoadBalancerAttributes).toContainEqual({
        Key: 'routing.http.drop_invalid_header_fields.enabled',
        Value: 'true',
      });
    }
  });

  it.each(ids)('admit the router alone: tier %s', (id) => {
    expect(rulesInto(made, new RegExp(`^Tier${id}EntranceEntranceAccess`))).toEqual([['RouterFunction', 80]]);
    expect(rulesInto(made, new RegExp(`^Tier${id}TaskAccess`))).toEqual([[`Tier${id}EntranceEntranceAccess`, 8000]]);
    expect(rulesInto(made, new RegExp(`^Tier${id}CapacityInstanceAccess`))).toEqual([]);
  });

  it('and all else have groups that admit nobody by an address', () => {
    const groups = made.ofType('AWS::EC2::SecurityGroup');
    for (const { id, properties } of groups) expect({ id, rules: properties.SecurityGroupIngress }).toEqual({ id });
    for (const { properties } of made.ofType('AWS::EC2::SecurityGroupIngress')) {
      expect(properties).not.toHaveProperty('CidrIp');
      expect(properties).not.toHaveProperty('CidrIpv6');
    }
  });

  it('and the router let out HTTPS at most, and where nothing may leave not even that', () => {
    const open = made
      .ofType('AWS::EC2::SecurityGroup')
      .flatMap(({ properties }) => properties.SecurityGroupEgress ?? [])
      .filter(({ CidrIp }) => CidrIp !== '255.255.255.255/32');
    if (form === 'resident') expect(open).toEqual([]);
    for (const { CidrIp, FromPort, ToPort, IpProtocol } of open)
      expect([CidrIp, IpProtocol, FromPort, ToPort]).toEqual(['0.0.0.0/0', 'tcp', 443, 443]);
  });

  it('and the router stand in subnets whose addresses nobody outside knows', () => {
    const publicSubnets = made
      .ofType('AWS::EC2::Subnet')
      .filter(({ properties }) => properties.MapPublicIpOnLaunch)
      .map(({ id }) => id);
    const placed = [
      ...made.router.properties.VpcConfig.SubnetIds,
      ...made
        .ofType('AWS::ECS::Service')
        .flatMap(({ properties }) => properties.NetworkConfiguration.AwsvpcConfiguration.Subnets),
      ...made.ofType('AWS::AutoScaling::AutoScalingGroup').flatMap(({ properties }) => properties.VPCZoneIdentifier),
      ...made.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer').flatMap(({ properties }) => properties.Subnets),
    ].map(({ Ref }) => Ref);
    expect(placed.length).toBeGreaterThan(5);
    expect(placed.filter((subnet) => publicSubnets.includes(subnet))).toEqual([]);
    expect(publicSubnets).toHaveLength(form === 'resident' ? 0 : 2);
  });

  it('are rolled out only while they answer, and else rolled back', () => {
    for (const { properties } of made.ofType('AWS::ECS::Service'))
      expect(properties.DeploymentConfiguration.DeploymentCircuitBreaker).toEqual({ Enable: true, Rollback: true });
  });
});

function tierIds({ stack }: Synthesized): string[] {
  return stack.node.children
    .filter((child) => child instanceof VllmTier)
    .map(({ node }) => node.id.replace('Tier-', ''));
}

describe('a stack whose network has no way out', () => {
  const made = formOf('resident');

  it('takes both images from the registry of its own account, in a version that does not change', () => {
    const images = made.ofType('AWS::ECS::TaskDefinition').flatMap(imagesOf);
    const own = (name: string) => `<AWS::AccountId>.dkr.ecr.<AWS::Region>.<AWS::URLSuffix>/${name}`;
    expect(new Set(images)).toEqual(
      new Set([own(`vllm:${VllmTier.IMAGE_TAG}`), own(`cloudwatch-agent:${VllmTier.METRICS_IMAGE_TAG}`)]),
    );
  });

  it('lets through its endpoints of the registry just the repositories of its own account, and the one of AWS', () => {
    const [endpoint] = made
      .ofType('AWS::EC2::VPCEndpoint')
      .filter(({ properties }) => JSON.stringify(properties.ServiceName).includes('ecr.api'));
    const pulls = endpoint?.properties.PolicyDocument.Statement.filter(({ Action }: { Action: unknown }) =>
      [Action].flat().includes('ecr:BatchGetImage'),
    );
    expect(JSON.stringify(pulls)).toContain('{"Ref":"AWS::AccountId"},":repository/*"');
    expect(JSON.stringify(pulls)).not.toMatch(/"Resource":"\*"/);
  });

  it('says what must be brought where', () => {
    expect(asText(made.outputs.VllmImage?.Value)).toBe(
      `<AWS::AccountId>.dkr.ecr.<AWS::Region>.<AWS::URLSuffix>/vllm:${VllmTier.IMAGE_TAG}`,
    );
    expect(asText(made.outputs.MetricsImage?.Value)).toMatch(/\/cloudwatch-agent:\d/);
    for (const name of ['VllmImage', 'MetricsImage'])
      expect(made.outputs[name]?.Description).toContain('tierwise stage image');
  });

  it('has a group for those who may call its API', () => {
    const callers = made.outputs.CallerSecurityGroupId?.Value;
    expect(callers).toEqual(made.stack.resolve(made.stack.callers?.securityGroupId));
    expect(rulesInto(made, /^NetworkExecuteApiEndpoint/)).toEqual([['Callers', 443]]);
    expect(
      made
        .ofType('AWS::EC2::SecurityGroupEgress')
        .filter(({ properties }) => ownerOf(properties.GroupId) === 'Callers'),
    ).toHaveLength(1);
  });
});

describe('the outputs of a stack with models of its own', () => {
  const { outputs, stack } = formOf('self-hosted');

  it('say where weights belong, by the folder that vLLM will read', () => {
    const bucket = stack.resolve(stack.weightsBucket?.bucketName).Ref;
    expect(outputs.WeightsBucketName?.Value).toEqual({ Ref: bucket });
    expect(asText(outputs.SmallWeights?.Value)).toBe(`s3://<${bucket}>/weights/llama-3.1-8b-instruct/v1/`);
    const commands = formOf('self-hosted')
      .ofType('AWS::ECS::TaskDefinition')
      .map(({ properties }) => JSON.stringify(properties.ContainerDefinitions[0].Command));
    expect(commands.some((command) => command.includes('/weights/llama-3.1-8b-instruct/v1/'))).toBe(true);
  });

  it('say which quota each model counts against, and how far', () => {
    expect(outputs.SmallQuotaCode?.Value).toBe('L-DB2E81BA');
    // Six replicas on 4 vCPUs each, twice in a rollout; and two on 48.
    expect(outputs.SmallMaxVcpus?.Value).toBe('48');
    expect(outputs.LargeMaxVcpus?.Value).toBe('192');
  });

  it('speak of no image where those of AWS are taken, and of no weights where there is no model', () => {
    expect(outputs).not.toHaveProperty('VllmImage');
    expect(Object.keys(formOf('api').outputs)).not.toContain('WeightsBucketName');
  });
});

describe('what a first deployment can be told', () => {
  it('is a bucket that there is already, which then stays as it is', () => {
    const made = new Synthesized(aReferenceStack('hybrid', { weightsBucketName: 'of-ours' }));
    expect(made.outputs.WeightsBucketName?.Value).toBe('of-ours');
    made.template.resourceCountIs('AWS::S3::Bucket', 0);
  });

  it('is to start no model yet', () => {
    const made = new Synthesized(aReferenceStack('self-hosted', { asleep: true }));
    made.template.allResourcesProperties('AWS::ECS::Service', { DesiredCount: 0 });
    made.template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
  });

  it('is which images to take, by their tag or digest', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const made = new Synthesized(
      aReferenceStack('hybrid', { vllmImage: 'team/vllm:0.31', metricsImage: `agent@${digest}` }),
    );
    expect(made.ofType('AWS::ECS::TaskDefinition').flatMap(imagesOf)).toEqual([
      '<AWS::AccountId>.dkr.ecr.<AWS::Region>.<AWS::URLSuffix>/team/vllm:0.31',
      `<AWS::AccountId>.dkr.ecr.<AWS::Region>.<AWS::URLSuffix>/agent@${digest}`,
    ]);
  });
});

function imagesOf({ properties }: Resource): string[] {
  return properties.ContainerDefinitions.map(({ Image }: { Image: unknown }) => asText(Image));
}
