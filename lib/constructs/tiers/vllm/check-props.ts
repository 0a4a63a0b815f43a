import { Token } from 'aws-cdk-lib';
import { requireForeignFlags } from './command-line';
import type { GpuInstance } from './gpu-instances';
import type { VllmTierProps } from './props';
import type { Replicas } from './scaling';

/** Counts, the least each may be, and whether it has to be whole. */
const LEAST: readonly (readonly [prop: keyof VllmTierProps & string, least: number])[] = [
  ['contextWindow', 1],
  ['tensorParallel', 1],
  ['maxRunning', 1],
  ['maxWaiting', 0],
  ['maxQueuedTokens', 1],
  ['maxAdapterRank', 1],
  ['minReplicas', 0],
  ['maxReplicas', 1],
  ['minHealthyPercent', 0],
  ['maxHealthyPercent', 1],
];

/** Refuses what cannot be deployed or would never start, before anything is made of it. */
export function checkProps(path: string, props: VllmTierProps, replicas: Replicas): void {
  checkCounts(path, props);
  checkShares(path, props);
  checkReplicas(path, replicas, 'minReplicas', 'maxReplicas');
  for (const [index, { minReplicas, maxReplicas }] of (props.schedules ?? []).entries())
    checkSchedule(path, index, minReplicas, maxReplicas);
  checkNames(path, props);
  checkEgress(path, props);
  checkDrain(path, props);
  requireForeignFlags(path, props.extraArguments ?? []);
}

function checkCounts(path: string, props: VllmTierProps): void {
  for (const [prop, least] of LEAST) {
    const value = props[prop];
    if (typeof value !== 'number' || Token.isUnresolved(value)) continue;
    if (!Number.isInteger(value) || value < least)
      throw new Error(`${path}: ${prop} is ${value}; give a whole number of at least ${least}`);
  }
}

function checkShares(path: string, props: VllmTierProps): void {
  const { parametersBillions, gpuMemoryUtilization = 0.9, scaleOutWaiting = 1 } = props;
  if (!(parametersBillions > 0))
    throw new Error(`${path}: parametersBillions is ${parametersBillions}; give the model's size, such as 8 for 8B`);
  if (!(gpuMemoryUtilization > 0 && gpuMemoryUtilization < 1))
    throw new Error(
      `${path}: gpuMemoryUtilization is ${gpuMemoryUtilization}; give a share between 0 and 1, such as 0.9`,
    );
  if (!(scaleOutWaiting > 0))
    throw new Error(`${path}: scaleOutWaiting is ${scaleOutWaiting}; give a number of waiting requests above 0`);
  const { minHealthyPercent = 100, maxHealthyPercent = 200 } = props;
  if (minHealthyPercent > 100) throw new Error(`${path}: minHealthyPercent is ${minHealthyPercent}; give at most 100`);
  if (minHealthyPercent >= maxHealthyPercent)
    throw new Error(
      `${path}: minHealthyPercent ${minHealthyPercent} and maxHealthyPercent ${maxHealthyPercent} leave a rollout no replica ` +
        'to replace; lower the first (to 0 with one GPU) or raise the second',
    );
}

function checkReplicas(path: string, { min, max }: Replicas, minName: string, maxName: string): void {
  if (min > max)
    throw new Error(`${path}: ${minName} ${min} is more than ${maxName} ${max}; raise ${maxName} to ${min}`);
}

function checkSchedule(path: string, index: number, min: number | undefined, max: number | undefined): void {
  const name = `schedules[${index}]`;
  if (min === undefined && max === undefined)
    throw new Error(`${path}: ${name} changes nothing; give minReplicas, maxReplicas or both`);
  for (const value of [min, max])
    if (value !== undefined && (!Number.isInteger(value) || value < 0))
      throw new Error(`${path}: ${name} asks for ${value} replicas; give whole numbers of at least 0`);
  checkReplicas(path, { min: min ?? 0, max: max ?? Infinity }, `${name}.minReplicas`, `${name}.maxReplicas`);
}

function checkNames(path: string, { model, modelVersion, adapters = [] }: VllmTierProps): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(modelVersion) && !Token.isUnresolved(modelVersion))
    throw new Error(
      `${path}: modelVersion "${modelVersion}" is not allowed; it is a folder's name: use letters, digits, dots, hyphens and underscores`,
    );
  const names = [model, ...adapters.map(({ name }) => name)];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`${path}: two of the model and its adapters are called ${twice}; rename one adapter`);
}

function checkEgress(path: string, { httpsTo, weights, adapters = [] }: VllmTierProps): void {
  if (httpsTo?.length !== 0) return;
  const remedy = 'but httpsTo is empty; stage them into S3 and use fromS3, or name peers in httpsTo';
  if (weights._source.folder === undefined) throw new Error(`${path}: weights from the hub need a way out, ${remedy}`);
  const remote = adapters.filter(({ _source }) => _source.kind === 'hub').map(({ name }) => name);
  if (remote.length > 0)
    throw new Error(`${path}: adapters from the hub (${remote.join(', ')}) need a way out, ${remedy}`);
}

/** The longest that a load balancer waits for a target it has given up. */
const LONGEST_DRAIN_SECONDS = 3600;

function checkDrain(path: string, { drainTimeout }: VllmTierProps): void {
  const seconds = drainTimeout?.toSeconds() ?? 0;
  if (seconds > LONGEST_DRAIN_SECONDS)
    throw new Error(
      `${path}: drainTimeout is ${seconds} seconds; give at most ${LONGEST_DRAIN_SECONDS}, as long as a load balancer waits`,
    );
}

/** Refuses a split that the GPUs of the instance do not allow. */
export function checkTensorParallel(path: string, gpus: number, instance: GpuInstance): void {
  const divisors = [1, 2, 4, 8].filter((count) => instance.gpus % count === 0);
  if (divisors.includes(gpus)) return;
  const wrong =
    gpus > instance.gpus
      ? `is more than the ${instance.gpus} of ${instance.type}`
      : `does not divide its ${instance.gpus}`;
  throw new Error(
    `${path}: tensorParallel ${gpus} ${wrong} GPUs; use ${divisors.join(', ')}, or a type with more GPUs`,
  );
}
