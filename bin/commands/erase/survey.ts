import { beginningOf } from '../../../lambda/shared/store/stretch';
import type { Found } from './look-through';

/** What there is of a customer, counted. */
export class Survey {
  /** Came before: can be deleted. */
  readonly settled = { records: 0, feedback: 0 };
  /** Came since. */
  readonly recent = { records: 0, feedback: 0 };
  /** That made its requests, wherever they are kept. */
  readonly keyIds = new Set<string>();
  /** Beginning of the last minute in which anything came. */
  lastMs = Number.NEGATIVE_INFINITY;

  /** The minute is as stores name them. */
  constructor(private readonly before: string) {}

  add({ minute, records, feedback }: Found): void {
    const into = minute < this.before ? this.settled : this.recent;
    into.records += records.length;
    into.feedback += feedback.length;
    for (const { keyId } of [...records, ...feedback]) if (keyId !== undefined) this.keyIds.add(keyId);
    this.lastMs = Math.max(this.lastMs, beginningOf('minute', minute));
  }
}
