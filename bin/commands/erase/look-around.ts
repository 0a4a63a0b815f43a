import type { KeyRecord } from '../../../lambda/shared/store/key-port';
import { beginningOf, stretchAt } from '../../../lambda/shared/store/stretch';
import type { AddedUp, Period } from '../rollups-between';
import type { EraseOptions, ErasePorts } from './erasure';
import { type Evidence, gatherEvidence } from './evidence';
import { type Found, lookThrough } from './look-through';
import { tellNowAndThen } from './progress';
import { settledBeforeMs } from './settled';
import { whereToLook } from './where-to-look';

/** How far the records are added up, and how far they are or will be when anything is deleted. */
export interface Reached {
  readonly addedUp: AddedUp | undefined;
  readonly throughMs: number;
}

/** What is known of a customer before anything is deleted. */
export interface Ground {
  /** Of the customer, in the store. */
  readonly keys: readonly KeyRecord[];
  /** Of these and of the records. */
  readonly keyIds: ReadonlySet<string>;
  /** All that was ever kept. */
  readonly whole: Period;
  /** Where anything of the customer may be. */
  readonly periods: readonly Period[];
  /** What came before can be deleted; UTC milliseconds. */
  readonly beforeMs: number;
  readonly survey: Survey;
  readonly evidence: Evidence;
}

/** What there is of a customer, counted. */
class Survey {
  /** Came before: can be deleted. */
  readonly settled = { records: 0, feedback: 0 };
  /** Came since. */
  readonly recent = { records: 0, feedback: 0 };
  /** That made its requests, wherever they are kept. */
  readonly keyIds = new Set<string>();
  /** Beginning of the last minute in which anything came. */
  lastMs = Number.NEGATIVE_INFINITY;

  /** The minute is as stores name them. */
  constructor(private readonly before: string) {}

  add({ minute, records, feedback }: Found): void {
    const into = minute < this.before ? this.settled : this.recent;
    into.records += records.length;
    into.feedback += feedback.length;
    for (const { keyId } of [...records, ...feedback]) if (keyId !== undefined) this.keyIds.add(keyId);
    this.lastMs = Math.max(this.lastMs, beginningOf('minute', minute));
  }
}

/** Finds out what there is of a customer. Changes nothing. */
export async function lookAround(
  { customer, policy, thorough, kind }: EraseOptions,
  ports: ErasePorts,
  { addedUp, throughMs }: Reached,
  also: (found: Found) => Promise<void> | void = () => {},
): Promise<Ground> {
  const { store } = ports;
  const nowMs = ports.nowMs();
  const oldestMs = await store.erasure.oldestMs();
  const whole: Period = { fromMs: Math.min(oldestMs ?? nowMs, addedUp?.sinceMs ?? nowMs), untilMs: nowMs };
  const beforeMs = settledBeforeMs(throughMs);
  const survey = new Survey(stretchAt('minute', beforeMs));
  // A folder keeps records for good.
  const keptDays = kind === 'directory' ? undefined : policy?.attribution.retentionDays;
  const periods = await whereToLook(store.rollups, { customer, oldestMs, addedUp, nowMs, thorough, keptDays });
  await lookThroughTelling(ports, customer, periods, 'Looking', async (found) => {
    survey.add(found);
    await also(found);
  });
  const keys = (await store.keys.list()).filter((key) => key.customer === customer);
  const keyIds = new Set([...survey.keyIds, ...keys.map(({ id }) => id)]);
  const evidence = await gatherEvidence(store, customer, policy, { ...whole, addedUp, nowMs });
  return { keys, keyIds, whole, periods, beforeMs, survey, evidence };
}

/** Every few seconds, by the day that it has come to. */
export async function lookThroughTelling(
  { store, nowMs, tell }: ErasePorts,
  customer: string,
  periods: readonly Period[],
  doing: string,
  take: (found: Found) => Promise<void>,
): Promise<void> {
  const now = tellNowAndThen(tell, nowMs);
  const onPeriod = ({ fromMs }: Period, done: number) =>
    now(() => `${doing}: ${stretchAt('day', fromMs)}, ${done} of ${periods.length} stretches of time done.`);
  await lookThrough(store.attributions, { customer, periods, take, onPeriod });
}
