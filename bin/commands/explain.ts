import type { AttributionStore } from '../../lambda/shared/store/port';
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
    const found = await usingStore(options, ({ attributions }) => find(attributions, id));
    if (found === undefined) {
      throw new UserError(
        `${storeName(options)} has no record of ${id}. A record is written within seconds of the answer and kept as long ` +
          'as attribution.retentionDays of the policy says; requests refused before they were understood have none.',
      );
    }
    terminal.out(options.json ? JSON.stringify(found.document) : describeRecord(found.document, found.afterwards));
  });
};

async function find(attributions: AttributionStore, id: string) {
  const record = await attributions.get(id);
  if (record === undefined) return undefined;
  const feedback = await attributions.feedbackOn(id);
  const repeats = await repeatsOf(attributions, record, Date.now());
  const isRepeated = repeats !== undefined && (repeats.asksAgain !== undefined || repeats.askedAgainBy.length > 0);
  const afterwards = { ...(feedback !== undefined && { feedback }), ...(isRepeated && { repeats }) };
  return { document: { ...record, ...afterwards }, afterwards };
}
