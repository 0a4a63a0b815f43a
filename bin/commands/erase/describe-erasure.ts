import { counted, whole } from '../../../lib/core/figures';
import { table } from '../command';
import { momentText, nameText } from '../report/figures';
import type { Deleted, Erasure, HostReached, Renamed } from './erasure';

const KINDS: Readonly<Record<keyof Deleted, string>> = {
  records: 'records of requests',
  feedback: 'words of feedback',
  sessions: 'sessions',
  accounts: 'budget accounts',
  requestCounts: 'counts of requests a minute',
  prompts: 'prompts with their answers',
  keys: 'keys',
};

const SPANS: Readonly<Record<keyof Renamed, string>> = { minute: 'minutes', hour: 'hours', day: 'days' };

/** What went, what is left, and where else to ask, for who has to show it. */
export function describeErasure(erasure: Erasure): string {
  const { dryRun, deleted, renamed } = erasure;
  return [
    headingOf(erasure),
    section(dryRun ? 'Would be deleted' : 'Deleted', rowsOf(KINDS, deleted)),
    section(dryRun ? 'Sums that would lose the name' : 'Sums that lost the name', rowsOf(SPANS, renamed)),
    keysText(erasure),
    remainingText(erasure),
    hostsText(erasure.hosts),
    section(
      'Not reached from here',
      erasure.notReached.map(({ what, afterwards }) => [`${what}: ${afterwards}.`]),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** A name that is mistyped is nobody's, and he who was meant is not gone. */
function headingOf({ customer, dryRun, deleted, renamed, remaining, startedAt }: Erasure): string {
  const name = nameText(customer);
  const found = [...Object.values(deleted), ...Object.values(renamed), remaining.records, remaining.feedback];
  if (found.every((count) => count === 0)) {
    return `Nothing was found of ${name}: a name has to be given letter by letter, as keys and reports have it`;
  }
  if (dryRun) return `What would go of ${name}; nothing was changed`;
  const isAll = remaining.records === 0 && remaining.feedback === 0;
  return `${name} is erased${isAll ? '' : ' in part: see what is LEFT'}, ${momentText(startedAt)}`;
}

function rowsOf<Name extends string>(labels: Readonly<Record<Name, string>>, counts: Readonly<Record<Name, number>>) {
  return (Object.keys(labels) as Name[]).map((name) => [labels[name], whole(counts[name])]);
}

function section(heading: string, rows: readonly (readonly string[])[]): string {
  return [
    heading,
    ...table(rows)
      .split('\n')
      .map((line) => `  ${line}`),
  ].join('\n');
}

function keysText({ dryRun, keysRevoked }: Erasure): string {
  if (keysRevoked.length === 0) return '';
  const ids = keysRevoked.join(', ');
  return dryRun
    ? `Live keys, which --revoke-keys would revoke: ${ids}.`
    : `Revoked before they were deleted; routers refuse them within their refresh time: ${ids}.`;
}

function remainingText({ remaining: { records, feedback, runAgainAfter } }: Erasure): string {
  const left = records + feedback;
  if (left === 0 && runAgainAfter === null) return '';
  const again = runAgainAfter === null ? '' : ` Run the same command again after ${momentText(runAgainAfter)}.`;
  if (left === 0) return `Requests that were under way may still leave something.${again}`;
  return (
    `LEFT: ${counted(records, 'record')} and ${counted(feedback, 'word')} of feedback, for being too young: sums may ` +
    `still be made of them, and would lack them.${again}`
  );
}

function hostsText(hosts: readonly HostReached[]): string {
  if (hosts.length === 0) return '';
  const rows = hosts.map(({ tier, location, geography, retentionDays, calls, firstDay, lastDay }) => [
    nameText(tier),
    geography === null ? location : `${location} ${geography}`,
    retentionDays === null ? 'not said' : retentionDays === 0 ? 'none' : `${retentionDays} days`,
    whole(calls),
    firstDay,
    lastDay,
  ]);
  const heading = ['tier', 'location', 'kept', 'calls', 'first day', 'last day'];
  return section('Hosts that prompts went to, which keep them by their own rules and can be asked', [heading, ...rows]);
}
