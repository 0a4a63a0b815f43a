import type { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { messageOf } from '../../../lib/core/message-of';
import { UnsureError } from './tallies';

/**
 * The client repeats what failed, and so does a write twice whose answer was lost. Of this command it repeats only what the
 * table has refused and so certainly not done, such as a throttled one; else the command fails with `UnsureError`.
 */
export function neverTwice(command: UpdateItemCommand): void {
  command.middlewareStack.addRelativeTo(onceOnly, {
    relation: 'after',
    toMiddleware: 'retryMiddleware',
    name: 'onceOnly',
  });
}

function onceOnly<Request, Answer>(send: (request: Request) => Promise<Answer>): (request: Request) => Promise<Answer> {
  return async (request) => {
    try {
      return await send(request);
    } catch (error) {
      if (isRefusal(error)) throw error;
      // Without the cause, by which the client would know a failure that it repeats.
      throw new UnsureError(`whether the table was changed is not known: ${messageOf(error)}`);
    }
  };
}

function isRefusal(error: unknown): boolean {
  const { httpStatusCode: status = 0 } = (error as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {};
  return status >= 400 && status < 500;
}
