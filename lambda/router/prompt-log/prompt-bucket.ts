import type { PromptPlace } from '../../../lib/core/policy/deployment';
import type { PromptBucket } from './transcript';

/** A bucket of S3. Its client is a chunk of its own, loaded with the first prompt that is kept. */
export function createPromptBucket(place: PromptPlace): PromptBucket {
  let opened: Promise<PromptBucket> | undefined;

  async function open(): Promise<PromptBucket> {
    const { openBucket } = await import('./put-object');
    return openBucket(place);
  }

  return {
    async put(transcript) {
      opened ??= open();
      await (await opened).put(transcript);
    },
    close() {
      void opened?.then((bucket) => bucket.close());
    },
  };
}
