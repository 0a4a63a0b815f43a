import { DAY_MS } from '../../durations';
import { counted, usdInCents } from '../../figures';
import { auditPolicy } from '../../policy/audit';
import { voidCertificates } from '../../policy/certificate';
import type { Policy, Task } from '../../types-policy';
import { LEAST_ROWS } from '../profile/worth';
import { changesSince } from './changes-since';
import type { Finding, Look, ProfileShown, ReadinessFacts } from './facts';
import { routedTasks } from './facts';

/** A profile of fewer rows in all says little of anything. */
const LEAST_CORPUS = 200;

const PROFILE_FIRST = 'run tierwise profile, and give its profile.json with --profile';

export const labelledData: Look = ({ policy, profile }) => {
  if (profile === undefined) return { ok: false, evidence: 'no profile was given', how: PROFILE_FIRST };
  const { n, byTask } = profile.corpus;
  const short = routedTasks(policy).filter(({ id }) => (byTask[id] ?? 0) < LEAST_ROWS);
  const evidence = `${counted(n, 'row')} over ${counted(Object.keys(byTask).length, 'task')}`;
  const unjudged = unmeasuredTasks(policy, profile).filter((id) => Object.hasOwn(byTask, id));
  if (unjudged.length > 0) {
    const how = 'see what kept the tiers from answering or the oracles from judging, and go on with --resume';
    return { ok: false, evidence: `${evidence}; not one verdict on ${unjudged.join(', ')}`, how };
  }
  if (short.length > 0) {
    const which = short.map(({ id }) => `${id} (${byTask[id] ?? 0})`).join(', ');
    return {
      ok: false,
      evidence: `${evidence}; too few for ${which}`,
      how: `label ${LEAST_ROWS} rows at least of each`,
    };
  }
  if (n < LEAST_CORPUS) return { ok: false, evidence, how: `label ${LEAST_CORPUS} rows at least in all` };
  return { ok: true, evidence };
};

export const taskAudit: Look = ({ policy }) => {
  const rows = auditPolicy(policy);
  const gaps = rows.flatMap(({ task, missing }) => {
    const answers = missing.filter((key) => key !== 'oracle');
    return answers.length === 0 ? [] : [`${task} (${answers.join(', ')})`];
  });
  return gaps.length === 0
    ? { ok: true, evidence: `owner and three answers of ${counted(rows.length, 'task')}` }
    : {
        ok: false,
        evidence: `missing: ${gaps.join('; ')}`,
        how: 'tierwise check --audit lists what is to be answered',
      };
};

export const oracleDefined: Look = ({ policy }) => {
  const tasks = Object.values(policy.tasks);
  const without = tasks.filter(({ oracle }) => oracle.length === 0).map(({ id }) => id);
  return without.length === 0
    ? { ok: true, evidence: `${counted(tasks.length, 'task')}, each with a check on its answers` }
    : { ok: false, evidence: `none for ${without.join(', ')}`, how: 'give each task an oracle that says what passes' };
};

export const profileRun: Look = (facts) => {
  const { profile, policy } = facts;
  if (profile === undefined) return { ok: false, evidence: 'no profile was given', how: PROFILE_FIRST };
  const fault = staleness(facts, profile);
  if (fault !== undefined) return { ok: false, evidence: fault, how: 'profile again' };
  const missing = routedTasks(policy).filter(({ id }) => !Object.hasOwn(profile.tasks, id));
  if (missing.length > 0) {
    return { ok: false, evidence: `not profiled: ${missing.map(({ id }) => id).join(', ')}`, how: 'add rows for them' };
  }
  const unmeasured = unmeasuredTasks(policy, profile);
  if (unmeasured.length > 0) {
    const evidence = `nothing was measured of ${unmeasured.join(', ')}`;
    return { ok: false, evidence, how: 'profile again, with the tiers in reach and their answers judged' };
  }
  const tasks = Object.values(profile.tasks);
  const certified = tasks.filter((task) => 'tier' in task.certified).length;
  const evidence = `${certified} of ${counted(tasks.length, 'task')} certified, no certificate void`;
  return { ok: true, evidence: [evidence, ...judgedByModelsAlone(policy)].join('; ') };
};

/** Routed tasks of the profile on which no tier has a single verdict. */
function unmeasuredTasks(policy: Policy, { tasks }: ProfileShown): string[] {
  const isUnmeasured = ({ id }: Task): boolean => {
    const tiers = Object.hasOwn(tasks, id) ? tasks[id]?.tiers : undefined;
    return tiers !== undefined && Object.values(tiers).every(({ n }) => n === 0);
  };
  return routedTasks(policy)
    .filter(isUnmeasured)
    .map(({ id }) => id);
}

/** Certificates that rest on a judge model nobody has checked: to be known, and the launcher's to decide. */
function judgedByModelsAlone({ tasks }: Policy): string[] {
  const ids = Object.values(tasks).flatMap(({ id, certificate }) => (certificate?.judge === undefined ? [] : [id]));
  return ids.length === 0 ? [] : [`by a judge model that people have not validated: ${ids.join(', ')}`];
}

/** What makes a profile one of something else, or of another time. */
function staleness(facts: ReadinessFacts, profile: ProfileShown): string | undefined {
  const { nowMs, policy } = facts;
  if (profile.policy.id !== policy.id) return `the profile is of policy ${profile.policy.id}, not of ${policy.id}`;
  const models = Object.entries(profile.tiers).flatMap(([tier, { model }]) => {
    const now = policy.tiers[tier]?.model;
    return now === undefined || now === model ? [] : [`${tier} was ${model} and is ${now}`];
  });
  if (models.length > 0) return `models have changed since: ${models.join(', ')}`;
  const lost = voidCertificates(policy).map(
    ({ task, faults }) => `${task} (${faults.map(({ what }) => what).join(', ')})`,
  );
  if (lost.length > 0) return `void certificates: ${lost.join('; ')}`;
  const since = changesSince(facts, profile);
  if (since.length > 0) return since.join('; ');
  const dates = Object.values(profile.tasks).flatMap(({ baseline }) => baseline.profiledAt ?? []);
  const oldest = Math.min(...dates.map((date) => Date.parse(date)));
  const days = Math.floor((nowMs - oldest) / DAY_MS);
  if (!Number.isFinite(days)) return 'the profile does not say when it was made';
  return days > policy.alarms.baselineDays
    ? `the profile is ${days} days old, above ${policy.alarms.baselineDays}`
    : undefined;
}

export const projectionMade: Look = ({ policy, projection }) => {
  const how = 'run tierwise project --json, and give what it prints with --projection';
  if (projection !== undefined) {
    const { volume, monthlyUsd } = projection;
    const evidence = `${usdInCents(monthlyUsd)} a month for ${counted(volume, 'request')}`;
    if (projection.policy.id === policy.id) return { ok: true, evidence };
    return { ok: false, evidence: `the projection is of policy ${projection.policy.id}, not of ${policy.id}`, how };
  }
  const declared = policy.projection?.monthlyUsd;
  if (declared === undefined) return { ok: false, evidence: 'none was given, and the policy holds none', how };
  return { ok: true, evidence: `${usdInCents(declared)} a month, as the policy holds it` } satisfies Finding;
};
