import { sessionOfRecord } from '../../../lambda/router/session-of-record';
import { reachedBy } from '../added-up';
import { concluded } from './conclude';
import {
  type Deleted,
  type EraseOptions,
  type ErasePorts,
  type Erasure,
  nothingDeleted,
  nothingRenamed,
} from './erasure';
import { liveKeys } from './keys';
import { lookAround } from './look-around';
import type { Found } from './look-through';
import { ownedCounts } from './owned-counts';
import { renameSums } from './rename-sums';
import { completeAtMs } from './settled';

/** What an erasure would do. Nothing is written. */
export async function foresee(options: EraseOptions, ports: ErasePorts): Promise<Erasure> {
  const { store, prompts, nowMs } = ports;
  const { customer, policy } = options;
  const startedAt = new Date(nowMs()).toISOString();
  const sessions = new Set<string>();

  async function findSessions({ records }: Found): Promise<void> {
    for (const key of records.map(sessionOfRecord)) {
      if (key !== undefined && (await store.sessions.find(key, nowMs())) !== undefined) sessions.add(key);
    }
  }

  const reached = { addedUp: await reachedBy(store.states), throughMs: completeAtMs(nowMs()) };
  const ground = await lookAround(options, ports, reached, findSessions);
  const { keys, keyIds, survey, whole, beforeMs, evidence } = ground;
  const owner = { customer, keyIds, policy, tasks: evidence.tasks };
  const counts = await ownedCounts(store.erasure.counts(), owner);
  const deleted: Deleted = Object.assign(nothingDeleted(), survey.settled, {
    sessions: sessions.size,
    accounts: counts.owned.filter(({ kind }) => kind === 'account').length,
    requestCounts: counts.owned.filter(({ kind }) => kind === 'requests').length,
    prompts: (await prompts?.count(customer)) ?? 0,
    keys: keys.length,
  });
  const renamed = nothingRenamed();
  const names = { customers: new Set([customer]), keys: keyIds };
  await renameSums({ rollups: store.rollups, names, period: whole, beforeMs, renamed });
  const keysRevoked = liveKeys(keys, nowMs()).map(({ id }) => id);
  return concluded(options, ports, ground, {
    dryRun: true,
    deleted,
    renamed,
    keysRevoked,
    unsureAccounts: counts.unsure,
    startedAt,
  });
}
