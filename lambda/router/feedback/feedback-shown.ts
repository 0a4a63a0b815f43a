import type { Feedback } from '../../../lib/core/types-feedback';

/** Feedback as its caller is told that it is kept, in the wire's words. */
export function feedbackShown({
  requestId,
  time,
  outcome,
  score,
  correctionHash,
  downstreamUsd,
}: Feedback): Readonly<Record<string, unknown>> {
  return {
    ok: true,
    request_id: requestId,
    time,
    ...(outcome !== undefined && { outcome }),
    ...(score !== undefined && { score }),
    ...(correctionHash !== undefined && { correction_hash: correctionHash }),
    ...(downstreamUsd !== undefined && { downstream_usd: downstreamUsd }),
  };
}
