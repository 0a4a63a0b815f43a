import { HINT_HEADERS } from '../../lib/core/contract';
import type { Tier } from '../../lib/core/types-policy';
import { UserError } from '../commands/command';

/** A deployed router through which tiers are reached. */
export interface ViaRouter {
  readonly address: string;
  /** What to call in place of the tier: the router, pinned to it. */
  readonly reach: (tier: Tier, task: string) => Tier;
}

export function viaRouter(address: string, key: string | undefined): ViaRouter {
  const baseUrl = baseUrlOf(address);
  const known = new Map<string, Tier>();
  const reach = (tier: Tier, task: string): Tier => {
    const name = `${task} ${tier.id}`;
    const reached = known.get(name) ?? throughRouter(tier, task, baseUrl, key);
    known.set(name, reached);
    return reached;
  };
  return { address: baseUrl, reach };
}

function throughRouter(
  { apiKeySecret: _, ...tier }: Tier,
  task: string,
  baseUrl: string,
  key: string | undefined,
): Tier {
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
