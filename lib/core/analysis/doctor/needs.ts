import type { Policy, Tier } from '../../types-policy';
import type { GpuNeed, Needs, Stage } from './facts';

export interface NeedsOptions {
  readonly stage: Stage;
  readonly region: string;
  readonly residency: boolean;
  readonly weights: readonly string[];
  readonly images: readonly string[];
}

/** What a stage and a policy ask of an account. Without a policy, only what every deployment asks. */
export function needsOf(policy: Policy | undefined, options: NeedsOptions): Needs {
  const tiers = Object.values(policy?.tiers ?? {}).filter(({ enabled }) => enabled);
  const gpuTiers = tiers.filter(({ gpu }) => gpu !== undefined);
  const hasGpus = options.stage !== 'api';
  return {
    ...options,
    gpus: hasGpus ? gpuTiers.map(gpuNeed) : [],
    models: tiers
      .filter(({ provider }) => provider === 'bedrock')
      .map((tier) => ({ tier: tier.id, id: tier.profile ?? tier.model, region: tier.region ?? options.region })),
    secrets: tiers.flatMap(({ id, apiKeySecret }) =>
      apiKeySecret === undefined || isOpen(apiKeySecret) ? [] : [{ tier: id, name: apiKeySecret }],
    ),
    weights: hasGpus ? options.weights : [],
    images: hasGpus ? options.images : [],
    notes: notesOn(options, policy, gpuTiers),
  };
}

function gpuNeed({ id, gpu }: Tier): GpuNeed {
  const min = Math.max(gpu?.min ?? 1, 0);
  return { tier: id, instance: gpu?.instance ?? '', min, max: Math.max(gpu?.max ?? min, min, 1) };
}

/** A `${VAR}` that stayed, as the stack sets it. */
function isOpen(value: string): boolean {
  return value.includes('${');
}

function notesOn(options: NeedsOptions, policy: Policy | undefined, gpuTiers: readonly Tier[]): string[] {
  if (policy === undefined) return ['no policy given, so tiers, models and secrets are not looked at (--policy FILE)'];
  const notes: string[] = [];
  if (options.stage === 'api')
    for (const { id } of gpuTiers) notes.push(`tier ${id} runs on GPUs, and stage api deploys none`);
  else if (gpuTiers.length === 0) notes.push(`no tier of the policy says on which GPUs it runs (gpu: { instance })`);
  for (const { id, apiKeySecret = '' } of Object.values(policy.tiers))
    if (isOpen(apiKeySecret)) notes.push(`tier ${id} takes its secret from ${apiKeySecret}, which the stack sets`);
  if (gpuTiers.length > 0 && options.stage !== 'api') {
    if (options.weights.length === 0)
      notes.push('no weights named, so none are looked for (--weights s3://BUCKET/PREFIX)');
    if (options.images.length === 0) notes.push('no image named, so none is looked for (--image URI)');
  }
  return notes;
}
