import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { TABLE_KEYS } from '../../../lib/core/contract';
import type { Attribution } from '../../../lib/core/types';
import type { Feedback } from '../../../lib/core/types-feedback';
import type { ArrivedFeedback, AttributionStore } from './attribution-port';
import { putArriving, queryArrived } from './dynamodb-arrivals';
import { type Item, keyOf, textAt } from './dynamodb-item';
import { beginningOf } from './stretch';
import { feedbackIn, lastInRow, type Words } from './words';

export const RECORD_SORT = 'attribution';
const WORD_SORT_PREFIX = 'feedback#';

/** An item for each request, and beside it one for each word on it. The index leads to what came in a minute. */
export function dynamoDbAttributions(
  client: DynamoDBClient,
  table: string,
  retentionDays: () => number,
  nowMs: () => number,
): AttributionStore {
  async function read(key: Item): Promise<Item | undefined> {
    return (await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item;
  }

  function put(key: Item, { requestId, time }: Attribution | Feedback, content: Item): Promise<boolean> {
    return putArriving(client, table, { key, requestId, time, retentionDays: retentionDays(), content }, nowMs);
  }

  const words: Words = {
    last: (requestId) =>
      lastInRow(async (number) => {
        const item = await read(wordKey(requestId, number));
        return item === undefined ? undefined : wordOf(item).feedback;
      }),

    add: (number, { feedback, replaced }) =>
      put(wordKey(feedback.requestId, number), feedback, {
        feedback: { S: JSON.stringify(feedback) },
        ...(replaced !== undefined && { replaced: { S: JSON.stringify(replaced) } }),
      }),
  };

  return {
    async put(record) {
      const content = { record: { S: JSON.stringify(record) } };
      return (await put(keyOf(partitionOf(record.requestId), RECORD_SORT), record, content)) ? 'stored' : 'duplicate';
    },

    async get(requestId) {
      const item = await read(keyOf(partitionOf(requestId), RECORD_SORT));
      return item === undefined ? undefined : recordOf(item);
    },

    ...feedbackIn(words),

    async arrived(minute, after) {
      beginningOf('minute', minute);
      const { items, next } = await queryArrived(client, table, minute, after);
      const isWord = (item: Item) => textAt(item, TABLE_KEYS.sort)?.startsWith(WORD_SORT_PREFIX) === true;
      return {
        records: items.filter((item) => !isWord(item)).map(recordOf),
        feedback: items.filter(isWord).map(wordOf),
        ...(next !== undefined && { next }),
      };
    },
  };
}

export function partitionOf(requestId: string): string {
  return `request#${requestId}`;
}

function wordKey(requestId: string, number: number): Item {
  return keyOf(partitionOf(requestId), `${WORD_SORT_PREFIX}${number}`);
}

function recordOf(item: Item): Attribution {
  return documentAt(item, 'record');
}

function wordOf(item: Item): ArrivedFeedback {
  const feedback: Feedback = documentAt(item, 'feedback');
  return item.replaced === undefined ? { feedback } : { feedback, replaced: documentAt(item, 'replaced') };
}

function documentAt<Document>(item: Item, attribute: string): Document {
  const text = textAt(item, attribute);
  if (text === undefined) {
    throw new Error(`${textAt(item, TABLE_KEYS.partition)} in the attribution table has no ${attribute}`);
  }
  return JSON.parse(text);
}
