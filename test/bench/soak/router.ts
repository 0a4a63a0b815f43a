/**
 * The router under soak: as `serve` runs it, but for its records, which go to the parent, and for what it tells of its own
 * memory and sockets.
 */
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { accountOf } from '../../../lambda/router/budgets/accounts';
import { createRuntime } from '../../../lambda/router/runtime';
import { startServer } from '../../../lambda/router/server';
import type { AccountStanding } from '../../../lambda/shared/store/budget-port';
import { openMemoryStore } from '../../../lambda/shared/store/memory';
import { type KeptRecord, keptOf } from './ledger';

/** What the router tells its parent. */
export interface RouterNews {
  readonly url?: string;
  readonly records?: readonly KeptRecord[];
  readonly sample?: RouterSample;
  readonly standing?: AccountStanding;
  readonly warning?: string;
}

export interface RouterSample {
  /** Heap and buffers after a full collection. */
  readonly heapMiB: number;
  readonly residentMiB: number;
  readonly sockets: number;
}

const TELL_MS = 250;
const MIB = 2 ** 20;

const tell = (news: RouterNews): void => void process.send?.(news);
let untold: KeptRecord[] = [];

function tellRecords(): void {
  if (untold.length > 0) tell({ records: untold });
  untold = [];
}

/** Those of callers and those kept alive to hosts; where the system does not tell, the ones at work alone. */
function openSockets(): number {
  if (!existsSync('/proc/self/fd')) {
    return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  }
  return readdirSync('/proc/self/fd').filter(isSocket).length;
}

function isSocket(descriptor: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('socket:');
  } catch {
    // The one by which the folder was read.
    return false;
  }
}

function sample(): RouterSample {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapMiB: (heapUsed + external) / MIB, residentMiB: rss / MIB, sockets: openSockets() };
}

async function main(policyText: string): Promise<void> {
  const store = openMemoryStore({ capacity: 1000 });
  const attributions = {
    ...store.attributions,
    async put(record: Parameters<typeof store.attributions.put>[0]) {
      untold.push(keptOf(record));
      return 'stored' as const;
    },
  };
  const runtime = await createRuntime({
    router: 'soak',
    openStore: async () => ({ ...store, attributions }),
    fallback: { text: policyText, file: 'soak.json' },
    variables: {},
    refreshMs: 10_000,
    access: { callers: 'trusted' },
    emit: () => {},
    warn: (warning) => tell({ warning }),
  });
  const server = await startServer({
    app: (request) => {
      runtime.poke();
      return runtime.app(request);
    },
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: () => 1_000_000,
    newRequestId: runtime.newRequestId,
    afterwards: (served) => void runtime.keep(served),
  });
  setInterval(tellRecords, TELL_MS);
  process.on('unhandledRejection', (error) => tell({ warning: `unhandled rejection: ${error}` }));
  process.on('message', async (asked: 'sample' | 'flush') => {
    if (asked === 'sample') return tell({ sample: sample() });
    await runtime.flush(10_000);
    tellRecords();
    const total = runtime.policy()?.prepared.policy.budgets.find(({ scope }) => scope === 'all');
    if (total === undefined) throw new Error('The soak needs a budget over all.');
    const nowMs = Date.now();
    tell({ standing: await store.budgets.read(accountOf(total, { task: '' }, nowMs).id, nowMs) });
  });
  process.on('disconnect', () => process.exit(0));
  tell({ url: server.url });
}

void main(process.argv[2] as string);
