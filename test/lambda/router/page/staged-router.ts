import type { Access } from '../../../../lambda/router/access/callers';
import { createRuntime, type Runtime } from '../../../../lambda/router/runtime';
import { startServer } from '../../../../lambda/router/server';
import { openMemoryStore } from '../../../../lambda/shared/store/memory';
import type { Store } from '../../../../lambda/shared/store/port';
import { stagedPolicy, stageMonth } from './staged-traffic';

export interface StagedRouter {
  readonly url: string;
  readonly store: Store;
  readonly runtime: Runtime;
  /** What the person on call was told. */
  readonly warned: string[];
  close(): Promise<void>;
}

export interface StagedRouterOptions {
  readonly access?: Access;
  /** Requests an hour over the month before; 0 for a router that has never been asked. */
  readonly count?: number;
  /** Base address of the tiers. */
  readonly host?: string;
}

/** A router on a real socket with a month behind it. */
export async function startStagedRouter(options: StagedRouterOptions = {}): Promise<StagedRouter> {
  const { access = { callers: 'trusted' }, count = 0, host = 'http://127.0.0.1:9/v1' } = options;
  const clock = { nowMs: Date.now() };
  let staging = true;
  const store = openMemoryStore({ nowMs: () => (staging ? clock.nowMs : Date.now()) });
  if (count > 0) await stageMonth(store, clock, count);
  staging = false;
  const warned: string[] = [];
  const runtime = await createRuntime({
    router: 'staged',
    openStore: async () => store,
    fallback: { text: JSON.stringify(stagedPolicy(host)), file: 'policy.json' },
    variables: {},
    refreshMs: 1000,
    access,
    warn: (line) => warned.push(line),
  });
  const server = await startServer({
    app: runtime.app,
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: () => 1_000_000,
    newRequestId: runtime.newRequestId,
    afterwards: (served) => void runtime.keep(served),
  });
  return {
    url: server.url,
    store,
    runtime,
    warned,
    close: async () => {
      await server.close(20_000);
      await runtime.close();
    },
  };
}
