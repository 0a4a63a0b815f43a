import { describeFault, type Fault } from '../../lib/core/policy/fault';
import { parsePolicy } from '../../lib/core/policy/parse';
import { validatePolicy } from '../../lib/core/policy/validate';
import type { Policy } from '../../lib/core/types-policy';
import type { PolicyStore } from '../shared/store/port';

/** The policy that production is held to. */
export interface WatchedPolicy {
  readonly policy: Policy;
  /** UTC milliseconds; absent for one that nobody has published. */
  readonly publishedAtMs?: number;
}

export interface PolicyOptions {
  readonly store: Pick<PolicyStore, 'active' | 'read'>;
  /** In force until one is published: text as written, and its file for messages. */
  readonly fallback?: { readonly text: string; readonly file: string };
  /** What `${VAR}` in a policy stands for; one that is unset stays as it is, for nothing is called here. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly nowMs: () => number;
}

interface Known {
  readonly key: string;
  readonly watched: WatchedPolicy;
}

/**
 * Finds the policy in force. Where a published one cannot be used, the router goes on with another, and to judge by the wrong
 * baselines would be worse than not to judge: that throws.
 */
export function createPolicyReader(options: PolicyOptions): () => Promise<WatchedPolicy | undefined> {
  const { store, fallback, variables, nowMs } = options;
  let known: Known | undefined;

  async function published(): Promise<Known | undefined> {
    const active = await store.active();
    if (active === undefined) return undefined;
    const { version, hash, since } = active;
    const key = `${version}:${hash}:${since}`;
    if (key === known?.key) return known;
    const stored = await store.read(version);
    const context = { version: String(version), variables, unset: 'warning', nowMs: nowMs() } as const;
    const result = validatePolicy(stored?.document, context);
    if (!result.ok) throw new Error(faultsText(`policy version ${version}`, result.faults));
    return { key, watched: { policy: result.policy, publishedAtMs: Date.parse(since) } };
  }

  function deployed(): Known | undefined {
    if (fallback === undefined || known?.key === fallback.file) return known;
    const result = parsePolicy(fallback.text, { variables, unset: 'warning', nowMs: nowMs() });
    if (!result.ok) throw new Error(faultsText(fallback.file, result.faults));
    return { key: fallback.file, watched: { policy: result.policy } };
  }

  return async () => {
    known = (await published()) ?? deployed();
    return known?.watched;
  };
}

function faultsText(source: string, faults: readonly Fault[]): string {
  return faults.map((fault) => describeFault(fault, source)).join('\n');
}
