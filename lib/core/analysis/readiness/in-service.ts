import { MONTH } from '../../durations';
import { shortPercent, usd, whole } from '../../figures';
import { oracleBuilder } from '../../oracle/registry';
import type { Policy, Task } from '../../types-policy';
import type { Finding, LoadShown, Look } from './facts';
import { routedTasks } from './facts';

const SECONDS_AN_HOUR = 3600;
const HOURS_A_DAY = 24;
/** Of the requests under load. */
const MOST_ERRORS = 0.01;
const SHADOW_DAYS = 7;
/** A burst that is over before a queue could form shows nothing. */
const LEAST_SECONDS = 60;
/** Requests beyond the percentile: fewer, and it is the luck of the slowest. */
const LEAST_BEYOND = 10;
const ESCALATION_ALARM = 0.15;

const SERVE_FIRST =
  'put requests through the router, wait two minutes, and name where its records are: --store or --stack';

export const peakLoad: Look = ({ policy, load }) => {
  const peak = peakPerSecond(policy);
  if (peak === undefined) {
    return {
      ok: false,
      evidence: 'the policy does not say what the peak is',
      how: 'declare traffic.monthlyRequests, and traffic.hourly where hours differ',
    };
  }
  const aim = `twice the peak is ${rate(2 * peak)}`;
  const how = `put ${rate(2 * peak)} on the router, and give {requests, errors, seconds, latencyMs: {p95}} with --load`;
  if (load === undefined) return { ok: false, evidence: `no load was shown; ${aim}`, how };
  return judgeLoad(policy, load, peak, how);
};

/** Requests a second in the busiest hour. */
function peakPerSecond({ traffic }: Policy): number | undefined {
  const requests = traffic?.monthlyRequests;
  if (traffic === undefined || requests === undefined || requests === 0) return undefined;
  const total = traffic.hourly.reduce((sum, hour) => sum + hour, 0);
  const busiest = total > 0 ? Math.max(...traffic.hourly) / total : 1 / HOURS_A_DAY;
  return ((requests / MONTH.days) * busiest) / SECONDS_AN_HOUR;
}

function judgeLoad(policy: Policy, load: LoadShown, peak: number, how: string): Finding {
  const { requests, errors, seconds, latencyMs } = load;
  const put = requests / seconds;
  const [which, ms] = latencyMs.p95 !== undefined ? ['p95', latencyMs.p95] : ['p99', latencyMs.p99];
  const budgets = Object.values(policy.tasks).flatMap(({ latencyBudgetMs }) => latencyBudgetMs ?? []);
  const limit = load.limitMs ?? (budgets.length === 0 ? undefined : Math.min(...budgets));
  const evidence = `${which} ${ms?.toFixed(0)} ms at ${rate(put)}, peak ${rate(peak)}, ${errors} of ${requests} failed`;
  if (put < 2 * peak) return { ok: false, evidence: `${evidence}: less than twice the peak`, how };
  const least = LEAST_BEYOND / (which === 'p95' ? 0.05 : 0.01);
  const floor = `${whole(least)} requests in ${LEAST_SECONDS} s are the least that a ${which} can be told by`;
  if (requests < least || seconds < LEAST_SECONDS)
    return { ok: false, evidence: `${requests} requests in ${seconds} s; ${floor}`, how };
  if (errors > MOST_ERRORS * requests) return { ok: false, evidence, how: 'see what failed under load' };
  if (ms === undefined) return { ok: false, evidence: 'the load tells neither p95 nor p99', how };
  if (limit === undefined) {
    const missing = 'no task has a latencyBudgetMs, and the load file no limitMs, to hold it to';
    return { ok: false, evidence: `${evidence}; ${missing}`, how: 'say what is too slow' };
  }
  if (ms > limit)
    return { ok: false, evidence: `${evidence}: above ${limit} ms`, how: 'add capacity, or raise the budget' };
  return { ok: true, evidence: `${evidence}, within ${limit} ms` };
}

function rate(perSecond: number): string {
  return `${Number(perSecond.toPrecision(3))} requests/s`;
}

/** A launch begins with the model of today in front; the control sample asks the other end of the ladder behind it. */
const INSTEAD_OF_SHADOW =
  `this version has no shadow yet, so the item stays open; what comes nearest: for ${SHADOW_DAYS} days keep each task on ` +
  "today's model (route static, start there) with control.share above 0, which puts that share of the requests to another " +
  'tier behind the answer, and read tierwise report; POST /v1/route says where a request would go, and asks no model';

export const shadowRun: Look = ({ store }) => {
  const days = store?.records.shadowDays ?? 0;
  if (days >= SHADOW_DAYS) return { ok: true, evidence: `shadow answers on ${days} days` };
  const seen = days === 0 ? 'no shadow evidence' : `shadow answers on ${days} of ${SHADOW_DAYS} days`;
  return { ok: false, evidence: store === undefined ? `${seen}: no store was named` : seen, how: INSTEAD_OF_SHADOW };
};

export const modelLogged: Look = ({ store }) => {
  if (store === undefined) return { ok: false, evidence: 'no store was named', how: SERVE_FIRST };
  const { sampled, withoutModel } = store.records;
  if (sampled === 0)
    return { ok: false, evidence: `${store.name} has no records of the last seven days`, how: SERVE_FIRST };
  const evidence = `${sampled - withoutModel} of ${sampled} sampled records name their models`;
  return withoutModel === 0 ? { ok: true, evidence } : { ok: false, evidence, how: 'see which tiers tell no model' };
};

export const attributionByTask: Look = ({ policy, store }) => {
  if (store === undefined) return { ok: false, evidence: 'no store was named', how: SERVE_FIRST };
  const { sampled, byTask } = store.records;
  if (sampled === 0)
    return { ok: false, evidence: `${store.name} has no records of the last seven days`, how: SERVE_FIRST };
  const strange = Object.keys(byTask).filter((task) => !Object.hasOwn(policy.tasks, task));
  const evidence = Object.entries(byTask)
    .map(([task, count]) => `${task} ${count}`)
    .join(', ');
  if (strange.length === 0) return { ok: true, evidence };
  return { ok: false, evidence, how: `publish a policy that knows ${strange.join(', ')}` };
};

export const thresholdsConfigured: Look = ({ store }) => {
  const how = 'tierwise publish puts the file in force, with no deployment';
  if (store === undefined) return { ok: false, evidence: 'no store was named', how };
  const { active, name } = store;
  if (active === undefined) return { ok: false, evidence: `nothing is published in ${name}`, how };
  const evidence = `version ${active.version} in ${name}`;
  if (!active.isSame) return { ok: false, evidence: `${evidence} is in force, and is not the file`, how };
  return { ok: true, evidence: `${evidence} is the file` };
};

export const contextGuard: Look = ({ policy }) => {
  const { contextFraction } = policy.guards;
  const evidence = `prompts above ${shortPercent(contextFraction)} of a window go to a larger one`;
  if (contextFraction < 1) return { ok: true, evidence };
  return { ok: false, evidence, how: 'leave room: guards.contextFraction below 1' };
};

export const qualityMonitoring: Look = ({ policy }) => {
  const { share, dailyUsd } = policy.control;
  if (share > 0 && dailyUsd > 0) {
    return {
      ok: true,
      evidence: `${shortPercent(share)} of the requests answered twice, up to ${usd(dailyUsd)} a day`,
    };
  }
  const unwatched = routedTasks(policy).filter((task) => !isChecked(task));
  if (unwatched.length === 0) return { ok: true, evidence: 'every routed task is checked in production' };
  return {
    ok: false,
    evidence: `no control sample, and no check in production of ${unwatched.map(({ id }) => id).join(', ')}`,
    how: 'set control.share, or give them an oracle that judges without an expected answer',
  };
};

function isChecked({ oracle }: Task): boolean {
  return oracle.some((spec) => oracleBuilder(spec.kind)?.production(spec) === true);
}

export const escalationAlarm: Look = ({ policy }) => {
  const { escalationAbove } = policy.alarms;
  const without = routedTasks(policy).filter(
    ({ baseline: { escalationRate, low, high } }) =>
      escalationRate === undefined || low === undefined || high === undefined,
  );
  const evidence = `alarms at +${shortPercent(escalationAbove)} of the baseline`;
  if (escalationAbove > ESCALATION_ALARM) {
    return { ok: false, evidence, how: `alarms.escalationAbove at most ${ESCALATION_ALARM}` };
  }
  if (without.length === 0) return { ok: true, evidence };
  const missing = `no baseline, so no judgement, for ${without.map(({ id }) => id).join(', ')}`;
  return {
    ok: false,
    evidence: `${evidence}; ${missing}`,
    how: 'publish policy.profiled.yaml, or tierwise baseline adopt',
  };
};
