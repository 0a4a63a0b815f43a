import type { Duration, Size } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from './acknowledge';

/** Folder of the instances that their tasks share: downloaded weights and compiled graphs, so that a restart is quick. */
export const CACHE_FOLDER = '/var/cache/vllm';

interface GpuCapacityProps {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets: ec2.SubnetSelection | undefined;
  readonly cluster: ecs.Cluster;
  readonly instanceType: ec2.InstanceType;
  readonly machineImage: ec2.IMachineImage | undefined;
  readonly rootVolumeSize: Size;
  readonly maxInstances: number;
  readonly stopTimeout: Duration;
}

/** Throughput of the root volume in MB/s: an image of 10 GB and weights are read from it at every start. */
const VOLUME_THROUGHPUT = 500;

/**
 * Instances of one GPU type as a capacity provider. One type, because ECS counts GPUs and not their memory: in a mixed
 * group a model would land where it does not fit.
 *
 * Instances are not protected from termination: a protected group keeps a stack from being deleted. ECS drains them
 * itself, without the function and the topic that older stacks carry.
 */
export class GpuCapacity extends Construct {
  public readonly capacityProviderName: string;
  public readonly securityGroup: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, props: GpuCapacityProps) {
    super(scope, id);
    this.securityGroup = new ec2.SecurityGroup(this, 'InstanceAccess', {
      vpc: props.vpc,
      allowAllOutbound: false,
      description: 'GPU instances: nobody reaches them, tasks have addresses of their own',
    });
    const role = this.newRole();
    const group = this.newGroup(props, this.newLaunchTemplate(props, role));
    const provider = new ecs.AsgCapacityProvider(this, 'Provider', {
      autoScalingGroup: group,
      enableManagedScaling: true,
      targetCapacityPercent: 100,
      maximumScalingStepSize: props.maxInstances,
      enableManagedTerminationProtection: false,
      enableManagedDraining: true,
    });
    props.cluster.addAsgCapacityProvider(provider);
    this.capacityProviderName = provider.capacityProviderName;
    // When the stack is deleted, instances that lost their rights first could not tell ECS that their tasks have ended.
    group.node.addDependency(role);
    this.acknowledgeAgentRights(role);
  }

  private newRole(): iam.Role {
    return new iam.Role(this, 'InstanceRole', {
      assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
      description: 'What the ECS agent of a GPU instance may do',
    });
  }

  private newLaunchTemplate(props: GpuCapacityProps, role: iam.Role): ec2.LaunchTemplate {
    return new ec2.LaunchTemplate(this, 'LaunchTemplate', {
      instanceType: props.instanceType,
      machineImage: props.machineImage ?? ecs.EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.GPU),
      role,
      securityGroup: this.securityGroup,
      userData: agentSettings(props.stopTimeout),
      httpEndpoint: true,
      requireImdsv2: true,
      httpPutResponseHopLimit: 1,
      detailedMonitoring: true,
      blockDevices: [
        {
          // The root device of Amazon Linux 2023.
          deviceName: '/dev/xvda',
          volume: ec2.BlockDeviceVolume.ebs(props.rootVolumeSize.toGibibytes(), {
            volumeType: ec2.EbsDeviceVolumeType.GP3,
            throughput: VOLUME_THROUGHPUT,
            encrypted: true,
            deleteOnTermination: true,
          }),
        },
      ],
    });
  }

  private newGroup(props: GpuCapacityProps, launchTemplate: ec2.LaunchTemplate): autoscaling.AutoScalingGroup {
    const group = new autoscaling.AutoScalingGroup(this, 'Instances', {
      vpc: props.vpc,
      ...(props.vpcSubnets && { vpcSubnets: props.vpcSubnets }),
      launchTemplate,
      minCapacity: 0,
      maxCapacity: props.maxInstances,
    });
    acknowledge(
      group,
      'AS3',
      'The group follows the tasks of ECS and has no capacity of its own to watch; the tier is watched by its queue and its health.',
    );
    return group;
  }

  private acknowledgeAgentRights(role: iam.Role): void {
    const reason =
      'The rights of the ECS agent as CDK grants them; these actions take no resource, or one cluster by condition.';
    acknowledge(role, 'IAM5[Action::ecs:Submit*]', reason);
    acknowledgeWildcard(role, '*', reason);
  }
}

function agentSettings(stopTimeout: Duration): ec2.UserData {
  const settings = [
    'ECS_ENABLE_GPU_SUPPORT=true',
    'ECS_ENABLE_TASK_IAM_ROLE=true',
    // Tasks have their own role and no business with the instance's.
    'ECS_AWSVPC_BLOCK_IMDS=true',
    `ECS_CONTAINER_STOP_TIMEOUT=${stopTimeout.toSeconds()}s`,
  ];
  const userData = ec2.UserData.forLinux();
  userData.addCommands(
    ...settings.map((setting) => `echo ${setting} >> /etc/ecs/ecs.config`),
    `mkdir -p ${CACHE_FOLDER}`,
  );
  return userData;
}
