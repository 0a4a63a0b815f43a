import { randomUUID } from 'node:crypto';
import type { Prepared } from '../../lib/core/route';
import { embeddedMetrics, policyAgeMetric } from '../../lib/core/telemetry/embedded-metrics';
import { createPolicyRefresher } from '../shared/policy-refresher';
import { createRecordWriter } from '../shared/record-writer';
import { createSecrets } from '../shared/secrets';
import type { Store } from '../shared/store/port';
import { createApp, type PolicyInForce } from './app';
import type { App, Served } from './http';
import { loadDocument, loadText, type Variables } from './load-policy';
import { createProviders } from './providers/registry';

export interface RuntimeOptions {
  /** The `Router` dimension of every metric. */
  readonly router: string;
  /** Opens the store; records are kept there for as many days as the policy in force says. */
  readonly openStore: (retentionDays: () => number) => Promise<Store>;
  /** The policy that holds while the store has none: text as written, and its file for messages. */
  readonly fallback?: { readonly text: string; readonly file: string };
  readonly variables: Variables;
  readonly refreshMs: number;
  /** Takes one line of embedded metrics. */
  readonly emit: (line: string) => void;
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
  const fallback =
    options.fallback && (await loadText(options.fallback.text, options.fallback.file, options.variables));
  const store = await options.openStore(() => policy()?.prepared.policy.attribution.retentionDays ?? RETENTION_DAYS);
  const refresher = createPolicyRefresher<Prepared>({
    store: store.policies,
    load: (document, version) => loadDocument(document, version, options.variables),
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
  const app = createApp({ policy, providers, newRequestId, nowMs, random: Math.random, pause });

  let ageEmittedAtMs = 0;
  function emitAge(inForce: PolicyInForce | undefined): void {
    if (inForce === undefined || Date.now() - ageEmittedAtMs < AGE_EVERY_MS) return;
    ageEmittedAtMs = Date.now();
    emit(policyAgeMetric(inForce.ageSeconds, router, ageEmittedAtMs));
  }

  async function keep({ attribution }: Served): Promise<void> {
    try {
      const record = await attribution;
      if (record === undefined) return;
      const inForce = policy();
      writer.record(record);
      for (const line of embeddedMetrics(record, router, inForce?.prepared.policy)) emit(line);
      emitAge(inForce);
    } catch (error) {
      warn(`a request could not be attributed: ${messageOf(error)}`);
    }
  }

  return {
    app,
    newRequestId,
    policy,
    keep,
    flush: (ms) => writer.flush(ms),
    poke: () => refresher.poke(),
    close: async () => {
      refresher.stop();
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
