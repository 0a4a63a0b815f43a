import type { PolicyStore } from '../../lambda/shared/store/policy-port';
import type { Store } from '../../lambda/shared/store/port';
import { isRequestId } from '../../lib/core/request-id';
import { JSON_OPTION, type RegisterCommand, UserError } from './command';
import { describeRecord } from './describe-record';
import { repeatsOf } from './repeats-of';
import { type StoreOptions, storeName, usingStore, withStack } from './store-option';

/** `tierwise explain REQUEST_ID`: how a request was decided, what was called, what it cost, and what became of it. */
export const registerExplain: RegisterCommand = (program, terminal) => {
  const command = program
    .command('explain')
    .description('how a request that was served was decided, what was called for it, and what it cost')
    .argument('<request-id>', 'the x-request-id that the answer carried')
    .option(...JSON_OPTION);
  withStack(command).action(async (id: string, options: StoreOptions & { json?: boolean }) => {
    if (id.trim() === '') throw new UserError('Name a request: the x-request-id that its answer carried.');
    const found = await usingStore(options, (store) => find(store, id));
    if (found === undefined) {
      throw new UserError(
        `${storeName(options)} has no record of ${id}. A record is written within seconds of the answer and kept as long ` +
          'as attribution.retentionDays of the policy says; requests refused before they were understood have none.',
      );
    }
    terminal.out(options.json ? JSON.stringify(found.document) : describeRecord(found.document, found));
  });
};

async function find({ attributions, policies }: Pick<Store, 'attributions' | 'policies'>, id: string) {
  const record = isRequestId(id) ? await attributions.get(id) : undefined;
  if (record === undefined) return undefined;
  const feedback = await attributions.feedbackOn(id);
  const repeats = await repeatsOf(attributions, record, Date.now());
  const isRepeated = repeats !== undefined && (repeats.asksAgain !== undefined || repeats.askedAgainBy.length > 0);
  const afterwards = { ...(feedback !== undefined && { feedback }), ...(isRepeated && { repeats }) };
  const policy = await policyName(policies, record.policy);
  const document = { ...record, ...afterwards };
  return policy === undefined ? { document, ...afterwards } : { document, ...afterwards, policy };
}

/** Undefined for a version that was never published, as of a file, and for one that cannot be read. */
async function policyName(policies: PolicyStore, version: string): Promise<string | undefined> {
  if (!/^\d+$/.test(version)) return undefined;
  const stored = await policies.read(Number(version)).catch(() => undefined);
  const { policy } = (stored?.document ?? {}) as { readonly policy?: unknown };
  return typeof policy === 'string' ? policy : undefined;
}
