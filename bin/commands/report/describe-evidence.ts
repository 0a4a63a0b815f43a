import type { PlaceEvidence, ResidencyEvidence } from '../../../lib/core/analysis/report/residency-evidence';
import { whole } from '../../../lib/core/figures';
import { momentText, NONE, nameText, plain } from './figures';
import { grid } from './grid';

export interface DatedEvidence extends ResidencyEvidence {
  readonly period: { readonly from: string; readonly until: string };
  readonly notes: readonly string[];
}

const VERDICTS = { allowed: 'every task', 'some-tasks': 'some tasks', outside: 'NO TASK' } as const;

/** Where a customer's prompts went, for who has to show it. */
export function describeEvidence(evidence: DatedEvidence): string {
  const { customer, period, places, statement, notes } = evidence;
  return [
    `Where prompts of ${nameText(customer)} went, ${momentText(period.from)} to ${momentText(period.until)}`,
    grid('Every call: attempts, retries, classifiers, judges, samples and control', places, [
      { heading: 'tier', cell: ({ tier }) => nameText(tier) },
      { heading: 'location', cell: placeText },
      { heading: 'kept', cell: retentionText },
      { heading: 'calls', cell: ({ calls }) => whole(calls), isNumber: true },
      { heading: 'first day', cell: ({ firstDay }) => firstDay },
      { heading: 'last day', cell: ({ lastDay }) => lastDay },
      { heading: 'allowed by', cell: allowedText },
    ]),
    grid('What the tasks of the policy in force allow', evidence.tasks, [
      { heading: 'task', cell: ({ task }) => nameText(task) },
      { heading: 'residency', cell: ({ residency }) => residency },
      { heading: 'kept at most', cell: ({ maxRetentionDays: days }) => (days === null ? 'no limit' : `${days} days`) },
    ]),
    plain(statement),
    ...notes.map(plain),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function placeText({ location, geography }: PlaceEvidence): string {
  return geography === null ? location : `${location} ${geography}`;
}

function retentionText({ retentionDays }: PlaceEvidence): string {
  if (retentionDays === null) return 'not said';
  return retentionDays === 0 ? 'none' : `${retentionDays} days`;
}

function allowedText({ verdict, notAllowedBy }: PlaceEvidence): string {
  if (verdict === null) return NONE;
  return verdict === 'some-tasks' ? `${VERDICTS[verdict]}, not ${notAllowedBy.join(', ')}` : VERDICTS[verdict];
}
