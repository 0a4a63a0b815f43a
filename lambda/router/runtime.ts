import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { messageOf } from '../../lib/core/message-of';
import type { Deployment } from '../../lib/core/policy/deployment';
import type { Prepared } from '../../lib/core/route';
import { createPolicyRefresher } from '../shared/policy-refresher';
import { createRecordWriter } from '../shared/record-writer';
import { createSecrets } from '../shared/secrets';
import type { Store } from '../shared/store/port';
import { type Access, compileCallerOf } from './access/callers';
import { createApp, type PolicyInForce } from './app';
import { nowMs } from './clock';
import { createTakeFeedback } from './feedback/take-feedback';
import type { App, Served } from './http';
import { createLiveState } from './live-state';
import { loadDocument, loadText, type Variables } from './load-policy';
import { createMetricEmitter } from './metric-emitter';
import { lazyOperatorPage } from './page/lazy-operator-page';
import { createPromptBucket } from './prompt-log/prompt-bucket';
import { createPromptLog } from './prompt-log/prompt-log';
import { createProviders } from './providers/registry';
import { createRecordKeeper } from './record-keeper';

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
  /** Whether they tell of each customer too, each of whom is then paid for. Default: false. */
  readonly customerMetrics?: boolean;
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

/** Until a policy says otherwise. */
const RETENTION_DAYS = 90;

export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { emit, customerMetrics: ofCustomers = false, warn, router } = options;
  const fallback = options.fallback && (await loadText(options.fallback.text, options.fallback.file, options));
  const store = await options.openStore(() => policy()?.prepared.policy.attribution.retentionDays ?? RETENTION_DAYS);
  const refresher = createPolicyRefresher<Prepared>({
    store: store.policies,
    load: (document, version) => loadDocument(document, version, options),
    ...(fallback !== undefined && { fallback }),
    intervalMs: options.refreshMs,
    now: nowMs,
    onRefused: (error, version) => warn(`policy version ${version} is refused, ${whatStays()}: ${messageOf(error)}`),
    onUnreachable: (error) => warn(`the store cannot be reached, ${whatStays()}: ${messageOf(error)}`),
  });
  const writer = createRecordWriter({
    store: store.attributions,
    onFailure: (error, pending) =>
      warn(`the store does not take attribution records, of which ${pending} wait: ${messageOf(error)}`),
    onRecovery: (pending) => warn(`the store takes attribution records again, of which ${pending} still wait`),
  });
  await refresher.start();

  function policy(): PolicyInForce | undefined {
    const current = refresher.current();
    if (current === undefined) return undefined;
    const { refused } = current;
    return {
      prepared: current.loaded,
      ageSeconds: (nowMs() - current.checkedAtMs) / 1000,
      source: current.version === undefined ? 'fallback' : 'store',
      ...(refused && { refused: { version: String(refused.version), why: messageOf(refused.error) } }),
    };
  }

  function whatStays(): string {
    return policy() ? 'the last good policy stays in force' : 'and no policy is in force';
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
  const { current: switches } = live.switches;
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

  const emitMetrics = emit && createMetricEmitter({ router, policy, emit, ofCustomers, nowMs });
  const records = createRecordKeeper({
    take(record) {
      writer.record(record);
      emitMetrics?.(record);
    },
    warn,
  });

  return {
    app,
    newRequestId,
    policy,
    keep: records.keep,
    settle(ms) {
      behind.abort();
      return records.settle(ms);
    },
    async flush(ms) {
      const [unwritten] = await Promise.all([writer.flush(ms), live.flush(ms), promptLog.flush(ms)]);
      return unwritten;
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

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Kind and place: the message of such an error may quote what was being read, a prompt or an answer. */
function faultShown(fault: unknown): string {
  if (!(fault instanceof Error)) return typeof fault;
  const place = /^ +at .*?([^\s/\\(]+:\d+:\d+)\)?$/m.exec(fault.stack ?? '')?.[1];
  return place === undefined ? fault.name : `${fault.name} in ${place}`;
}
