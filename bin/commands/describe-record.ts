import { usd } from '../../lib/core/figures';
import type { AttributedAttempt, AttributedConsultation, Attribution } from '../../lib/core/types';
import type { Feedback } from '../../lib/core/types-feedback';
import { table } from './command';
import { describeDecision } from './describe-decision';
import type { Repeats } from './repeats-of';

/** What its record does not hold: what was learnt once the answer had left, and what the policy of its version is called. */
export interface Beside {
  readonly feedback?: Feedback;
  readonly repeats?: Repeats;
  readonly policy?: string;
}

/** A served request as a person reads it: who asked, what came of it, every call, the money, and the decision. */
export function describeRecord(record: Attribution, { feedback, repeats, policy }: Beside = {}): string {
  return [
    headline(record),
    who(record),
    calls(record),
    consultations(record),
    compared(record),
    told(feedback),
    askedAgain(repeats),
    money(record),
    `Decision\n${describeDecision(record.decision, policy)}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function headline({ requestId, time, status, tier, model, reason, error, abandoned }: Attribution): string {
  const served = tier === null ? 'nobody answered' : `answered by ${tier} (${model}), ${reason}`;
  const failed = error === undefined ? '' : `, error ${error}`;
  return `${requestId} at ${time}: ${status}, ${served}${failed}${abandoned ? ', the caller left' : ''}.`;
}

function who({ task, customer, keyId, feature, userTier, session, clientRequestId, policy }: Attribution): string {
  const rows = {
    task,
    customer,
    key: keyId,
    feature,
    'user tier': userTier,
    session,
    'client id': clientRequestId,
    policy,
  };
  return table(Object.entries(rows).flatMap(([name, value]) => (value === undefined ? [] : [[`  ${name}`, value]])));
}

function calls({ attempts, latencyMs, overheadMs }: Attribution): string {
  if (attempts.length === 0) return 'Attempts: none; no tier was called.';
  const rows = attempts.map((attempt, index) => [
    `  ${index + 1}`,
    attempt.because,
    attempt.tier,
    attempt.model,
    attempt.location,
    `${attempt.outcome}${attempt.cause === undefined ? '' : `: ${attempt.cause}`}`,
    tokensOf(attempt),
    milliseconds(attempt.latencyMs),
    usd(attempt.costUsd),
    judged(attempt),
  ]);
  const headings = ['  ', 'because', 'tier', 'model', 'location', 'outcome', 'tokens', 'time', 'cost', 'oracle'];
  const total = `  in all ${milliseconds(latencyMs)}, of which the router ${milliseconds(overheadMs)}`;
  return `Attempts\n${table([headings, ...rows])}\n${total}`;
}

function consultations({ consultations: all }: Attribution): string {
  if (all.length === 0) return '';
  const rows = all.map((call) => [
    `  ${call.purpose}`,
    call.tier,
    call.model,
    `${call.outcome}${call.cause === undefined ? '' : `: ${call.cause}`}`,
    tokensOf(call),
    milliseconds(call.latencyMs),
    usd(call.costUsd),
  ]);
  return `Calls of the routing itself\n${table(rows)}`;
}

function compared({ control }: Attribution): string {
  if (control === undefined) return '';
  const { served, servedPass, servedUsd, reference, referencePass, referenceUsd } = control;
  const rows = [
    ['  left', served, passText(servedPass), usd(servedUsd)],
    ['  asked beside it', reference, passText(referencePass), usd(referenceUsd)],
  ];
  return `Control sample\n${table(rows)}`;
}

function passText(pass: boolean | null): string {
  return pass === null ? 'not judged' : pass ? 'pass' : 'fail';
}

function told(feedback: Feedback | undefined): string {
  if (feedback === undefined) return '';
  const { time, outcome, score, correctionHash, downstreamUsd, customer } = feedback;
  const rows = {
    at: time,
    by: customer,
    outcome,
    score: score?.toString(),
    'corrected to': correctionHash && `a text of SHA-256 ${correctionHash.slice(0, 12)}`,
    'cost further down': downstreamUsd === undefined ? undefined : usd(downstreamUsd),
  };
  return `Feedback\n${table(Object.entries(rows).flatMap(([name, value]) => (value === undefined ? [] : [[`  ${name}`, value]])))}`;
}

function askedAgain({ asksAgain, askedAgainBy = [] }: Partial<Repeats> = {}): string {
  const lines = [
    ...(asksAgain === undefined ? [] : [`Asks again what ${asksAgain} had asked.`]),
    ...(askedAgainBy.length === 0 ? [] : [`Asked again by ${askedAgainBy.join(', ')}.`]),
  ];
  return lines.join('\n');
}

function money({ costUsd, routingCostUsd, frontierCostUsd, savedUsd }: Attribution): string {
  return table([
    ['  answers', usd(costUsd)],
    ['  routing', usd(routingCostUsd)],
    ['  frontier alone', usd(frontierCostUsd)],
    ...(savedUsd === undefined ? [] : [['  kept or stripped', usd(savedUsd)]]),
  ]);
}

function tokensOf({ usage }: AttributedAttempt | AttributedConsultation): string {
  if (usage === undefined) return 'not told';
  const cached = usage.cacheReadTokens > 0 ? ` (+${usage.cacheReadTokens} cached)` : '';
  return `${usage.estimated ? 'about ' : ''}${usage.inputTokens}${cached} in, ${usage.outputTokens} out`;
}

function judged({ verdict }: AttributedAttempt): string {
  if (verdict === undefined) return '';
  return verdict.pass ? `${verdict.oracle}: pass` : `${verdict.oracle}: ${verdict.detail}`;
}

/** Short times with hundredths: what the router itself takes is less than one. */
function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(2) : Math.round(ms)} ms`;
}
