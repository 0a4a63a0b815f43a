import type { PutItemCommand } from '@aws-sdk/client-dynamodb';

/** A write that is not sent, since what it says of now is no longer so. */
export class StaleError extends Error {
  override readonly name = 'StaleError';
}

/**
 * The client repeats what failed, and a function may be frozen for minutes in between. Of this command each try is sent
 * only while `isFresh` says so; else the command fails with `StaleError`.
 */
export function onlyFresh(command: PutItemCommand, isFresh: () => boolean): void {
  function onlyWhileFresh<Request, Answer>(send: (request: Request) => Promise<Answer>) {
    return async (request: Request): Promise<Answer> => {
      if (!isFresh()) throw new StaleError('the write was held up for too long');
      return send(request);
    };
  }
  command.middlewareStack.addRelativeTo(onlyWhileFresh, {
    relation: 'after',
    toMiddleware: 'retryMiddleware',
    name: 'onlyFresh',
  });
}
