import type { FindingShown, OperatorState, SwitchShown, TaskShown, TierShown } from '../page-state';
import { byId, element, keepChildren, setText } from './element';
import { clock, percent, span } from './format';

interface Notice {
  /** Stays the same while the figures in the text move. */
  readonly about: string;
  readonly grave: boolean;
  readonly text: string;
}

/** Minutes without a new sum after which somebody should look. */
const LATE_MS = 20 * 60_000;

/** What the person on call should know, the grave first. */
export function noticesOf(state: OperatorState): Notice[] {
  const { policy, switches, tasks, tiers, findings } = state;
  const notices = [
    ...(policy === null
      ? [{ about: 'policy', grave: true, text: 'No policy is in force. Publish one by `tierwise publish FILE`.' }]
      : []),
    ...(policy?.refused === undefined
      ? []
      : [
          {
            about: 'refused',
            grave: true,
            text: `Policy version ${policy.refused.version} was refused and the one before stays in force: ${policy.refused.why}`,
          },
        ]),
    ...tiers.flatMap((tier) => tierNotices(tier, state.atMs)),
    ...tasks.filter(({ id }) => !isTold(id, findings)).flatMap(taskNotices),
    ...findings.map(findingNotice),
    ...switches.map((entry) => ({
      about: `switch ${entry.kind} ${entry.task ?? entry.tier}`,
      grave: false,
      text: `${switched(entry)}${entry.untilMs === undefined ? '' : ` until ${clock(entry.untilMs)} (${span(entry.untilMs - state.atMs)})`}, by ${entry.author}: ${entry.reason}`,
    })),
    ...lateness(state),
  ];
  return notices.sort((left, right) => Number(right.grave) - Number(left.grave));
}

function switched({ kind, tier, task, rungs }: SwitchShown): string {
  if (kind === 'tier-disabled') return `Tier ${tier} is switched off`;
  if (kind === 'task-override') return `Task ${task} begins at ${tier}`;
  return `Task ${task} begins at least ${rungs === 1 ? 'one tier' : `${rungs} tiers`} above its start`;
}

function tierNotices({ id, breaker, retryAfterMs, full }: TierShown, atMs: number): Notice[] {
  if (breaker !== 'closed') {
    const until = retryAfterMs === undefined ? '' : `; asked again at ${clock(atMs + retryAfterMs, true)}`;
    const text =
      breaker === 'open'
        ? `The breaker of ${id} is open: it takes no requests${until}.`
        : `${id} is being probed after its breaker opened.`;
    return [{ about: `breaker ${id}`, grave: breaker === 'open', text }];
  }
  return full === undefined
    ? []
    : [{ about: `full ${id}`, grave: false, text: `${id} takes no more requests now: ${full}` }];
}

function taskNotices({ id, baseline, upRouteRate, climbRate }: TaskShown): Notice[] {
  const rate = percent(upRouteRate + climbRate);
  if (baseline?.standing === 'above')
    return [
      {
        about: `above ${id}`,
        grave: true,
        text: `${id} escalates ${rate} of its requests, where profiling found ${percent(baseline.rate)}.`,
      },
    ];
  if (baseline?.standing === 'below')
    return [
      {
        about: `below ${id}`,
        grave: true,
        text: `${id} escalates only ${rate}, where profiling found ${percent(baseline.rate)}: does its check still check?`,
      },
    ];
  return [];
}

/** Whether the watch function has said it already, in its own words. */
function isTold(task: string, findings: readonly FindingShown[]): boolean {
  return findings.some((finding) => finding.task === task && finding.signal === 'EscalationExcess');
}

/** Losing money or quality is grave; the rest can wait for daylight. */
const GRAVE = new Set(['EscalationExcess', 'NetSavingUsd', 'QualityDelta worse', 'SchemaFailures']);

function findingNotice({ task, tier, signal, kind, text }: FindingShown): Notice {
  const subject = task ?? tier;
  const grave = GRAVE.has(signal) || GRAVE.has(`${signal} ${kind}`);
  return {
    about: `${signal} ${kind} ${subject}`,
    grave,
    text: `${subject === undefined ? '' : `${subject}: `}${text}.`,
  };
}

function lateness({ addedUpToMs, atMs, live }: OperatorState): Notice[] {
  if (addedUpToMs !== null && atMs - addedUpToMs > LATE_MS)
    return [
      {
        about: 'late',
        grave: true,
        text: `Nothing has been added up since ${clock(addedUpToMs)}: is the watch function running?`,
      },
    ];
  return live
    ? []
    : [
        {
          about: 'busy',
          grave: false,
          text: 'More comes in than is counted live; the newest minutes follow once they are added up.',
        },
      ];
}

export function showAttention(state: OperatorState): void {
  const notices = noticesOf(state);
  keepChildren(
    byId('attention'),
    notices.length > 0
      ? notices
      : [
          {
            about: 'none',
            grave: false,
            text: 'Nothing: no figure is out of bounds, and every tier takes requests.',
          },
        ],
    {
      key: ({ about }) => about,
      make: () => element('li'),
      update(made, { about, grave, text }) {
        made.className = about === 'none' ? 'calm' : grave ? 'grave' : 'mild';
        setText(made, text);
      },
    },
  );
}
