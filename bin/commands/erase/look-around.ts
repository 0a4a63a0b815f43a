import { stretchAt } from '../../../lambda/shared/store/stretch';
import type { AddedUp, Period } from '../rollups-between';
import type { EraseOptions, ErasePorts, Ground } from './erasing';
import { gatherEvidence } from './evidence';
import { type Found, lookThrough } from './look-through';
import { tellNowAndThen } from './progress';
import { settledBeforeMs } from './settled';
import { Survey } from './survey';
import { whereToLook } from './where-to-look';

/** How far the records are added up, and how far they are or will be when anything is deleted. */
export interface Reached {
  readonly addedUp: AddedUp | undefined;
  readonly throughMs: number;
}

/** Finds out what there is of a customer. Changes nothing. */
export async function lookAround(
  { customer, policy, thorough }: EraseOptions,
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
  const periods = await whereToLook(store.rollups, { customer, oldestMs, addedUp, nowMs, thorough });
  await lookThroughTelling(ports, customer, periods, 'Looking', async (found) => {
    survey.add(found);
    await also(found);
  });
  const keys = (await store.keys.list()).filter((key) => key.customer === customer);
  const keyIds = new Set([...survey.keyIds, ...keys.map(({ id }) => id)]);
  const evidence = await gatherEvidence(store, customer, policy, { ...whole, addedUp, nowMs });
  return { keys, keyIds, addedUp, whole, periods, beforeMs, survey, evidence };
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
