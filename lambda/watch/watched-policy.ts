import type { Variables } from '../../lib/core/policy/expand';
import { describeFault, type Fault } from '../../lib/core/policy/fault';
import { parsePolicy } from '../../lib/core/policy/parse';
import { validatePolicy } from '../../lib/core/policy/validate';
import type { Policy } from '../../lib/core/types-policy';
import { SETTLE_MS } from '../shared/store/attribution-port';
import type { Activation, PolicyStore } from '../shared/store/policy-port';
import { StoreCorruptError } from '../shared/store/store-refusal';

/** The policy that production is held to. */
export interface WatchedPolicy {
  readonly policy: Policy;
  /** UTC milliseconds; absent for one that nobody has published. */
  readonly publishedAtMs?: number;
}

/**
 * The policy that was in force at a moment. `lastVersion` was at the moment before: nobody knows better of what is older than
 * the activations that a store keeps.
 */
export type PolicyInForce = (atMs: number, lastVersion?: string) => Promise<WatchedPolicy | undefined>;

export interface PolicyOptions {
  readonly store: Pick<PolicyStore, 'active' | 'read'>;
  /** In force until one is published: text as written, and its file for messages. */
  readonly fallback?: { readonly text: string; readonly file: string };
  /** What `${VAR}` in a policy stands for. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Of one that is unset. Default `warning`: it stays as it is, for nothing is called here. A router takes it for a fault. */
  readonly unset?: Variables['unset'];
  readonly nowMs: () => number;
}

type Found = { readonly policy: Policy } | { readonly unusable: Error };

/** Versions kept, for one that is gone back to. */
const VERSIONS_KEPT = 4;

/**
 * Finds the policy in force. Where the active one cannot be used, the router goes on with another, and to judge by the wrong
 * baselines would be worse than not to judge: that throws. Once another is active, what came in between is held to the one
 * before, with which the router went on.
 */
export function createPolicyReader(options: PolicyOptions): PolicyInForce {
  const { store, fallback, variables, unset = 'warning', nowMs } = options;
  const versions = new Map<string, Found>();
  let parsed: WatchedPolicy | undefined;

  async function find(version: number): Promise<Found> {
    try {
      const stored = await store.read(version);
      const context = { version: String(version), variables, unset, nowMs: nowMs() };
      const result = validatePolicy(stored?.document, context);
      return result.ok ? result : { unusable: new Error(faultsText(`policy version ${version}`, result.faults)) };
    } catch (error) {
      if (error instanceof StoreCorruptError) return { unusable: error };
      throw error;
    }
  }

  async function kept({ version, hash }: Pick<Activation, 'version' | 'hash'>): Promise<Found> {
    const key = `${version}:${hash}`;
    const found = versions.get(key) ?? (await find(version));
    // What is broken may have been mended when it is asked for again.
    if ('policy' in found) versions.set(key, found);
    const [oldest] = versions.keys();
    if (versions.size > VERSIONS_KEPT && oldest !== undefined) versions.delete(oldest);
    return found;
  }

  function deployed(): WatchedPolicy | undefined {
    if (fallback === undefined || parsed !== undefined) return parsed;
    const result = parsePolicy(fallback.text, { variables, unset, nowMs: nowMs() });
    if (!result.ok) throw new Error(faultsText(fallback.file, result.faults));
    parsed = { policy: result.policy };
    return parsed;
  }

  /** Before the first that is kept: what was judged by last, else the file, else the first itself. */
  async function earlier(first: Activation, lastVersion: string | undefined): Promise<WatchedPolicy | undefined> {
    const version = Number(lastVersion);
    const last = Number.isInteger(version) ? await kept({ version, hash: '' }) : undefined;
    if (last !== undefined && 'policy' in last) return { policy: last.policy };
    const watched = deployed();
    if (watched !== undefined) return watched;
    const found = await kept(first);
    return 'policy' in found ? watchedSince(found.policy, first) : undefined;
  }

  /** Published by somebody whose clock is wrong: routers have it by now, and by the one before nothing is to be judged. */
  function isAhead({ since }: Activation): boolean {
    return Date.parse(since) > nowMs() + SETTLE_MS;
  }

  return async (atMs, lastVersion) => {
    const active = await store.active();
    if (active === undefined) return deployed();
    const activations: readonly Activation[] = [active, ...(active.before ?? [])];
    for (const activation of activations) {
      if (Date.parse(activation.since) >= atMs && !(activation === active && isAhead(active))) continue;
      const found = await kept(activation);
      if ('policy' in found) return watchedSince(found.policy, activation);
      if (activation === active) throw found.unusable;
    }
    return earlier(activations[activations.length - 1] as Activation, lastVersion);
  };
}

function watchedSince(policy: Policy, { since }: Activation): WatchedPolicy {
  return { policy, publishedAtMs: Date.parse(since) };
}

function faultsText(source: string, faults: readonly Fault[]): string {
  return faults.map((fault) => describeFault(fault, source)).join('\n');
}
