import { RouterError } from '../errors';
import type { StreamEnd, Trail } from '../types';
import type { StreamTail } from './provider';
import type { StreamTally } from './wholeness';

/** An answer's identity in the chunks that the router adds. */
export function identityOf(
  { id, created }: { readonly id: string; readonly created: number },
  { model }: StreamTally,
  trail: Trail,
  nowMs: number,
): Pick<StreamEnd, 'id' | 'created' | 'model'> {
  return { id, created: created || Math.floor(nowMs / 1000), model: model || (trail.model ?? '') };
}

export function wireUsageOf({ wireUsage }: StreamTail): Pick<StreamEnd, 'wireUsage'> | undefined {
  return wireUsage === undefined ? undefined : { wireUsage };
}

export function callerLeft(): RouterError {
  return RouterError.failure('aborted', 'The caller left before the answer ended.');
}
