import * as z from 'zod';
import { HINT_HEADERS } from '../../lib/core/contract';
import { messageOf } from '../../lib/core/message-of';
import type { Policy, Tier } from '../../lib/core/types-policy';
import { UserError } from '../commands/command';

/** What a router routes by. */
export interface RouterPolicy {
  readonly id: string;
  readonly version: string;
}

/** A deployed router through which tiers are reached. */
export interface ViaRouter {
  readonly address: string;
  readonly router: RouterPolicy;
  /** What to call in place of the tier: the router, pinned to it. */
  readonly reach: (tier: Tier, task: string) => Tier;
}

/** Where a router is, before anything is known of it. */
export interface RouterAddress {
  /** Ends in /v1. */
  readonly baseUrl: string;
  readonly key: string | undefined;
}

export function routerAddress(address: string, key: string | undefined): RouterAddress {
  return { baseUrl: baseUrlOf(address), key };
}

/**
 * Asks the router, before anything is paid for, what it routes by and whether these tiers have there the models that they have
 * here: a certificate names the model that answered.
 */
export async function meetRouter(
  address: RouterAddress,
  policy: Policy,
  tiers: ReadonlySet<string>,
): Promise<ViaRouter> {
  const { baseUrl, key } = address;
  const { policy: router } = await ask(baseUrl.replace(/\/v1$/, '/health'), key, health);
  const offered = new Set((await ask(`${baseUrl}/models`, key, models)).data.map(({ id }) => id));
  refuseOthers(address, policy, tiers, offered);
  const known = new Map<string, Tier>();
  const reach = (tier: Tier, task: string): Tier => {
    const name = `${task} ${tier.id}`;
    const reached = known.get(name) ?? throughRouter(tier, task, address);
    known.set(name, reached);
    return reached;
  };
  return { address: baseUrl, router, reach };
}

const health = z.looseObject({
  policy: z.looseObject({ id: z.string(), version: z.string() }).transform(({ id, version }) => ({ id, version })),
});
const models = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) });

const LONGEST_MS = 15_000;

async function ask<Said>(url: string, key: string | undefined, schema: z.ZodType<Said>): Promise<Said> {
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(LONGEST_MS) }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new UserError(`--via: ${url} cannot be reached: ${messageOf(cause)}`);
  });
  const text = await response.text();
  if (response.status === 401 || response.status === 403)
    throw new UserError(`--via: ${url} refuses the key (HTTP ${response.status}); give one with --key.`);
  const read = response.ok ? schema.safeParse(parse(text)) : undefined;
  if (read?.success) return read.data;
  throw new UserError(`--via: ${url} does not answer as a router does (HTTP ${response.status}).`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Names every tier of which the router cannot give what the policy here says. */
function refuseOthers(
  { baseUrl }: RouterAddress,
  policy: Policy,
  tiers: ReadonlySet<string>,
  offered: ReadonlySet<string>,
): void {
  const faults = [...tiers].flatMap((id) => {
    const model = policy.tiers[id]?.model ?? '';
    if (!offered.has(`tier:${id}`)) return [`${id}: the router has no such tier, or not for this key`];
    return offered.has(model) ? [] : [`${id}: the policy here says ${model}, and no tier of the router has that model`];
  });
  if (faults.length === 0) return;
  const lines = faults.map((fault) => `  ${fault}`).join('\n');
  const advice = 'Profile with the policy that is in force there, or publish this one first.';
  throw new UserError(`--via ${baseUrl}: other models would answer; nothing was asked:\n${lines}\n${advice}`, {
    faults,
  });
}

function throughRouter({ apiKeySecret: _, ...tier }: Tier, task: string, { baseUrl, key }: RouterAddress): Tier {
  return {
    ...tier,
    provider: 'openai-compatible',
    baseUrl,
    apiKey: key ?? '',
    model: `tier:${tier.id}`,
    adapters: {},
    headers: { [HINT_HEADERS.task]: task },
  };
}

/** With or without the `/v1` it ends in. */
function baseUrlOf(address: string): string {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    throw new UserError(`--via ${address}: give the address of a router, such as https://abc123.example.com/prod.`);
  const bare = address.replace(/\/+$/, '');
  return bare.endsWith('/v1') ? bare : `${bare}/v1`;
}
