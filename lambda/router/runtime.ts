import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { messageOf } from '../../lib/core/message-of';
import type { Deployment } from '../../lib/core/policy/deployment';
import type { Prepared } from '../../lib/core/route';
import { embeddedMetrics, policyAgeMetric } from '../../lib/core/telemetry/embedded-metrics';
import type { Attribution } from '../../lib/core/types';
import type { Switch } from '../../lib/core/types-live';
import { createPolicyRefresher } from '../shared/policy-refresher';
import { createRecordWriter } from '../shared/record-writer';
import { createSecrets } from '../shared/secrets';
import type { Store } from '../shared/store/port';
import { type Access, compileCallerOf } from './access/callers';
import { createApp, type PolicyInForce } from './app';
import { createTakeFeedback } from './feedback/take-feedback';
import type { App, Served } from './http';
import { createLiveState } from './live-state';
import { loadDocument, loadText, type Variables } from './load-policy';
import { lazyOperatorPage } from './page/lazy-operator-page';
import { createPromptBucket } from './prompt-log/prompt-bucket';
import { createPromptLog } from './prompt-log/prompt-log';
import { createProviders } from './providers/registry';

export interface RuntimeOptions {
  /** The `Router` dimension of every metric. */
  readonly router: string;
  /** Opens the store; records are kept there for as many days as the policy in force says. */
  readonly openStore: (retentionDays: () => number) => Promise<Store>;
  /** The policy that holds while the store has none: text as written, and its file for messages. */
  readonly fallback?: { readonly text: string; readonly file: string };
  readonly variables: Variables;
  /** What no policy may widen, be it the store's or the fallback. */
  readonly deployment?: Deployment;
  readonly refreshMs: number;
  /** Who may call; absent: whoever has a key. */
  readonly access?: Access;
  /** Takes one line of embedded metrics. Absent: nobody reads them, so none are made. */
  readonly emit?: ((line: string) => void) | undefined;
  /** Takes what the person on call should read. */
  readonly warn: (message: string) => void;
}

/** A router in one process: what both the Lambda and the plain server run. */
export interface Runtime {
  readonly app: App;
  readonly newRequestId: () => string;
  readonly policy: () => PolicyInForce | undefined;
  /** Keeps the record of what has been served; to be called once the answer has left. */
  readonly keep: (served: Served) => Promise<void>;
  /**
   * Breaks off what is done behind answers that have left, and waits until their records are handed over, or the time is up;
   * resolves with the number that are not. To be called once nobody is served any more, before the last `flush`.
   */
  readonly settle: (ms: number) => Promise<number>;
  /** Waits until every record is stored, or the time is up; resolves with the number still waiting. */
  readonly flush: (ms: number) => Promise<number>;
  /** Starts a look at the store when the last is too old; never waits. */
  readonly poke: () => void;
  readonly close: () => Promise<void>;
}

/** How often each process says how old its policy is. */
const AGE_EVERY_MS = 60_000;
/** Until a policy says otherwise. */
const RETENTION_DAYS = 90;

export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { emit, warn, router } = options;
  const fallback = options.fallback && (await loadText(options.fallback.text, options.fallback.file, options));
  const store = await options.openStore(() => policy()?.prepared.policy.attribution.retentionDays ?? RETENTION_DAYS);
  const refresher = createPolicyRefresher<Prepared>({
    store: store.policies,
    load: (document, version) => loadDocument(document, version, options),
    ...(fallback !== undefined && { fallback }),
    intervalMs: options.refreshMs,
    onRefused: (error, version) =>
      warn(`policy version ${version} is refused, the last good one stays in force: ${messageOf(error)}`),
    onUnreachable: (error) =>
      warn(`the store cannot be reached, the last good policy stays in force: ${messageOf(error)}`),
  });
  const writer = createRecordWriter({
    store: store.attributions,
    onFailure: (error, pending) => warn(`${pending} attribution records wait for the store: ${messageOf(error)}`),
  });
  await refresher.start();

  function policy(): PolicyInForce | undefined {
    const current = refresher.current();
    if (current === undefined) return undefined;
    const { refused } = current;
    return {
      prepared: current.loaded,
      ageSeconds: (Date.now() - current.checkedAtMs) / 1000,
      source: current.version === undefined ? 'fallback' : 'store',
      ...(refused && { refused: { version: String(refused.version), why: messageOf(refused.error) } }),
    };
  }
  const providers = createProviders({ secrets: createSecrets({}) });
  const newRequestId = (): string => `req-${randomUUID()}`;
  const onFault = (fault: unknown, requestId: string): void =>
    warn(`request ${requestId} failed within the router: ${faultShown(fault)}`);
  const callerOf = compileCallerOf(options.access ?? { callers: 'keyed' }, {
    store: store.keys,
    refreshMs: options.refreshMs,
    nowMs,
    warn,
  });
  const live = createLiveState({
    store,
    policy: () => policy()?.prepared.policy,
    refreshMs: options.refreshMs,
    nowMs,
    random: Math.random,
    warn,
  });
  await live.start();
  const { health, budgets, sessions, answers } = live;
  const switches = (): readonly Switch[] => live.switches.current();
  const behind = new AbortController();
  // Of as many calls at once as there are requests.
  setMaxListeners(0, behind.signal);
  const hurry = behind.signal;
  const place = options.deployment?.prompts;
  const promptLog = createPromptLog({ ...(place && { bucket: createPromptBucket(place) }), nowMs, warn });
  const { transcribe } = promptLog;
  const world = { health, budgets, sessions, answers, switches, nowMs, random: Math.random, pause, hurry, transcribe };
  const takeFeedback = createTakeFeedback({
    store: store.attributions,
    nowMs,
    pause,
    onFailure: (error) => warn(`feedback could not be kept: ${messageOf(error)}`),
  });
  const operatorPage = lazyOperatorPage({ store, callerOf, policy, health, switches, newRequestId, nowMs });
  const app = createApp({
    callerOf,
    policy,
    providers,
    newRequestId,
    onFault,
    operatorPage,
    takeFeedback,
    promptLog,
    ...world,
  });

  let ageEmittedAtMs = 0;
  function emitMetrics(record: Attribution): void {
    if (emit === undefined) return;
    const inForce = policy();
    for (const line of embeddedMetrics(record, router, inForce?.prepared.policy)) emit(line);
    if (inForce === undefined || Date.now() - ageEmittedAtMs < AGE_EVERY_MS) return;
    ageEmittedAtMs = Date.now();
    emit(policyAgeMetric(inForce.ageSeconds, router, ageEmittedAtMs));
  }

  /** Served, and its record not handed to the writer yet. */
  const keeping = new Set<Promise<void>>();

  function keep(served: Served): Promise<void> {
    const kept = keepRecord(served).finally(() => keeping.delete(kept));
    keeping.add(kept);
    return kept;
  }

  async function keepRecord({ attribution }: Served): Promise<void> {
    try {
      const record = await attribution;
      if (record === undefined) return;
      writer.record(record);
      emitMetrics(record);
    } catch (error) {
      warn(`a request could not be attributed: ${messageOf(error)}`);
    }
  }

  return {
    app,
    newRequestId,
    policy,
    keep,
    async settle(ms) {
      behind.abort();
      if (keeping.size > 0) await Promise.race([Promise.all(keeping), pause(ms)]);
      return keeping.size;
    },
    async flush(ms) {
      const [records] = await Promise.all([writer.flush(ms), live.flush(ms), promptLog.flush(ms)]);
      return records;
    },
    poke() {
      refresher.poke();
      live.poke();
    },
    close: async () => {
      refresher.stop();
      live.close();
      promptLog.close();
      await store.close();
    },
  };
}

/** Milliseconds since the epoch, with fractions: routing takes less than one. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Kind and place: the message of such an error may quote what was being read, a prompt or an answer. */
function faultShown(fault: unknown): string {
  if (!(fault instanceof Error)) return typeof fault;
  const place = /^ +at .*?([^\s/\\(]+:\d+:\d+)\)?$/m.exec(fault.stack ?? '')?.[1];
  return place === undefined ? fault.name : `${fault.name} in ${place}`;
}
