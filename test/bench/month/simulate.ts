/** The month itself: requests, what goes wrong, and the watch function every five minutes. */

import type { Store } from '../../../lambda/shared/store/port';
import type { Span } from '../../../lambda/shared/store/rollup-port';
import { stretchAt } from '../../../lambda/shared/store/stretch';
import { DAY_MS, HOUR_MS, MINUTE_MS, MONTH } from '../../../lib/core/durations';
import { embeddedMetrics } from '../../../lib/core/telemetry/embedded-metrics';
import { emptyRollup, mergeRollup, type Rollup } from '../../../lib/core/telemetry/rollup/rollup';
import type { Reading } from '../../../lib/core/telemetry/watch/nouns';
import type { Policy } from '../../../lib/core/types-policy';
import { seeded } from '../soak/random';
import { arrivalsOf, START_MS } from './calendar';
import type { Incident } from './incidents';
import type { Kill } from './kills';
import { Ledger, type Own } from './ledger';
import { type Page, PutMetrics, ROUTER } from './pages';
import { PRICES, type Version } from './policies';
import { type Clock, SimulatedRouter, simulatedStore } from './router';
import { TIER_IDS } from './tiers';
import { createTraffic, type Shift } from './traffic';
import { WARM_UP_DAYS, warmUp } from './warm-up';
import { type Noticed, WatchFunction } from './watch-function';

export interface MonthSettings {
  readonly requests: number;
  readonly days: number;
  readonly incidents: readonly Incident[];
  readonly seed: number;
  /** Of the runs of the watch function: those that are ended in their middle. */
  readonly killShare: number;
  /** Of them: those that have not the time for all. */
  readonly breakShare: number;
  readonly progress: (message: string) => void;
}

export interface Simulated {
  readonly ledger: Ledger;
  /** The policy that the month began with, whose baselines were measured before. */
  readonly measured: Policy;
  readonly requestsADay: number;
  readonly served: number;
  readonly unanswered: number;
  readonly warnings: number;
  /** What the hosts say they are owed. */
  readonly invoicedUsd: number;
  readonly faults: number;
  /** All that was added up, by the watch function that was killed. */
  readonly rollup: Rollup;
  /** Of the readings for the router: what they add up to, and how many hours they cover. */
  readonly netUsd: number;
  readonly hours: number;
  readonly kills: number;
  readonly breaks: number;
  readonly evaluations: number;
  /** Figures that the undisturbed watch function has otherwise. */
  readonly differences: readonly string[];
  readonly told: number;
  readonly pages: readonly Page[];
  readonly noticed: readonly Noticed[];
  readonly seconds: Readonly<Record<'serving' | 'watching' | 'watchingUndisturbed' | 'metrics' | 'pages', number>>;
}

const EVERY_MS = 5 * MINUTE_MS;
export const OWN: Own = { perRequestUsd: 5e-6, perSecondUsd: 3e-6, perHourUsd: 0.04 };
const FEEDBACK_SHARE = 0.02;
const MOST_CALLS = 60;
const MOST_ASKS = 6;
/** Runs after the last request, in which nothing is killed. */
const LAST_RUNS = 4;

interface Event {
  readonly atMs: number;
  readonly act: () => Promise<unknown>;
}

export class Month {
  private readonly clock: Clock = { nowMs: START_MS };
  private readonly store: Store = simulatedStore(this.clock);
  private readonly aside: Store = simulatedStore(this.clock);
  private readonly router: SimulatedRouter;
  private readonly ledger = new Ledger(OWN, PRICES.frontier);
  private readonly metrics: PutMetrics;
  private readonly random: () => number;
  private readonly disturbed: WatchFunction;
  private readonly undisturbed: WatchFunction;
  /** By moment: what either put. */
  private readonly expected = new Map<number, string>();
  private readonly found = new Map<number, string>();
  private readonly net = new Map<number, number>();
  private readonly differences: string[] = [];
  private readonly seconds = { serving: 0, watching: 0, watchingUndisturbed: 0, metrics: 0, pages: 0 };
  private shift: Shift | undefined;
  private measured: Policy | undefined;
  private told = 0;
  private schedule: Event[] = [];
  private nextRunMs = START_MS + EVERY_MS;

  constructor(private readonly settings: MonthSettings) {
    const { seed, days } = settings;
    this.random = seeded(seed + 100);
    this.router = new SimulatedRouter(this.store, this.clock, seeded(seed + 101));
    this.metrics = new PutMetrics(days);
    const { clock, store, aside } = this;
    const { attributions, policies } = store;
    this.disturbed = new WatchFunction({ store, clock, own: OWN, take: (...put) => this.take(...put) });
    this.undisturbed = new WatchFunction({
      store: { ...aside, attributions, policies },
      clock,
      own: OWN,
      take: async (readings, atMs) => {
        if (!isHeartbeat(readings)) this.note(this.expected, readings, atMs);
      },
    });
  }

  async run(): Promise<Simulated> {
    const { requests, days, incidents, seed, progress } = this.settings;
    progress(`month: the ${WARM_UP_DAYS} days before`);
    const perMonth = (requests / days) * MONTH.days;
    const measured = await warmUp(Math.round((requests / days) * WARM_UP_DAYS), perMonth, seed);
    this.measured = await this.router.publish(measured, 'measured');
    const traffic = seeded(seed + 102);
    const next = createTraffic(traffic);
    this.schedule = this.eventsOf(incidents, measured.projection);
    for (const arrivalMs of arrivalsOf(requests, START_MS, days, traffic)) {
      await this.until(arrivalMs);
      await this.serve(next(this.shift));
    }
    const endMs = START_MS + days * DAY_MS;
    await this.until(endMs);
    for (let run = 1; run <= LAST_RUNS; run += 1) await this.watch(endMs + run * EVERY_MS, false);
    await this.router.close();
    return this.outcome();
  }

  private eventsOf(incidents: readonly Incident[], projection: Readonly<Record<string, number>>): Event[] {
    const events: Event[] = [];
    for (const { name, fromMs, untilMs, changes, mends, shift } of incidents) {
      let before: Partial<Version> = {};
      const begin = async () => {
        this.shift = shift;
        if (changes === undefined) return;
        const { versionInForce } = this.router;
        before = Object.fromEntries(
          Object.keys(changes).map((key) => [key, versionInForce[key as keyof Version]]),
        ) as Partial<Version>;
        await this.router.publish(changes, name);
      };
      const end = async () => {
        this.shift = undefined;
        if (changes !== undefined) await this.router.publish(mends?.(projection) ?? before, 'put right');
      };
      events.push({ atMs: fromMs, act: begin }, { atMs: untilMs, act: end });
    }
    return events.sort((one, other) => one.atMs - other.atMs);
  }

  /** Everything that is due before a moment, in its order. */
  private async until(ms: number): Promise<void> {
    for (;;) {
      const [event] = this.schedule;
      if (event !== undefined && event.atMs <= Math.min(ms, this.nextRunMs)) {
        this.schedule.shift();
        this.clock.nowMs = Math.max(this.clock.nowMs, event.atMs);
        await event.act();
      } else if (this.nextRunMs <= ms) {
        await this.watch(this.nextRunMs, true);
        this.nextRunMs += EVERY_MS;
      } else break;
    }
    this.clock.nowMs = Math.max(this.clock.nowMs, ms);
  }

  private async serve(asked: ReturnType<ReturnType<typeof createTraffic>>): Promise<void> {
    const startMs = performance.now();
    const record = await this.router.serve(asked);
    this.ledger.add(record);
    if (this.random() < FEEDBACK_SHARE) {
      await this.router.tell(record, asked.headers, record.verdict?.pass ?? true);
      this.told += 1;
    }
    const servedMs = performance.now();
    this.metrics.putLines(embeddedMetrics(record, ROUTER, this.router.policy), this.clock.nowMs);
    this.seconds.serving += (servedMs - startMs) / 1000;
    this.seconds.metrics += (performance.now() - servedMs) / 1000;
  }

  private async watch(atMs: number, mayBeKilled: boolean): Promise<void> {
    this.clock.nowMs = Math.max(this.clock.nowMs, atMs);
    const day = (atMs - START_MS) / DAY_MS;
    if (Number.isInteger(day)) this.settings.progress(`month: day ${day} of ${this.settings.days}`);
    const { killShare, breakShare } = this.settings;
    const startMs = performance.now();
    const draw = mayBeKilled ? this.random() : 1;
    const kill: Kill = { atCall: 1 + Math.floor(this.random() * MOST_CALLS), afterEffect: this.random() < 0.5 };
    const asks = Math.floor(this.random() * MOST_ASKS);
    if (draw < killShare) await this.disturbed.run(kill);
    else await this.disturbed.run(undefined, draw < killShare + breakShare ? asks : undefined);
    this.seconds.watching += (performance.now() - startMs) / 1000;
    if (!mayBeKilled || atMs % HOUR_MS === 0) await this.watchUndisturbed();
  }

  /** It has an hour to catch up with each time, and as many evaluations to make. */
  private async watchUndisturbed(): Promise<void> {
    const startMs = performance.now();
    await this.undisturbed.run();
    this.seconds.watchingUndisturbed += (performance.now() - startMs) / 1000;
  }

  private async take(readings: readonly Reading[], atMs: number): Promise<void> {
    await this.metrics.putReadings(readings, this.clock.nowMs);
    if (isHeartbeat(readings)) return;
    this.note(this.found, readings, atMs);
    const net = readings.find(({ name, task }) => name === 'NetSavingUsd' && task === undefined);
    if (net !== undefined) this.net.set(atMs, net.value);
  }

  /** Whatever is put again must be the same again. */
  private note(puts: Map<number, string>, readings: readonly Reading[], atMs: number): void {
    const text = JSON.stringify(readings);
    if ((puts.get(atMs) ?? text) !== text) this.differences.push(`readings put twice for ${timeText(atMs)}`);
    puts.set(atMs, text);
  }

  private async outcome(): Promise<Simulated> {
    const { router, ledger, disturbed, seconds, settings } = this;
    await this.compare();
    const startMs = performance.now();
    const pages = this.metrics.pages(router.document);
    seconds.pages = (performance.now() - startMs) / 1000;
    const bills = TIER_IDS.map((id) => router.tiers.bill[id]);
    return {
      ledger,
      measured: this.measured ?? router.policy,
      requestsADay: settings.requests / settings.days,
      served: router.served,
      unanswered: router.unanswered,
      warnings: router.warnings,
      invoicedUsd: bills.reduce((sum, { usd }) => sum + usd, 0),
      faults: bills.reduce((sum, { faults }) => sum + faults, 0),
      rollup: await this.addedUp(),
      netUsd: [...this.net.values()].reduce((sum, usd) => sum + usd, 0),
      hours: (this.net.size * EVERY_MS) / 3_600_000,
      kills: disturbed.kills,
      breaks: disturbed.breaks,
      evaluations: this.net.size,
      differences: this.differences,
      told: this.told,
      pages,
      noticed: disturbed.noticed,
      seconds,
    };
  }

  private async compare(): Promise<void> {
    const [fromMs, untilMs] = [START_MS - DAY_MS, this.clock.nowMs + DAY_MS];
    const list = (store: Store, span: Span) =>
      store.rollups.list(span, stretchAt(span, fromMs), stretchAt(span, untilMs));
    for (const span of ['minute', 'hour', 'day'] as const) {
      const [one, other] = await Promise.all([list(this.store, span), list(this.aside, span)]);
      if (JSON.stringify(one) !== JSON.stringify(other)) this.differences.push(`rollups of ${span}s`);
    }
    const [one, other] = await Promise.all([this.store.states.read('watch'), this.aside.states.read('watch')]);
    if (JSON.stringify(one?.state) !== JSON.stringify(other?.state)) this.differences.push('what is remembered');
    for (const atMs of new Set([...this.expected.keys(), ...this.found.keys()])) {
      if (this.expected.get(atMs) !== this.found.get(atMs)) this.differences.push(`readings for ${timeText(atMs)}`);
    }
  }

  private async addedUp(): Promise<Rollup> {
    const sum = emptyRollup();
    const days = await this.store.rollups.list(
      'day',
      stretchAt('day', START_MS - DAY_MS),
      stretchAt('day', this.clock.nowMs + DAY_MS),
    );
    for (const { rollup } of days) mergeRollup(sum, rollup);
    return sum;
  }
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

function isHeartbeat(readings: readonly Reading[]): boolean {
  return readings[0]?.name === 'WatchHeartbeat';
}
