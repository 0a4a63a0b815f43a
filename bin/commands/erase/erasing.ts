import type { PromptEraser } from '../../../lambda/router/prompt-log/prompt-eraser';
import type { KeyRecord, Store } from '../../../lambda/shared/store/port';
import type { Policy } from '../../../lib/core/types-policy';
import type { AddedUp, Period } from '../rollups-between';
import type { Evidence } from './evidence';
import type { Surroundings } from './not-reached';
import type { Survey } from './survey';
import type { TurnPorts } from './under-turn';

export interface EraseOptions {
  readonly customer: string;
  /** Look through every minute, whatever the sums say. */
  readonly thorough: boolean;
  readonly author: string;
  readonly reason?: string | undefined;
  /** In force; absent where there is none, or none that can be read. */
  readonly policy: Policy | undefined;
  readonly kind: Surroundings['kind'];
}

export interface ErasePorts extends TurnPorts {
  readonly store: Store;
  /** Absent where no prompts are kept. */
  readonly prompts?: PromptEraser | undefined;
}

/** What is known of a customer before anything is deleted. */
export interface Ground {
  /** Of the customer, in the store. */
  readonly keys: readonly KeyRecord[];
  /** Of these and of the records. */
  readonly keyIds: ReadonlySet<string>;
  readonly addedUp: AddedUp | undefined;
  /** All that was ever kept. */
  readonly whole: Period;
  /** Where anything of the customer may be. */
  readonly periods: readonly Period[];
  /** What came before can be deleted; UTC milliseconds. */
  readonly beforeMs: number;
  readonly survey: Survey;
  readonly evidence: Evidence;
}
