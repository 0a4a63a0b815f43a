import { messageOf } from '../../lib/core/message-of';
import type { Attribution } from '../../lib/core/types';
import type { Served } from './http';
import { OpenWork } from './open-work';

export interface RecordKeeperOptions {
  /** Takes each record as soon as there is one. */
  readonly take: (record: Attribution) => void;
  /** Takes what the person on call should read. */
  readonly warn: (message: string) => void;
}

/** Waits for the records of what has been served. */
export interface RecordKeeper {
  /** Resolves once the record is handed over. Never rejects. */
  keep(served: Served): Promise<void>;
  /** Waits until every record is handed over, or the time is up; resolves with the number that are not. */
  settle(ms: number): Promise<number>;
}

export function createRecordKeeper({ take, warn }: RecordKeeperOptions): RecordKeeper {
  const work = new OpenWork();

  async function handOver({ attribution }: Served): Promise<void> {
    try {
      const record = await attribution;
      if (record !== undefined) take(record);
    } catch (error) {
      warn(`a request could not be attributed: ${messageOf(error)}`);
    }
  }

  return {
    keep: (served) => work.add(handOver(served)),
    settle: (ms) => work.flush(ms),
  };
}
