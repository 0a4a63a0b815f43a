import {
  DeleteObjectsCommand,
  type ListObjectsV2CommandInput,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { PROMPT_DAYS } from '../../../lib/core/policy/prompt-days';

/** Prompts and answers of one customer, where a deployment keeps them. */
export interface PromptEraser {
  count(customer: string): Promise<number>;
  /** Says how many there were. */
  remove(customer: string): Promise<number>;
  close(): void;
}

/** Finds objects by the folders that `transcriptOf` lays out: days kept, owner, customer. */
export function openPromptEraser(Bucket: string, region: string): PromptEraser {
  const client = new S3Client({ region });
  const pages = (input: Omit<ListObjectsV2CommandInput, 'Bucket'>) =>
    paginateListObjectsV2({ client }, Object.assign({ Bucket }, input));

  /** By the folders that are there: owners of earlier policies stand in none that is in force. */
  async function foldersOf(customer: string): Promise<string[]> {
    const folders: string[] = [];
    for (const days of PROMPT_DAYS) {
      for await (const { CommonPrefixes = [] } of pages({ Prefix: `keep-${days}-days/`, Delimiter: '/' })) {
        folders.push(...CommonPrefixes.map(({ Prefix = '' }) => `${Prefix}${encodeURIComponent(customer)}/`));
      }
    }
    return folders;
  }

  /** Gives every page of objects to `take`, which are at most a thousand, and says how many there were. */
  async function each(customer: string, take: (keys: readonly string[]) => Promise<void>): Promise<number> {
    let count = 0;
    for (const folder of await foldersOf(customer)) {
      for await (const { Contents = [] } of pages({ Prefix: folder })) {
        const keys = Contents.flatMap(({ Key }) => Key ?? []);
        if (keys.length > 0) await take(keys);
        count += keys.length;
      }
    }
    return count;
  }

  async function removeAll(keys: readonly string[]): Promise<void> {
    const Delete = { Quiet: true, Objects: keys.map((Key) => ({ Key })) };
    const { Errors: [first] = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
    // Its message may name the object, and so the customer.
    if (first !== undefined) throw new Error(`the bucket for prompts does not let go of an object: ${first.Code}`);
  }

  return {
    count: (customer) => each(customer, async () => {}),
    remove: (customer) => each(customer, removeAll),
    close: () => client.destroy(),
  };
}
