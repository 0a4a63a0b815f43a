import type { Feedback } from '../../../lib/core/types-feedback';

/** A whole word of feedback: say what matters, the rest is filled in. */
export function someFeedback(feedback: Partial<Feedback> & { requestId: string }): Feedback {
  return {
    time: '2026-11-22T10:00:00.000Z',
    task: 'triage',
    tier: 'small',
    upRouted: 0,
    escalated: 0,
    outcome: 'accepted',
    ...feedback,
  };
}
