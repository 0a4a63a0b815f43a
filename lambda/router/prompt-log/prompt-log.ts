import type { Exchange } from '../../../lib/core/route';
import type { Response } from '../../../lib/core/types';
import type { Policy } from '../../../lib/core/types-policy';
import { within } from '../within';
import { daysToKeep, isOpen } from './days-to-keep';
import { hear } from './hear';
import { type PromptBucket, type Transcript, transcriptOf } from './transcript';

export interface PromptLogOptions {
  /** Absent: nothing is kept, whatever the policy says. */
  readonly bucket?: PromptBucket;
  /** UTC milliseconds. */
  readonly nowMs: () => number;
  /** Takes what the person on call should read: never a prompt or an answer. */
  readonly warn: (message: string) => void;
  /** Bytes that may wait to be written. */
  readonly mostWaitingBytes?: number;
}

/** Of the policy in force, for whoever looks after the router. */
export interface PromptLogStanding {
  readonly owner: string;
  readonly expires: string;
  /** `nowhere`: the deployment has no place for prompts. */
  readonly state: 'kept' | 'expired' | 'nowhere';
}

/** Keeps prompts and answers where policy and deployment both say so, until the day that the policy names. */
export interface PromptLog {
  /** The response to send in place of this one. Never throws, never waits, never changes what the caller gets. */
  transcribe(exchange: Exchange, response: Response): Response;
  /** Undefined for a policy that keeps no prompts. */
  standing(policy: Policy): PromptLogStanding | undefined;
  /** Waits at most so long for what has been heard to be written, and says how many are not. */
  flush(withinMs: number): Promise<number>;
  close(): void;
}

/** Puts in flight at once. */
const AT_ONCE = 8;
const MOST_WAITING_BYTES = 64_000_000;

export function createPromptLog(options: PromptLogOptions): PromptLog {
  const { bucket, nowMs, warn, mostWaitingBytes = MOST_WAITING_BYTES } = options;
  const waiting: Transcript[] = [];
  const inFlight = new Set<Promise<void>>();
  let waitingBytes = 0;
  let warnedOf = '';

  function standing({ attribution }: Policy): PromptLogStanding | undefined {
    const { prompts } = attribution;
    if (prompts === undefined) return undefined;
    const { owner, expires } = prompts;
    return { owner, expires, state: !isOpen(prompts, nowMs()) ? 'expired' : bucket ? 'kept' : 'nowhere' };
  }

  /** Once for each policy and state: it would be said with every request. */
  function warnOfNothingKept(policy: Policy): void {
    const found = standing(policy);
    if (found === undefined || found.state === 'kept') return;
    const about = `${policy.version} ${found.state}`;
    if (about === warnedOf) return;
    warnedOf = about;
    const why = {
      expired: `its time was over on ${found.expires}`,
      nowhere: 'this router has no place for them: deploy it with promptLog',
    };
    warn(`policy version ${policy.version} wants prompts to be kept, and none is: ${why[found.state]}`);
  }

  function keep(transcript: Transcript): void {
    if (waitingBytes + transcript.body.length > mostWaitingBytes) {
      warn('a prompt is not kept: too many wait');
      return;
    }
    waitingBytes += transcript.body.length;
    waiting.push(transcript);
    pump();
  }

  function pump(): void {
    while (inFlight.size < AT_ONCE) {
      const next = waiting.shift();
      if (next === undefined) return;
      const written = write(next).finally(() => {
        inFlight.delete(written);
        waitingBytes -= next.body.length;
        pump();
      });
      inFlight.add(written);
    }
  }

  async function write(transcript: Transcript): Promise<void> {
    try {
      await bucket?.put(transcript);
    } catch (error) {
      warnOfLoss(error);
    }
  }

  /** By its name: the message of an error may quote what was to be written. */
  function warnOfLoss(error: unknown): void {
    warn(`a prompt is not kept: ${error instanceof Error ? error.name : 'it could not be written'}`);
  }

  async function allWritten(): Promise<void> {
    while (inFlight.size > 0) await Promise.all(inFlight);
  }

  return {
    standing,

    transcribe(exchange, response) {
      if (exchange.policy.attribution.prompts === undefined) return response;
      if (standing(exchange.policy)?.state !== 'kept') {
        warnOfNothingKept(exchange.policy);
        return response;
      }
      const days = daysToKeep(exchange, nowMs());
      if (days === undefined) return response;
      return hear(response, (heard) => {
        try {
          keep(transcriptOf(exchange, heard, days));
        } catch (error) {
          warnOfLoss(error);
        }
      });
    },

    async flush(withinMs) {
      await within(withinMs, allWritten()).catch(() => {});
      return inFlight.size + waiting.length;
    },

    close: () => bucket?.close(),
  };
}
