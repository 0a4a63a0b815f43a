import { labelledData, oracleDefined, profileRun, projectionMade, taskAudit } from './readiness/before-traffic';
import type { Finding, Look, ReadinessFacts } from './readiness/facts';
import {
  attributionByTask,
  contextGuard,
  escalationAlarm,
  modelLogged,
  peakLoad,
  qualityMonitoring,
  shadowRun,
  thresholdsConfigured,
} from './readiness/in-service';

export interface ReadinessItem extends Finding {
  readonly id: string;
  /** What has to hold. */
  readonly name: string;
}

const ITEMS: readonly (readonly [id: string, name: string, look: Look])[] = [
  ['labelled-data', 'labelled data', labelledData],
  ['peak-load', 'p95 at twice the peak', peakLoad],
  ['shadow', 'seven days of shadow', shadowRun],
  ['task-audit', 'task audit done', taskAudit],
  ['oracle', 'oracle defined', oracleDefined],
  ['profile', 'profile run', profileRun],
  ['projection', 'projection made', projectionMade],
  ['model-logged', 'model logged on every request', modelLogged],
  ['attribution', 'attribution per task', attributionByTask],
  ['thresholds', 'thresholds as configuration', thresholdsConfigured],
  ['context-guard', 'context guard', contextGuard],
  ['quality-monitoring', 'quality monitoring', qualityMonitoring],
  ['escalation-alarm', 'alarm at +15 %', escalationAlarm],
];

/** Whether traffic may come: each item with its evidence, and with what to do where it fails. */
export function readiness(facts: ReadinessFacts): readonly ReadinessItem[] {
  return ITEMS.map(([id, name, look]) => ({ id, name, ...look(facts) }));
}
