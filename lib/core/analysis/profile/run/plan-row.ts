import type { Providers } from '../../../execution/provider';
import type { Prepared } from '../../../prepare';
import { needsOf } from '../../../request/needs';
import type { Assessment, Circumstances, Decision, ExclusionReason, Features, Request } from '../../../types';
import type { ChatBody } from '../../../types-chat';
import type { Task } from '../../../types-policy';
import type { CorpusRow } from '../profile-document';

/** A row as the router would take it. */
export interface PlannedRow {
  readonly row: CorpusRow;
  readonly request: Request;
  readonly features: Features;
  readonly assessment: Assessment;
  /** Of the moment it was planned at: dates, and what providers cannot honour of it. */
  readonly circumstances: Circumstances;
  /** What would be decided for it: which guards bind it, and which tiers its checks may ask. */
  readonly decision: Decision;
  /** Tiers that the guards keep it from, beside the ladder's too. */
  readonly excluded: ReadonlyMap<string, ExclusionReason>;
}

export type PlanRow = (row: CorpusRow, tiers: readonly string[]) => PlannedRow;

/** What a row is planned with. */
export interface PlanPorts {
  readonly providers: Providers;
  readonly nowMs: () => number;
}

/**
 * Takes a row the way of a request up to the decision, so that the guards bind it as they would in production. Only what
 * holds of the moment, such as budgets, breakers and overrides, is left out.
 */
export function compilePlanRow(prepared: Prepared, ports: PlanPorts): PlanRow {
  return (row, tiers) => {
    const request = requestOf(row, ports.nowMs());
    const features = prepared.extract(request);
    const assessment = prepared.assess(features);
    const { ladder } = prepared.policy.tasks[row.task] as Task;
    const nowMs = ports.nowMs();
    const meeting = (ids: readonly string[]): Circumstances => ({
      nowMs,
      unsupported: unsupportedBy(ids, request.body, prepared, ports),
    });
    const circumstances = meeting(ladder);
    const decided = (asked: Request, met: Circumstances): Decision => prepared.decide(asked, features, assessment, met);
    const decision = decided(request, circumstances);
    const excluded = new Map(decision.excluded.map(({ tier, reason }) => [tier, reason]));
    for (const id of tiers) {
      if (ladder.includes(id)) continue;
      const alone = decided({ ...request, pinned: id }, meeting([id]));
      for (const { tier, reason } of alone.excluded) excluded.set(tier, reason);
    }
    return { row, request, features, assessment, circumstances, decision, excluded };
  };
}

function requestOf({ id, task, messages }: CorpusRow, nowMs: number): Request {
  const body: ChatBody = { model: 'auto', messages };
  return {
    id: `profile-${id}`,
    dialect: 'chat-completions',
    caller: {},
    hints: { task },
    body,
    needs: needsOf(body),
    stream: false,
    includeUsage: false,
    choices: 1,
    receivedAtMs: nowMs,
  };
}

function unsupportedBy(
  ids: readonly string[],
  body: ChatBody,
  { policy }: Prepared,
  { providers }: PlanPorts,
): Record<string, readonly string[]> {
  return Object.fromEntries(
    ids.flatMap((id) => {
      const tier = policy.tiers[id];
      const fields = tier && providers[tier.provider]?.unsupported(body, tier);
      return fields && fields.length > 0 ? [[id, fields]] : [];
    }),
  );
}
