import type { KeyDraft } from '../../../lambda/router/access/new-key';
import { CUSTOMER_FORM, isCustomer } from '../../../lambda/router/caller';
import { RESIDENCIES, type Residency } from '../../../lib/core/types-policy';
import { UserError } from '../command';
import { given } from '../given';
import { wholeNumber } from '../whole-number';
import { expiry } from './expiry';

export interface DraftOptions {
  readonly customer: string;
  readonly operator?: boolean;
  readonly task?: readonly string[];
  readonly tier?: readonly string[];
  readonly userTier?: string;
  readonly residency?: string;
  readonly requestsPerMinute?: string;
  readonly expires?: string;
}

/** As in a policy. */
const ID = /^(?!x-)[a-z][a-z0-9-]*$/;
const LABEL = /^\P{C}{1,128}$/u;
const MOST_REQUESTS = 1_000_000;

/** What the options ask for, each checked; throws a UserError that says what is allowed. */
export function keyDraft(options: DraftOptions, nowMs: number): KeyDraft {
  const { customer, task, tier, userTier, residency, requestsPerMinute, expires } = options;
  if (!isCustomer(customer)) throw new UserError(`${given('--customer', customer)}: give ${CUSTOMER_FORM}.`);
  if (userTier !== undefined && !LABEL.test(userTier)) {
    throw new UserError(`${given('--user-tier', userTier)}: give 1 to 128 printable characters.`);
  }
  return {
    customer,
    operator: options.operator === true,
    ...(task && { tasks: ids('--task', task) }),
    ...(tier && { tiers: ids('--tier', tier) }),
    ...(userTier !== undefined && { userTier }),
    ...(residency !== undefined && { residency: residencyOf(residency) }),
    ...(requestsPerMinute !== undefined && {
      requestsPerMinute: wholeNumber('--requests-per-minute', requestsPerMinute, 1, MOST_REQUESTS),
    }),
    ...(expires !== undefined && { expiresAt: new Date(expiry(expires, nowMs)).toISOString() }),
  };
}

function ids(option: string, listed: readonly string[]): readonly string[] {
  const wrong = listed.find((id) => !ID.test(id));
  if (wrong === undefined) return [...new Set(listed)];
  throw new UserError(
    `${given(option, wrong)}: an id of the policy has small letters, digits and hyphens, a letter first.`,
  );
}

function residencyOf(text: string): Residency {
  const found = RESIDENCIES.find((residency) => residency === text);
  if (found !== undefined) return found;
  throw new UserError(`${given('--residency', text)}: allowed are ${RESIDENCIES.join(', ')}.`);
}
