import { randomUUID } from 'node:crypto';
import { sessionOfRecord } from '../../../lambda/router/session-of-record';
import type { ErasureTrace } from '../../../lambda/shared/store/erasure-port';
import { inBatches } from '../../../lambda/shared/store/in-batches';
import { stretchAt } from '../../../lambda/shared/store/stretch';
import { createRollUp } from '../../../lambda/watch/roll-up';
import { DAY_MS, HOUR_MS } from '../../../lib/core/durations';
import type { Names } from '../../../lib/core/telemetry/rollup/erased';
import type { AddedUp } from '../rollups-between';
import { concluded } from './conclude';
import {
  type Deleted,
  type EraseOptions,
  type ErasePorts,
  type Erasure,
  nothingDeleted,
  nothingRenamed,
  type Renamed,
} from './erasure';
import { liveKeys, removeKeys } from './keys';
import { type Ground, lookAround, lookThroughTelling } from './look-around';
import type { Found } from './look-through';
import { ownedCounts } from './owned-counts';
import { tellNowAndThen } from './progress';
import { renameSums } from './rename-sums';
import { underTurn } from './under-turn';

/** Requests removed at once of each page. */
const REMOVED_AT_ONCE = 4;
/** Days are kept so long; a store that was never added up is looked through no farther back. */
const FARTHEST_MS = 400 * DAY_MS;

/**
 * Erases a customer. Every step may be repeated, and each leaves behind what the next run finds its way by: sums lose the name
 * only once the records are gone, and keys go last. So a run that is cut off anywhere is made good by running it again.
 */
export async function eraseCustomer(options: EraseOptions, ports: ErasePorts): Promise<Erasure> {
  const { store, prompts, nowMs } = ports;
  const { customer, author, reason, policy } = options;
  const startedAt = new Date(nowMs()).toISOString();
  const begun = traceOf(startedAt, author, reason);
  await store.erasure.trace(begun);
  const keysRevoked = await revokeKeys(options, ports);
  const addedUp = await bringUpToDate(ports);
  const ground = await lookAround(options, ports, { addedUp, throughMs: addedUp.throughMs });
  const { keys, keyIds, evidence } = ground;
  const traced = Object.assign({}, begun, { hosts: evidence.hosts });
  await store.erasure.trace(traced);
  // The records alone tell of keys that the store does not know, so these go from the sums before the records do.
  const strange = new Set([...keyIds].filter((id) => !keys.some((key) => key.id === id)));
  if (strange.size > 0) await rename(ports, ground, { customers: new Set(), keys: strange }, Number.POSITIVE_INFINITY);
  const deleted = await deleteArrivals(options, ports, ground);
  const owner = { customer, keyIds, policy, tasks: evidence.tasks };
  const { owned, unsure } = await ownedCounts(store.erasure.counts(), owner);
  for (const count of owned) {
    if (await store.erasure.removeCount(count)) deleted[count.kind === 'account' ? 'accounts' : 'requestCounts'] += 1;
  }
  deleted.prompts = (await prompts?.remove(customer)) ?? 0;
  const renamed = await rename(ports, ground, { customers: new Set([customer]), keys: keyIds }, ground.beforeMs);
  // One erasure at a time: two would each leave it to the other that a key stays.
  deleted.keys = await underTurn(store.states, ports, () => removeKeys(store, keys, nowMs()));
  const outcome = { dryRun: false, deleted, renamed, keysRevoked, unsureAccounts: unsure, startedAt };
  const erasure = concluded(options, ports, ground, outcome);
  const { finishedAt, remaining } = erasure;
  await store.erasure.trace(Object.assign({}, traced, { finishedAt, deleted, renamed, remaining }));
  return erasure;
}

function traceOf(startedAt: string, author: string, reason: string | undefined): ErasureTrace {
  const id = randomUUID();
  return { id, startedAt, author, ...(reason !== undefined && { reason }), hosts: [] };
}

async function revokeKeys({ customer }: EraseOptions, { store, nowMs }: ErasePorts): Promise<string[]> {
  const keys = (await store.keys.list()).filter((key) => key.customer === customer);
  const live = liveKeys(keys, nowMs());
  for (const { id } of live) await store.keys.revoke(id, nowMs());
  return live.map(({ id }) => id);
}

/** What is not in the sums yet would never come into them. */
async function bringUpToDate(ports: ErasePorts): Promise<AddedUp> {
  const { store, nowMs, tell } = ports;
  const oldestMs = (await store.erasure.oldestMs()) ?? nowMs();
  const firstLookMs = Math.min(FARTHEST_MS, Math.max(HOUR_MS, nowMs() - oldestMs));
  const now = tellNowAndThen(tell, nowMs);
  return underTurn(store.states, ports, (turn) =>
    createRollUp({ store, nowMs, firstLookMs }).run(turn, () => {
      now(
        () => `Adding up what has come, so that sums stay whole: ${stretchAt('hour', turn.progress?.throughMs ?? 0)}.`,
      );
      return false;
    }),
  );
}

async function rename(ports: ErasePorts, { whole }: Ground, names: Names, beforeMs: number): Promise<Renamed> {
  const renamed = nothingRenamed();
  const { rollups, states, erasure } = ports.store;
  await underTurn(states, ports, async (turn) => {
    const hold = () => turn.hold();
    await renameSums({ rollups, names, period: whole, beforeMs, renamed, hold });
    await erasure.clearAway(whole, hold);
  });
  return renamed;
}

/** Records, words on them, and the sessions that they were part of. */
async function deleteArrivals({ customer }: EraseOptions, ports: ErasePorts, ground: Ground): Promise<Deleted> {
  const { erasure } = ports.store;
  const before = stretchAt('minute', ground.beforeMs);
  const deleted = nothingDeleted();

  async function removeRequest(requestId: string): Promise<void> {
    const { records, feedback } = await erasure.removeRequest(requestId, before);
    deleted.records += records;
    deleted.feedback += feedback;
  }

  async function removeSession(key: string): Promise<void> {
    if (await erasure.removeSession(key)) deleted.sessions += 1;
  }

  async function remove({ minute, records, feedback }: Found): Promise<void> {
    const sessions = new Set(records.map(sessionOfRecord).filter((key) => key !== undefined));
    await inBatches([...sessions], REMOVED_AT_ONCE, removeSession);
    if (minute >= before) return;
    const requests = new Set([...records, ...feedback].map(({ requestId }) => requestId));
    await inBatches([...requests], REMOVED_AT_ONCE, removeRequest);
  }

  await lookThroughTelling(ports, customer, ground.periods, 'Deleting', remove);
  return deleted;
}
