import type { Attribution } from '../../../lib/core/types';

/** USD for a million tokens, of both tiers alike. */
export const PRICE = { input: 1, output: 2 } as const;

/** One call as the model server saw it. */
export interface ServedCall {
  readonly request: string;
  readonly streamed: boolean;
  readonly inputTokens: number;
  /** Of what was written, four characters a token, whether or not anybody read it. */
  readonly outputTokens: number;
  /**
   * `whole`: it told its usage. `partial`: a stream that broke off after words, which tells none. `prompt`: it read the
   * prompt, and no word went out, or none that can be counted. `nothing`: it refused, or failed itself.
   */
  readonly extent: 'whole' | 'partial' | 'prompt' | 'nothing';
}

/** What is kept of a record. */
export interface KeptRecord {
  readonly request: string;
  readonly customer: string;
  readonly status: number;
  readonly abandoned: boolean;
  readonly costUsd: number;
  readonly attempts: number;
  /** Whether a call was given up for want of time. */
  readonly gaveUp: boolean;
}

export function keptOf(record: Attribution): KeptRecord {
  const { clientRequestId = '', customer = '', status, abandoned, costUsd, routingCostUsd, attempts } = record;
  return {
    request: clientRequestId,
    customer,
    status,
    abandoned,
    costUsd: costUsd + routingCostUsd,
    attempts: attempts.length,
    gaveUp: attempts.some(({ cause }) => cause?.endsWith('-timeout')),
  };
}

/** By the rule that hosts publish: the prompt once it was read, waited for or not, and what was written of the answer. */
export function billUsd(call: ServedCall): number {
  if (call.extent === 'nothing') return 0;
  return promptUsd(call) + (call.extent === 'prompt' ? 0 : (call.outputTokens * PRICE.output) / 1e6);
}

function promptUsd({ inputTokens }: ServedCall): number {
  return (inputTokens * PRICE.input) / 1e6;
}

export interface Comparison {
  /** Requests of which there is no record although the router took them, or more than one. */
  readonly unrecorded: number;
  readonly recordedTwice: number;
  /** Of requests whose callers stayed, and none of whose calls was given up. */
  readonly servedUsd: number;
  readonly recordedUsd: number;
  /** Those of them that are not booked at what was served for them. */
  readonly misbooked: number;
  /** Of the others: the server wrote on until it saw that nobody reads, so it may bill more; less, where it refused. */
  readonly leftServedUsd: number;
  readonly leftRecordedUsd: number;
  readonly leftOverbooked: number;
  /** Those that are not even booked at the prompts that were read for them. */
  readonly leftUnderbooked: number;
}

/** Below it a difference is the rounding of sums. */
const ROUNDING_USD = 1e-12;

/**
 * Holds records against what was served. A request is booked at what its calls bill: by their usage where they told one, by
 * count where they broke off (the server counts as the router does). Only where the caller left, or a deadline passed, may
 * the two differ, by what was on the wire then: words that are billed, or a refusal of a prompt that is not.
 */
export function compare(
  sent: ReadonlySet<string>,
  left: ReadonlySet<string>,
  records: readonly KeptRecord[],
  calls: readonly ServedCall[],
): Comparison {
  const booked = new Map<string, number>();
  const onTheWire = new Set(left);
  let recordedTwice = 0;
  for (const { request, costUsd, gaveUp } of records) {
    if (booked.has(request)) recordedTwice += 1;
    if (gaveUp) onTheWire.add(request);
    booked.set(request, (booked.get(request) ?? 0) + costUsd);
  }
  const served = new Map<string, number>();
  const read = new Map<string, number>();
  const refused = new Map<string, number>();
  for (const call of calls) {
    served.set(call.request, (served.get(call.request) ?? 0) + billUsd(call));
    const prompts = call.extent === 'nothing' ? refused : read;
    prompts.set(call.request, (prompts.get(call.request) ?? 0) + promptUsd(call));
  }
  const totals = {
    misbooked: 0,
    servedUsd: 0,
    recordedUsd: 0,
    leftServedUsd: 0,
    leftRecordedUsd: 0,
    leftOverbooked: 0,
    leftUnderbooked: 0,
  };
  let unrecorded = 0;
  for (const request of sent) {
    const bill = served.get(request) ?? 0;
    const cost = booked.get(request) ?? 0;
    if (onTheWire.has(request)) {
      totals.leftServedUsd += bill;
      totals.leftRecordedUsd += cost;
      if (cost - bill - (refused.get(request) ?? 0) > ROUNDING_USD) totals.leftOverbooked += 1;
      if ((read.get(request) ?? 0) - cost > ROUNDING_USD) totals.leftUnderbooked += 1;
    } else {
      totals.servedUsd += bill;
      totals.recordedUsd += cost;
      if (Math.abs(cost - bill) > ROUNDING_USD) totals.misbooked += 1;
    }
    // A caller who left before the router had read the request was never taken.
    const taken = !left.has(request) || served.has(request);
    if (taken && !booked.has(request)) unrecorded += 1;
  }
  return { ...totals, unrecorded, recordedTwice };
}
