import type { ExclusionReason, Reason } from '../types';

/** What each reason means, for `explain` and the documentation. */
export const REASONS: Readonly<Record<Reason, string>> = {
  pinned: 'The caller named the tier or its model.',
  static: 'The task is static: it begins at its start tier, and no strategy is asked.',
  rule: 'A rule of the task matched and named the tier.',
  'score-cheapest': 'The score lies below the lower band, so the cheapest eligible tier begins.',
  'score-middle':
    'The score lies between the bands, so the cheapest eligible tier between the ends of the ladder begins.',
  'score-frontier': 'The score lies above the upper band, so the last eligible tier of the ladder begins.',
  start: 'No strategy had an answer, so the request begins at the start tier of its task.',
  dispatched: 'The cheapest tier that is expected to begin its answer within the latency budget.',
  override: 'The person on call has set the tier for the task, for a while.',
  raised:
    'The task is raised: the watch found something that speaks against its usual start, so it begins higher until that is dealt with.',
  session:
    'The session stays where it is: its tool loop is under way there, or to read its context again elsewhere would cost more than it saves.',
  affordable: 'A budget had no room for the tier that was chosen, so the nearest one that it can pay takes its place.',
  cached: 'The same question of the same customer was answered before, and the answer was kept.',
  guarded: 'A guard excluded the tier that was chosen, so the nearest eligible one takes its place.',
  escalated: 'A lower tier answered, a check failed, and a higher tier answered.',
  fallback: 'The tier that was chosen failed, and another answered.',
  'oracle-unmet': 'Even the last tier did not pass the checks; its answer left because the task allows it.',
  refused: 'No tier may take the request.',
};

/** What each exclusion means. */
export const EXCLUSIONS: Readonly<Record<ExclusionReason, string>> = {
  'context-window': 'The prompt does not fit into the context window.',
  residency: 'Prompts sent there travel further than the request allows.',
  retention: 'The host of the tier keeps prompts longer than the request allows, or does not say how long.',
  capability: 'The tier cannot do, or its provider cannot pass on, something the request asks for.',
  'output-length': 'The answer may be longer than the tier can write.',
  budget: 'A budget has no room for the call.',
  'rate-limit': 'The tier takes no more calls at the moment.',
  key: 'The key of the caller does not admit the tier.',
  latency: 'The tier would not begin its answer within the latency budget.',
  'breaker-open': 'The tier failed repeatedly and rests.',
  'queue-full': 'Too many requests are waiting at the tier.',
  'not-certified': 'The tier is not certified for the task.',
  disabled: 'The tier is switched off.',
  retired: 'The model of the tier has gone away.',
};
