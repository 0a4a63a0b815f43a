import type { Fact, Facts, Finding, GpuNeed, InstanceFact, Needs, QuotaFamily } from './facts';
import { unknown } from './unknown';

interface Quota {
  readonly family: QuotaFamily;
  /** What EC2 calls it. */
  readonly name: string;
  /** Its code in Service Quotas, under `ec2`. */
  readonly code: string;
  /** What the names of its instance types begin with. */
  readonly instances: RegExp;
}

/** On-demand quotas count virtual processors, and are nought or little in a new account. */
const QUOTAS: readonly Quota[] = [
  {
    family: 'g-and-vt',
    name: 'Running On-Demand G and VT instances',
    code: 'L-DB2E81BA',
    instances: /^(g|vt)\d/,
  },
  { family: 'p', name: 'Running On-Demand P instances', code: 'L-417A185B', instances: /^p\d/ },
];

/** The quota an instance type counts against, or undefined where it is of none that has GPUs for us. */
function quotaOf(instance: string): Quota | undefined {
  return QUOTAS.find(({ instances }) => instances.test(instance));
}

/** Which quotas to ask for. A stage with GPUs whose policy says nothing of them is looked at for the commoner ones. */
export function quotasNeeded({ stage, gpus }: Pick<Needs, 'stage' | 'gpus'>): Quota[] {
  if (stage === 'api') return [];
  if (gpus.length === 0) return QUOTAS.slice(0, 1);
  return QUOTAS.filter((quota) => gpus.some(({ instance }) => quotaOf(instance) === quota));
}

export function judgeGpus(needs: Needs, facts: Facts): Finding[] {
  const instances = [...new Set(needs.gpus.map(({ instance }) => instance))];
  return [
    ...quotasNeeded(needs).map((quota) => judgeQuota(quota, needs, facts)),
    ...instances.map((instance) => judgeInstance(instance, needs, facts.instances[instance])),
  ];
}

function judgeQuota(quota: Quota, { gpus, region }: Needs, facts: Facts): Finding {
  const about = { check: 'quota', subject: quota.name } as const;
  const fact = facts.quotas[quota.family];
  if (!fact?.known) return unknown(about, fact, 'servicequotas:GetServiceQuota');
  const counted = gpus.filter(({ instance }) => quotaOf(instance) === quota);
  const atLeast = vcpusOf(counted, facts, ({ min }) => min);
  const atMost = vcpusOf(counted, facts, ({ max }) => max);
  const evidence = `${fact.value} vCPUs in ${region}; ${counted.length === 0 ? 'the policy names no GPUs' : `needed ${atLeast} to ${atMost} (${wordsOf(counted)})`}`;
  const wanted = Math.max(atMost, 1);
  if (fact.value >= wanted) return { ...about, verdict: 'pass', evidence };
  const remedy = `ask for ${wanted}: aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${quota.code} --desired-value ${wanted} --region ${region}`;
  const enoughToStart = atLeast > 0 && fact.value >= atLeast;
  return { ...about, verdict: enoughToStart ? 'warn' : 'fail', evidence, remedy };
}

function vcpusOf(gpus: readonly GpuNeed[], facts: Facts, instancesOf: (need: GpuNeed) => number): number {
  return gpus.reduce((sum, need) => {
    const fact = facts.instances[need.instance];
    return sum + (fact?.known ? (fact.value.vcpus ?? 0) : 0) * instancesOf(need);
  }, 0);
}

function wordsOf(gpus: readonly GpuNeed[]): string {
  return gpus.map(({ tier, instance, min, max }) => `${tier}: ${min} to ${max} ${instance}`).join(', ');
}

function judgeInstance(instance: string, { region }: Needs, fact: Fact<InstanceFact> | undefined): Finding {
  const about = { check: 'instance', subject: instance } as const;
  if (quotaOf(instance) === undefined)
    return {
      ...about,
      verdict: 'fail',
      evidence: 'not of a family with NVIDIA GPUs that vLLM runs on (g, vt, p)',
      remedy: 'name an instance type such as g6e.xlarge in the gpu of the tier',
    };
  if (!fact?.known) return unknown(about, fact, 'ec2:DescribeInstanceTypes and ec2:DescribeInstanceTypeOfferings');
  const { vcpus, zones } = fact.value;
  if (vcpus === undefined || zones.length === 0)
    return {
      ...about,
      verdict: 'fail',
      evidence: `not offered in ${region}`,
      remedy: 'choose another instance type, or another region',
    };
  const evidence = `${vcpus} vCPUs, offered in ${zones.join(', ')}`;
  if (zones.length > 1) return { ...about, verdict: 'pass', evidence };
  const remedy = 'one zone is one place to run out of capacity; choose a type that more zones offer, if you can';
  return { ...about, verdict: 'warn', evidence, remedy };
}
