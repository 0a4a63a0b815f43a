import { OpenWork } from '../open-work';

export interface SettlementsOptions {
  readonly onFailure: (error: unknown) => void;
}

export interface Settlements {
  /** Does it in the background, again after a failure; never throws. */
  book(write: () => Promise<unknown>): void;
  flush(ms: number): Promise<number>;
}

/** After the last, the money stays set aside until its time is up, and was never booked as spent. */
const PAUSES_MS = [100, 1000, 5000];

/** Bookings behind the answers. */
export function createSettlements({ onFailure }: SettlementsOptions): Settlements {
  const bookings = new OpenWork();

  async function attempt(write: () => Promise<unknown>): Promise<void> {
    for (const pauseMs of [...PAUSES_MS, undefined]) {
      try {
        await write();
        return;
      } catch (error) {
        onFailure(error);
        if (pauseMs !== undefined) await pause(pauseMs);
      }
    }
  }

  return {
    book(write) {
      void bookings.add(attempt(write));
    },

    flush: (ms) => bookings.flush(ms),
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
