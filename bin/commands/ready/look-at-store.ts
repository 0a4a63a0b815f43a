import { contentHash } from '../../../lambda/shared/store/content-hash';
import type { Store } from '../../../lambda/shared/store/port';
import type { RecordsShown, StoreShown } from '../../../lib/core/analysis/readiness/facts';
import { DAY_MS } from '../../../lib/core/durations';
import type { Attribution } from '../../../lib/core/types';
import { eachRecord, minutesBetween } from '../recent-records';

const LOOK_BACK_MS = 7 * DAY_MS;
/** Minutes of the week of which one is looked at, while there is traffic enough to tell by it. */
const STRIDE = 30;
const ENOUGH = 50;

/** What a store shows of the policy in force and of the last seven days. */
export async function lookAtStore(store: Store, name: string, document: unknown, nowMs: number): Promise<StoreShown> {
  const active = await store.policies.active();
  const records = await sampleRecords(store, nowMs);
  if (active === undefined) return { name, records };
  const isSame = active.hash === contentHash(document);
  return { name, active: { version: active.version, isSame }, records };
}

/** Every thirtieth minute, or every one where those hold little. */
async function sampleRecords(store: Store, nowMs: number): Promise<RecordsShown> {
  const sample = await sampled(store, minutesBetween(nowMs - LOOK_BACK_MS, nowMs, STRIDE));
  return sample.sampled >= ENOUGH ? sample : sampled(store, minutesBetween(nowMs - LOOK_BACK_MS, nowMs));
}

async function sampled(store: Store, minutes: readonly string[]): Promise<RecordsShown> {
  const byTask: Record<string, number> = {};
  const shadowed = new Set<string>();
  let count = 0;
  let withoutModel = 0;
  await eachRecord(store, minutes, (record) => {
    count += 1;
    byTask[record.task] = (byTask[record.task] ?? 0) + 1;
    if (!namesModels(record)) withoutModel += 1;
    if (record.consultations.some(({ purpose }) => purpose === 'shadow')) shadowed.add(record.time.slice(0, 10));
  });
  return { sampled: count, withoutModel, byTask, shadowDays: shadowed.size };
}

function namesModels({ tier, model, attempts }: Attribution): boolean {
  return (tier === null || Boolean(model)) && attempts.every((attempt) => attempt.model !== '');
}
