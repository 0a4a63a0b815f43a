import * as z from 'zod';
import { LOCATIONS, type Location, type Policy, RESIDENCIES, type Residency, type Tier } from '../types-policy';
import type { Fault } from './fault';
import { formatPath, type Path } from './path';

/** Where the prompts of one deployed tier go. */
export interface DeployedTier {
  readonly provider: string;
  /** Absent: the provider's own endpoint. */
  readonly baseUrl?: string;
  /** AWS region of the endpoint; absent: the router's own. */
  readonly region?: string;
  /** For a host where the model decides how far prompts go: what may be asked for. Absent: any model. */
  readonly models?: readonly string[];
  readonly location: Location;
  readonly geography?: string;
}

/** Where prompts are kept, if a policy wants them to be. */
export interface PromptPlace {
  readonly bucket: string;
  /** ARN of the bucket's key of KMS. */
  readonly key: string;
}

/** What infrastructure fixes and no policy may widen. */
export interface Deployment {
  /** AWS region of the router, for tiers that name none. */
  readonly region?: string;
  /** What `residency: geography` means. */
  readonly geography?: string;
  readonly tiers: Readonly<Record<string, DeployedTier>>;
  /** The widest residency of a task; under `*` that of every other one. */
  readonly residency: Readonly<Record<string, Residency>>;
  /** Absent: no policy may have prompts kept. */
  readonly prompts?: PromptPlace;
}

/** What a policy may write for the key of the place where prompts are kept. */
export const PROMPT_KEY_VARIABLE = 'PROMPT_KEY';

const OTHER_TASKS = '*';

/** Where a provider answers when nobody says otherwise, by AWS region. */
const OWN_ENDPOINTS: Readonly<Record<string, (region: string) => string>> = {
  anthropic: () => 'https://api.anthropic.com/v1',
  bedrock: (region) => `https://bedrock-runtime.${region}.amazonaws.com`,
};

const text = z.string().min(1);

const tierSchema = z
  .strictObject({
    provider: text,
    baseUrl: text.exactOptional(),
    region: text.exactOptional(),
    models: z.array(text).exactOptional(),
    location: z.enum(LOCATIONS),
    geography: text.exactOptional(),
  })
  .refine(({ location, geography }) => location !== 'geography' || geography !== undefined, {
    path: ['geography'],
    message: 'is required where location is geography',
  });

const deploymentSchema = z.strictObject({
  region: text.exactOptional(),
  geography: text.exactOptional(),
  tiers: z.record(z.string(), tierSchema),
  residency: z
    .record(z.string(), z.enum(RESIDENCIES))
    .refine((residency) => Object.hasOwn(residency, OTHER_TASKS), { message: `must have a member "${OTHER_TASKS}"` }),
  prompts: z.strictObject({ bucket: text, key: text }).exactOptional(),
});

/** Reads what a deployment says of itself, as JSON. Throws one error that lists everything wrong with it. */
export function parseDeployment(json: string): Deployment {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Error('the deployment is not JSON');
  }
  const read = deploymentSchema.safeParse(value);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => `${formatPath(path as Path)}: ${message}`);
  throw new Error(`the deployment cannot be used: ${faults.join('; ')}`);
}

/** The residency a policy's tasks have, as a deployment of it fixes them. */
export function fixedResidency(policy: Policy): Readonly<Record<string, Residency>> {
  const others = policy.tasks[policy.defaultTask]?.residency ?? 'vpc';
  const apart = Object.values(policy.tasks).filter(({ residency }) => residency !== others);
  return { [OTHER_TASKS]: others, ...Object.fromEntries(apart.map(({ id, residency }) => [id, residency])) };
}

/**
 * Where a policy would let prompts go further than its deployment does. Addresses are compared, never told: what is
 * refused is shown to whoever asks for the router's health.
 */
export function wideningFaults(policy: Policy, deployment: Deployment): readonly Fault[] {
  return [
    ...geographyFaults(policy, deployment),
    ...Object.values(policy.tiers).flatMap((tier) => tierFaults(tier, deployment)),
    ...residencyFaults(policy, deployment),
    ...promptFaults(policy, deployment),
  ];
}

function fault(path: Path, message: string, given: string, allowed: string): Fault {
  return { path: formatPath(path), message, given: JSON.stringify(given), allowed };
}

/** Another geography would admit other tiers to every request that says `geography`. */
function geographyFaults({ geography }: Policy, deployment: Deployment): readonly Fault[] {
  if (geography === undefined || geography === deployment.geography) return [];
  const allowed = deployment.geography ?? 'none';
  return [fault(['geography'], 'is fixed by the deployment', geography, allowed)];
}

/** The same for one tier. */
export function tierFaults(tier: Tier, deployment: Deployment): readonly Fault[] {
  const sameProvider = Object.entries(deployment.tiers).filter(([, { provider }]) => provider === tier.provider);
  if (sameProvider.length === 0) {
    const deployed = new Set(Object.values(deployment.tiers).map(({ provider }) => provider));
    const message = 'no tier of this provider is deployed';
    return [fault(['tiers', tier.id, 'provider'], message, tier.provider, [...deployed].join(', ') || 'none')];
  }
  const address = addressOf(tier, deployment);
  const hosts = sameProvider.filter(([, host]) => addressOf(host, deployment) === address).map(([, host]) => host);
  if (hosts.length === 0) return [unknownEndpoint(tier, sameProvider)];
  const asked = modelsOf(tier).map((one) => ({ ...one, serving: hosts.filter((host) => serves(host, one.model)) }));
  const served = [...new Set(hosts.flatMap((host) => host.models ?? []))].join(', ');
  return [
    ...asked
      .filter(({ serving }) => serving.length === 0)
      .map(({ path, model }) => fault(path, 'is no model that this deployment may call there', model, served)),
    ...nearerFaults(
      tier,
      asked.flatMap(({ serving }) => serving),
    ),
  ];
}

function serves({ models }: DeployedTier, model: string): boolean {
  return models === undefined || models.includes(model);
}

function unknownEndpoint(tier: Tier, known: readonly (readonly [string, DeployedTier])[]): Fault {
  const key = tier.baseUrl !== undefined ? 'baseUrl' : tier.region !== undefined ? 'region' : 'provider';
  return {
    path: formatPath(['tiers', tier.id, key]),
    message: 'leads to an endpoint that the deployment does not know',
    allowed: `the endpoints of ${known.map(([id]) => id).join(', ')}`,
  };
}

/** Origin and path; what cannot be read as an address is itself. */
function addressOf({ provider, baseUrl, region }: DeployedTier | Tier, deployment: Deployment): string {
  const address = baseUrl ?? OWN_ENDPOINTS[provider]?.(region ?? deployment.region ?? '') ?? '';
  if (!URL.canParse(address)) return address;
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`.replace(/\/+$/, '');
}

/** Everything a tier may ask its host for. */
function modelsOf({ id, model, profile, adapters }: Tier): readonly { readonly path: Path; readonly model: string }[] {
  return [
    { path: ['tiers', id, profile === undefined ? 'model' : 'profile'], model: profile ?? model },
    ...Object.entries(adapters).map(([task, adapter]) => ({ path: ['tiers', id, 'adapters', task], model: adapter })),
  ];
}

/** Each host that may be meant must be as near as the tier claims. */
function nearerFaults(tier: Tier, hosts: readonly DeployedTier[]): readonly Fault[] {
  const host = hosts.find((candidate) => isNearer(tier, candidate));
  if (host === undefined) return [];
  const wider = LOCATIONS.slice(LOCATIONS.indexOf(host.location)).map((location) =>
    location === 'geography' && host.location === 'geography' ? place(host) : location,
  );
  const message = `is nearer than the tier is: its prompts go as far as ${place(host)}`;
  return [fault(['tiers', tier.id, 'location'], message, place(tier), wider.join(', '))];
}

/** Whether a request might be let through to the tier that its true place would have kept away. */
function isNearer(claim: Tier, truth: DeployedTier): boolean {
  if (LOCATIONS.indexOf(claim.location) < LOCATIONS.indexOf(truth.location)) return true;
  return claim.location === 'geography' && truth.location === 'geography' && claim.geography !== truth.geography;
}

function place({ location, geography }: DeployedTier | Tier): string {
  return location === 'geography' ? `geography ${geography ?? '(unnamed)'}` : location;
}

function residencyFaults(policy: Policy, deployment: Deployment): readonly Fault[] {
  const others = deployment.residency[OTHER_TASKS] ?? 'vpc';
  const faults = Object.values(policy.tasks).flatMap(({ id, residency }) => {
    const fixed = Object.hasOwn(deployment.residency, id) ? (deployment.residency[id] as Residency) : others;
    const message = 'lets prompts travel further than the deployment does';
    return isWider(residency, fixed) ? [fault(['tasks', id, 'residency'], message, residency, upTo(fixed))] : [];
  });
  // The task of every request that names none decides how far that one travels.
  const fallback = policy.tasks[policy.defaultTask];
  if (fallback === undefined || !isWider(fallback.residency, others)) return faults;
  const message = `a task with residency ${fallback.residency} lets untagged prompts travel further than the deployment does`;
  return [...faults, fault(['default', 'task'], message, fallback.id, `a task with residency ${upTo(others)}`)];
}

function isWider(one: Residency, other: Residency): boolean {
  return RESIDENCIES.indexOf(one) > RESIDENCIES.indexOf(other);
}

function upTo(widest: Residency): string {
  return RESIDENCIES.slice(0, RESIDENCIES.indexOf(widest) + 1).join(', ');
}

function promptFaults({ attribution }: Policy, { prompts: place }: Deployment): readonly Fault[] {
  const { prompts } = attribution;
  if (prompts === undefined) return [];
  const path = ['attribution', 'prompts'];
  if (place === undefined)
    return [{ path: formatPath(path), message: 'this deployment has no place for prompts, so none may be kept' }];
  if (prompts.kmsKey === place.key || place.key.endsWith(`:key/${prompts.kmsKey}`)) return [];
  const allowed = `the key of the deployment's own place for prompts, as \${${PROMPT_KEY_VARIABLE}}`;
  return [{ path: formatPath([...path, 'kmsKey']), message: 'is another key than that of the deployment', allowed }];
}

const WHOLLY_VARIABLE = /^\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-[^{}]*)?\}$/;

/**
 * The variables of a document whose values the deployment knows: where its tiers answer, and the key for prompts. What the
 * router itself is told, so that a policy can be judged elsewhere as the router will.
 */
export function endpointVariables(document: unknown, { tiers, prompts }: Deployment): Record<string, string> {
  const written = (document as { tiers?: Record<string, { baseUrl?: unknown; region?: unknown }> } | null)?.tiers ?? {};
  const pairs = Object.entries(tiers).flatMap(([id, deployed]) => {
    const tier = Object.hasOwn(written, id) ? written[id] : undefined;
    return [variableFor(tier?.baseUrl, deployed.baseUrl), variableFor(tier?.region, deployed.region)];
  });
  const known = Object.fromEntries(pairs.filter((pair) => pair !== undefined));
  return prompts === undefined ? known : { ...known, [PROMPT_KEY_VARIABLE]: prompts.key };
}

function variableFor(written: unknown, value: string | undefined): readonly [string, string] | undefined {
  const name = typeof written === 'string' ? WHOLLY_VARIABLE.exec(written)?.[1] : undefined;
  return name === undefined || value === undefined ? undefined : [name, value];
}
