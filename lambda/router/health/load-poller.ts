import { messageOf } from '../../../lib/core/message-of';
import type { Tier } from '../../../lib/core/types-policy';
import { type LoadReading, readLoad } from './load-reading';
import type { ReadMetrics } from './read-metrics';
import type { CallCount } from './tier-pace';

export interface LoadPollerOptions {
  readonly read: ReadMetrics;
  /** UTC milliseconds. */
  readonly nowMs: () => number;
  /** 0 to 1: instances of a router that started together do not ask together. */
  readonly random: () => number;
  readonly warn: (message: string) => void;
  /** Taken when a reading is asked for. */
  readonly count: (tier: Tier, nowMs: number) => CallCount;
  readonly deliver: (tier: Tier, reading: LoadReading, count: CallCount) => void;
}

interface Host {
  asking: boolean;
  nextAtMs: number;
  failures: number;
}

const EVERY_MS = 1000;
/** A host that takes long to tell its load is asked so much less often that telling takes a twentieth of its time. */
const TIMES_AS_LONG = 20;
const SELDOM_MS = 4000;
const LONGEST_MS = 30_000;

/** Asks hosts for their load, each URL by itself, one request at a time, and never for a request that waits. */
export class LoadPoller {
  private readonly hosts = new Map<string, Host>();

  constructor(private readonly options: LoadPollerOptions) {}

  /** Asks those that are due. Never waits and never throws. */
  poll(tiers: Iterable<Tier>): void {
    const nowMs = this.options.nowMs();
    const due = new Map<string, Tier[]>();
    for (const tier of tiers) {
      const url = tier.enabled ? metricsUrl(tier) : undefined;
      if (url !== undefined && this.isDue(url, nowMs)) due.set(url, [...(due.get(url) ?? []), tier]);
    }
    for (const [url, served] of due) void this.ask(url, served, nowMs);
  }

  private isDue(url: string, nowMs: number): boolean {
    const host = this.hosts.get(url);
    return host === undefined || (!host.asking && nowMs >= host.nextAtMs);
  }

  private async ask(url: string, tiers: readonly Tier[], atMs: number): Promise<void> {
    const { read, nowMs, random, count, deliver, warn } = this.options;
    const host = this.hosts.get(url) ?? { asking: false, nextAtMs: 0, failures: 0 };
    this.hosts.set(url, host);
    host.asking = true;
    const counts = tiers.map((tier) => count(tier, atMs));
    try {
      const reading = readLoad(await read(url, headersOf(tiers[0])));
      if (reading === undefined) throw new Error('it tells neither who waits nor who runs');
      for (const [index, tier] of tiers.entries()) deliver(tier, reading, counts[index] as CallCount);
      host.failures = 0;
    } catch (error) {
      host.failures += 1;
      if (host.failures === 1) warn(`the load of ${namesOf(tiers)} cannot be read at ${url}: ${messageOf(error)}`);
    }
    const tookMs = nowMs() - atMs;
    const everyMs = Math.min(SELDOM_MS, Math.max(EVERY_MS, TIMES_AS_LONG * tookMs));
    const pauseMs = Math.min(LONGEST_MS, everyMs * 2 ** Math.min(host.failures, 8));
    host.nextAtMs = nowMs() + pauseMs * (0.8 + 0.2 * random());
    host.asking = false;
  }
}

/** On the origin of the tier's base URL, and nowhere else: the tier's headers are sent there. */
export function metricsUrl({ queue, baseUrl }: Tier): string | undefined {
  if (queue === undefined || baseUrl === undefined || !URL.canParse(baseUrl)) return undefined;
  const { origin } = new URL(baseUrl);
  const url = URL.canParse(queue.metrics, origin) ? new URL(queue.metrics, origin) : undefined;
  return url?.origin === origin ? url.href : undefined;
}

/** vLLM tells its load without a key; what stands before it may want the one that the tier has in its policy. */
function headersOf(tier: Tier | undefined): Readonly<Record<string, string>> {
  if (tier === undefined) return {};
  const { apiKey, headers } = tier;
  return apiKey ? { authorization: `Bearer ${apiKey}`, ...headers } : headers;
}

function namesOf(tiers: readonly Tier[]): string {
  return tiers.map(({ id }) => `tier ${id}`).join(', ');
}
