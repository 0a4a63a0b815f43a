/** What a decision costs: features, assessment and decision of one 500-token prompt, beside parsing the same request. */

import { compileAssess } from '../../lib/core/assessment/assess';
import { compileDecide } from '../../lib/core/decision/decide';
import { compileExtract } from '../../lib/core/features/extract';
import type { Circumstances, Decision, Request } from '../../lib/core/types';
import type { Policy } from '../../lib/core/types-policy';
import { aBody, aPolicy, aRequest, aTask, aTier } from '../builders';
import type { Bench, BenchReport } from './bench';

/** V8 has optimised nothing before some thousands of calls; warming by count, not time, keeps slow machines comparable. */
const WARM_UP = 20_000;
const SAMPLES = 20_000;
/** Routing must not be felt beside the fastest tier. */
const DECISION_LIMIT_MICROSECONDS = 100;

interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

interface DecisionBench {
  readonly promptTokens: number;
  /** Microseconds, of a request whose task the caller names. */
  readonly hinted: Percentiles;
  /** Microseconds, of one whose task is recognised from its text. */
  readonly untagged: Percentiles;
  /** Microseconds of JSON.parse and JSON.stringify of the same body. */
  readonly json: Percentiles;
  /** Median of an untagged decision in medians of `json`. */
  readonly timesJson: number;
}

const PARAGRAPH = `Our customer moved to a new office in March and changed the billing address on the account, but the last
two invoices still went to the old one. When they wrote to us, the first reply asked for a proof of address, which they
sent the same day; the second reply said the ticket was closed. They now ask whether the late fee of 45.00 will be
removed, and who is responsible for the mistake. If the fee was charged before the address changed, it stands, unless the
contract says otherwise. `;

const PROMPT = `${PARAGRAPH.repeat(5)}
Please compare both positions step by step, then write a short reply to the customer:
- explain what happened, with dates
- say whether the refund is due, and why
- do not promise anything that the contract does not cover`;

function benchPolicy(): Policy {
  const keywords = ['refund', 'invoice', 'charge back', 'billing address', 'late fee'];
  const examples = ['Please summarise this meeting for me', 'Extract every date and amount from the text as JSON'];
  return aPolicy({
    tiers: [
      aTier({ id: 'small' }),
      aTier({ id: 'mid', contextWindow: 128_000, location: 'region', retentionDays: 0 }),
      aTier({ id: 'frontier', contextWindow: 200_000, location: 'anywhere', retentionDays: 30 }),
    ],
    tasks: [
      aTask({ id: 'general', ladder: ['small', 'mid', 'frontier'], strategy: ['rules', 'score'] }),
      aTask({
        id: 'billing',
        ladder: ['small', 'mid', 'frontier'],
        strategy: ['rules', 'score'],
        rules: [{ when: { keywords: ['lawsuit', 'legal action', 'ombudsman'] }, tier: 'frontier' }],
        recognise: { keywords, examples: [] },
      }),
      aTask({ id: 'digest', ladder: ['small', 'mid'], recognise: { keywords: [], examples } }),
    ],
  });
}

function percentiles(microseconds: readonly number[]): Percentiles {
  const sorted = [...microseconds].sort((first, second) => first - second);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

/** Runs warm-up and samples; what the calls return is added up so that none can be optimised away. */
function measure(call: () => number): Percentiles {
  let kept = 0;
  for (let index = 0; index < WARM_UP; index++) kept += call();
  const microseconds = new Array<number>(SAMPLES);
  for (let index = 0; index < SAMPLES; index++) {
    const start = performance.now();
    kept += call();
    microseconds[index] = (performance.now() - start) * 1000;
  }
  if (!Number.isFinite(kept)) throw new Error('a call returned no number');
  return percentiles(microseconds);
}

function compileDecision(policy: Policy): (request: Request) => Decision {
  const extract = compileExtract(policy);
  const assess = compileAssess(policy);
  const decide = compileDecide(policy, (tier, input, output) => (input + 4 * output) * tier.contextWindow * 1e-12);
  const circumstances: Circumstances = { nowMs: Date.UTC(2026, 10, 1), unsupported: {} };
  return (request) => {
    const features = extract(request);
    return decide(request, features, assess(features), circumstances);
  };
}

function decisionBench(): DecisionBench {
  const decision = compileDecision(benchPolicy());
  const text = JSON.stringify(aBody({ messages: [{ role: 'user', content: PROMPT }] }));
  // A fresh body each time, as at the door: strings that were scanned before are quicker to scan again.
  const bodies = Array.from({ length: 64 }, () => JSON.parse(text) as Request['body']);
  let next = 0;
  const body = (): Request['body'] => bodies[next++ % bodies.length] as Request['body'];

  const hinted = measure(() => decision(aRequest({ body: body(), hints: { task: 'billing' } })).score);
  const untagged = measure(() => decision(aRequest({ body: body() })).score);
  const json = measure(() => JSON.stringify(JSON.parse(text)).length);
  const promptTokens = decision(aRequest({ body: body() })).expected.inputTokens;
  return { promptTokens, hinted, untagged, json, timesJson: untagged.p50 / json.p50 };
}

function row(name: string, { p50, p90, p99 }: Percentiles): string[] {
  return [name, ...[p50, p90, p99].map((value) => value.toFixed(1))];
}

async function run(): Promise<BenchReport> {
  const result = decisionBench();
  const table = [
    ['microseconds', 'p50', 'p90', 'p99'],
    row('task named by caller', result.hinted),
    row('task recognised', result.untagged),
    row('JSON parse + stringify', result.json),
  ];
  const notes = [
    `A prompt of ${result.promptTokens} tokens. Recognised / JSON: ${result.timesJson.toFixed(1)}. ` +
      `A decision at the median should stay under ${DECISION_LIMIT_MICROSECONDS} microseconds.`,
  ];
  return { result, table, notes };
}

export const decision: Bench = { name: 'decision', about: 'features, assessment and decision of one prompt', run };
