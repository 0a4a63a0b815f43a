/** A count of its own of everything that was put into the store. It shares no sum with the roll-up. */

import type { Attribution } from '../../../lib/core/types';
import type { ListPrice } from './tiers';

export interface Own {
  readonly perRequestUsd: number;
  readonly perSecondUsd: number;
  readonly perHourUsd: number;
}

export class Ledger {
  records = 0;
  frontierUsd = 0;
  attemptsUsd = 0;
  consultationsUsd = 0;
  ownUsd = 0;
  controlled = 0;
  controlUsd = 0;
  readonly byTask: Record<string, number> = {};
  readonly byTier: Record<string, number> = {};
  readonly byCustomer: Record<string, number> = {};
  firstMs = Number.POSITIVE_INFINITY;

  constructor(
    private readonly own: Own,
    private readonly frontier: ListPrice,
  ) {}

  add({ task, tier, customer = '-', attempts, consultations, usage, latencyMs, control, time }: Attribution): void {
    this.records += 1;
    this.frontierUsd += (usage.inputTokens * this.frontier.input + usage.outputTokens * this.frontier.output) / 1e6;
    for (const { costUsd } of attempts) this.attemptsUsd += costUsd;
    for (const { costUsd, purpose } of consultations) {
      this.consultationsUsd += costUsd;
      if (purpose === 'control') this.controlUsd += costUsd;
    }
    this.ownUsd += this.own.perRequestUsd + (latencyMs / 1000) * this.own.perSecondUsd;
    if (control !== undefined && control.servedPass !== null && control.referencePass !== null) this.controlled += 1;
    add(this.byTask, task);
    add(this.byTier, tier ?? '-');
    add(this.byCustomer, customer);
    this.firstMs = Math.min(this.firstMs, Date.parse(time));
  }

  /** Of requests alone: the router's hours are apart. */
  get netUsd(): number {
    return this.frontierUsd - this.attemptsUsd - this.consultationsUsd - this.ownUsd;
  }
}

function add(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
