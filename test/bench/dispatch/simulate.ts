/**
 * An hour of traffic in virtual time: the decision and the live state of the tiers are the router's own, the hosts are not.
 * Nothing sleeps, and the same seed gives the same figures.
 */

import { createTierHealth, type LiveTierHealth } from '../../../lambda/router/health/tier-health';
import { seededRandom } from '../../../lib/core/analysis/statistics/seeded-random';
import { estimateCost, estimateDecisionCost } from '../../../lib/core/attribution/price';
import { compileDecide } from '../../../lib/core/decision/decide';
import type { Decision } from '../../../lib/core/types';
import type { Policy, Residency, Tier } from '../../../lib/core/types-policy';
import { aPolicy, aRequest, aTask, aTier } from '../../builders';
import { NOTHING_KNOWN, someFeatures } from '../../core/decision/deciding';
import { Calendar } from './calendar';
import { FakeCloud, FakeVllm, type Host, type VllmSpeed } from './hosts';
import type { Arrival } from './trace';

export interface World {
  readonly arrivals: readonly Arrival[];
  readonly budgetMs: number;
  readonly vllm: VllmSpeed;
  /** USD an hour of the GPU, whatever it does. */
  readonly gpuHourlyUsd: number;
  /** USD per million tokens in the cloud. */
  readonly cloud: { readonly input: number; readonly output: number };
}

/** Who says where a request goes. */
export type Chooser =
  | { readonly kind: 'always'; readonly tier: 'gpu' | 'cloud' }
  | { readonly kind: 'round-robin' }
  | {
      readonly kind: 'dispatch';
      readonly residency: Residency;
      /** Processes of the router, each of which sees its own calls alone. */
      readonly instances: number;
    };

export interface Outcome {
  readonly requests: number;
  readonly served: number;
  readonly refused: number;
  /** Milliseconds to the first token, of those served. */
  readonly firstTokenMs: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** Share of those served whose first token came within the budget. */
  readonly inBudget: number;
  readonly cloudShare: number;
  readonly cloudUsd: number;
  readonly gpuUsd: number;
  readonly metricsRead: number;
}

/** 2026-11-02, a Monday, midnight UTC. */
const BEGIN_MS = Date.UTC(2026, 10, 2);
const LOOK_MS = 250;

export async function simulate(world: World, chooser: Chooser): Promise<Outcome> {
  const run = new Run(world, chooser);
  await run.all();
  return run.outcome();
}

class Run {
  private readonly calendar = new Calendar();
  private readonly vllm: FakeVllm;
  private readonly hosts: Readonly<Record<string, Host>>;
  private readonly policy: Policy;
  private readonly decide: ReturnType<typeof compileDecide>;
  private readonly healths: readonly LiveTierHealth[];
  private readonly random = seededRandom(11);
  private readonly firstTokens: number[] = [];
  private turn = 0;
  private refused = 0;
  private inCloud = 0;
  private cloudUsd = 0;
  private metricsRead = 0;
  private left: number;

  constructor(
    private readonly world: World,
    private readonly chooser: Chooser,
  ) {
    this.vllm = new FakeVllm(this.calendar, world.vllm);
    this.hosts = { gpu: this.vllm, cloud: new FakeCloud(this.calendar, seededRandom(7)) };
    this.policy = policyOf(world);
    this.decide = compileDecide(this.policy, estimateDecisionCost);
    const instances = chooser.kind === 'dispatch' ? chooser.instances : 0;
    this.healths = Array.from({ length: instances }, () => this.healthOf());
    this.left = world.arrivals.length;
  }

  async all(): Promise<void> {
    for (const arrival of this.world.arrivals) this.calendar.plan(arrival.atMs, () => this.arrive(arrival));
    if (this.healths.length > 0) this.look();
    let read = 0;
    while (this.calendar.advance()) {
      if (this.metricsRead === read) continue;
      read = this.metricsRead;
      // Readings that were asked for arrive before anything else happens.
      await new Promise(setImmediate);
    }
  }

  outcome(): Outcome {
    const sorted = [...this.firstTokens].sort((one, other) => one - other);
    const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
    const lastMs = this.world.arrivals[this.world.arrivals.length - 1]?.atMs ?? 0;
    const usesGpu = !(this.chooser.kind === 'always' && this.chooser.tier === 'cloud');
    return {
      requests: this.world.arrivals.length,
      served: sorted.length,
      refused: this.refused,
      firstTokenMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
      inBudget: sorted.filter((ms) => ms <= this.world.budgetMs).length / sorted.length,
      cloudShare: this.inCloud / sorted.length,
      cloudUsd: this.cloudUsd,
      gpuUsd: usesGpu ? (this.world.gpuHourlyUsd * lastMs) / 3_600_000 : 0,
      metricsRead: this.metricsRead,
    };
  }

  private healthOf(): LiveTierHealth {
    return createTierHealth({
      policy: () => this.policy,
      nowMs: () => BEGIN_MS + this.calendar.nowMs,
      random: this.random,
      warn: (message) => {
        throw new Error(message);
      },
      refreshMs: 10_000,
      read: async () => {
        this.metricsRead += 1;
        return this.vllm.metrics();
      },
    });
  }

  /** What timers do in a process that stays. */
  private look(): void {
    for (const health of this.healths) health.poke();
    if (this.left > 0) this.calendar.plan(this.calendar.nowMs + LOOK_MS, () => this.look());
  }

  private arrive(arrival: Arrival): void {
    const { chooser } = this;
    this.left -= 1;
    if (chooser.kind === 'always') this.serve(chooser.tier, arrival);
    else if (chooser.kind === 'round-robin') this.serve(this.turn++ % 2 === 0 ? 'gpu' : 'cloud', arrival);
    else this.dispatch(arrival, chooser.residency);
  }

  private dispatch(arrival: Arrival, residency: Residency): void {
    const health = this.healths[Math.floor(this.random() * this.healths.length)] as LiveTierHealth;
    const { tier } = this.decided(arrival, residency, health);
    if (tier === null) this.refused += 1;
    else this.serve(tier, arrival, health);
  }

  private decided({ inputTokens, outputTokens }: Arrival, residency: Residency, health: LiveTierHealth): Decision {
    const tiers = Object.values(this.policy.tiers);
    const states = Object.fromEntries(tiers.map((tier) => [tier.id, health.state(tier)]));
    const features = someFeatures({
      inputTokens,
      expectedOutputTokens: outputTokens,
      reservedOutputTokens: outputTokens,
      latencyBudgetMs: this.world.budgetMs,
      residency,
    });
    const nowMs = BEGIN_MS + this.calendar.nowMs;
    return this.decide(aRequest({ stream: true }), features, NOTHING_KNOWN, { nowMs, unsupported: {}, states });
  }

  private serve(id: string, arrival: Arrival, health?: LiveTierHealth): void {
    const tier = this.policy.tiers[id] as Tier;
    const { inputTokens, outputTokens } = arrival;
    const begunAtMs = this.calendar.nowMs;
    const admission = health?.admit(tier, inputTokens + outputTokens);
    if (id === 'cloud') {
      this.inCloud += 1;
      this.cloudUsd += estimateCost(tier, inputTokens, outputTokens, BEGIN_MS + begunAtMs);
    }
    this.hosts[id]?.serve(arrival, ({ firstTokenAtMs, endedAtMs }) => {
      const timeToFirstTokenMs = firstTokenAtMs - begunAtMs;
      this.firstTokens.push(timeToFirstTokenMs);
      admission?.ended({ inputTokens, outputTokens, latencyMs: endedAtMs - begunAtMs, timeToFirstTokenMs });
    });
  }
}

function policyOf({ vllm, gpuHourlyUsd, cloud, budgetMs }: World): Policy {
  const hourly = {
    kind: 'gpu' as const,
    hourly: gpuHourlyUsd,
    tokensPerSecond: vllm.prefillTokensPerSecond,
    uplift: 1,
  };
  const tokens = { kind: 'tokens' as const, ...cloud, uplift: 1 };
  return aPolicy({
    tiers: [
      aTier({ id: 'gpu', baseUrl: 'http://vllm.internal/v1', queue: { metrics: '/metrics' }, prices: [hourly] }),
      aTier({ id: 'cloud', baseUrl: 'https://cloud.example/v1', location: 'anywhere', prices: [tokens] }),
    ],
    tasks: [aTask({ id: 'task', ladder: ['gpu', 'cloud'], route: 'dispatch', latencyBudgetMs: budgetMs })],
  });
}
