/** The router's own app in this process, over a store and a clock of its own. */

import { createApp, type PolicyInForce } from '../../../lambda/router/app';
import { trustedCaller } from '../../../lambda/router/caller';
import { createTakeFeedback } from '../../../lambda/router/feedback/take-feedback';
import type { App } from '../../../lambda/router/http';
import { createLiveState } from '../../../lambda/router/live-state';
import { openMemoryStore } from '../../../lambda/shared/store/memory';
import type { Store } from '../../../lambda/shared/store/port';
import { describeFault } from '../../../lib/core/policy/fault';
import { validatePolicy } from '../../../lib/core/policy/validate';
import { prepare } from '../../../lib/core/route';
import type { Attribution } from '../../../lib/core/types';
import type { Policy } from '../../../lib/core/types-policy';
import { documentOf, PRICES, type Version } from './policies';
import { simulatedRollups } from './rollups';
import { type SimulatedTiers, simulatedTiers } from './tiers';
import type { Asked } from './traffic';

export interface Clock {
  nowMs: number;
}

/** More than come in three days: nothing looks further back for single records. */
const RECORDS_KEPT = 25_000;
const REFRESH_MS = 30_000;

/** A store that lasts as long as the process, on the simulation's clock, and gives its records as a table does. */
export function simulatedStore(clock: Clock): Store {
  const nowMs = () => clock.nowMs;
  const store = openMemoryStore({ capacity: RECORDS_KEPT, nowMs });
  const { counted: _, ...attributions } = store.attributions;
  return { ...store, attributions, rollups: simulatedRollups(clock) };
}

export class SimulatedRouter {
  readonly tiers: SimulatedTiers;
  served = 0;
  unanswered = 0;
  warnings = 0;
  private version: Version = { baselines: {} };
  private inForce: PolicyInForce | undefined;
  private current: Asked | undefined;
  private readonly live: ReturnType<typeof createLiveState>;
  private readonly app: App;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    random: () => number,
  ) {
    const nowMs = () => clock.nowMs;
    const pause = () => Promise.resolve();
    const warn = () => {
      this.warnings += 1;
    };
    const policy = () => this.inForce;
    this.tiers = simulatedTiers({
      questionOf: () => this.current as Asked,
      priceOf: (id) => this.priceOf(id),
      random,
      wait: (ms) => {
        clock.nowMs += ms;
      },
    });
    this.live = createLiveState({
      store,
      policy: () => this.inForce?.prepared.policy,
      refreshMs: REFRESH_MS,
      nowMs,
      random,
      warn,
    });
    const { health, budgets, sessions, answers, switches } = this.live;
    let requests = 0;
    this.app = createApp({
      callerOf: trustedCaller,
      policy,
      providers: { 'openai-compatible': this.tiers },
      newRequestId: () => `req-${++requests}`,
      onFault: warn,
      takeFeedback: createTakeFeedback({ store: store.attributions, nowMs, pause, onFailure: warn }),
      health,
      budgets,
      sessions,
      answers,
      switches: () => switches.current(),
      nowMs,
      random,
      pause,
    });
  }

  /** Publishes the version in force with these changes. */
  async publish(changes: Partial<Version>, message: string): Promise<Policy> {
    this.version = { ...this.version, ...changes };
    const { policies } = this.store;
    const active = await policies.active();
    const document = documentOf(this.version);
    const { version } = await policies.publish({
      document,
      author: 'month',
      message,
      expectedActive: active?.version ?? null,
    });
    const result = validatePolicy(document, {
      version: String(version),
      variables: {},
      unset: 'fault',
      nowMs: this.clock.nowMs,
    });
    if (!result.ok) throw new Error(result.faults.map((fault) => describeFault(fault)).join('\n'));
    this.inForce = { prepared: await prepare(result.policy), ageSeconds: 0, source: 'store' };
    return result.policy;
  }

  get policy(): Policy {
    if (this.inForce === undefined) throw new Error('nothing is published');
    return this.inForce.prepared.policy;
  }

  get versionInForce(): Version {
    return this.version;
  }

  get document(): Record<string, unknown> {
    return documentOf(this.version);
  }

  /** Sends one request the whole way and stores its record. */
  async serve(asked: Asked): Promise<Attribution> {
    this.current = asked;
    this.live.poke();
    const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: asked.prompt }] });
    const { response, attribution } = await this.post('/v1/chat/completions', asked.headers, body);
    this.served += 1;
    if (response.status !== 200) this.unanswered += 1;
    const record = await attribution;
    if (record === undefined) throw new Error(`a request was not understood: ${String(response.body)}`);
    await this.store.attributions.put(record);
    return record;
  }

  /** Says of an answer what became of it. */
  async tell({ requestId }: Attribution, headers: Asked['headers'], accepted: boolean): Promise<void> {
    const said = { request_id: requestId, outcome: accepted ? 'accepted' : 'rejected' };
    const { response } = await this.post('/v1/feedback', headers, JSON.stringify(said));
    if (response.status !== 200) throw new Error(`feedback was not taken: ${String(response.body)}`);
  }

  async close(): Promise<void> {
    await this.live.flush(1000);
    this.live.close();
  }

  private post(path: string, headers: Asked['headers'], body: string) {
    return this.app({ method: 'POST', path, headers, body, left: new AbortController().signal });
  }

  /** By what was announced, not by the router's table of prices. */
  private priceOf(id: keyof typeof PRICES) {
    const { repriced } = this.version;
    const isDearer = id === 'mid' && repriced && this.clock.nowMs >= Date.parse(repriced.effectiveFrom);
    return isDearer ? repriced.price : PRICES[id];
  }
}
