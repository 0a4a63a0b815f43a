/** The load generator, in a process of its own: takes a load, puts it on a server, tells how that went. */
import { Connection, type Exchange } from './connection';

export interface Load {
  readonly port: number;
  readonly body: string;
  readonly seconds: number;
  /** So many exchanges at once, each followed by the next. */
  readonly concurrency?: number;
  /** Or so many a second, whether or not earlier ones have ended. */
  readonly perSecond?: number;
  /** Ends sooner once so many are sent. */
  readonly atMost?: number;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  readonly chunks: number;
  readonly seconds: number;
  readonly latencyMs: Percentiles;
  /** To the first chunk of a stream. */
  readonly firstMs: Percentiles;
  /** Of each further chunk. */
  readonly delayMs: Percentiles;
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

class Generator {
  private readonly free: Connection[] = [];
  private readonly all = new Set<Connection>();
  private readonly exchanges: Exchange[] = [];
  private readonly request: Buffer;
  private errors = 0;

  constructor(private readonly load: Load) {
    const head =
      `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:${load.port}\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(load.body)}\r\n\r\n`;
    this.request = Buffer.from(head + load.body);
  }

  async run(): Promise<LoadResult> {
    const startedAtMs = performance.now();
    const endsAtMs = startedAtMs + this.load.seconds * 1000;
    await (this.load.perSecond === undefined ? this.closed(endsAtMs) : this.open(this.load.perSecond));
    const seconds = (performance.now() - startedAtMs) / 1000;
    for (const connection of this.all) connection.close();
    return this.result(seconds);
  }

  private async closed(endsAtMs: number): Promise<void> {
    const { concurrency = 1, atMost = Number.POSITIVE_INFINITY } = this.load;
    let sent = 0;
    const worker = async (): Promise<void> => {
      while (performance.now() < endsAtMs && sent < atMost) {
        sent += 1;
        await this.exchange();
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
  }

  private async open(perSecond: number): Promise<void> {
    const total = Math.round(perSecond * this.load.seconds);
    const startedAtMs = performance.now();
    const all: Promise<void>[] = [];
    while (all.length < total) {
      const dueInMs = startedAtMs + (all.length * 1000) / perSecond - performance.now();
      if (dueInMs > 0) await new Promise((resolve) => setTimeout(resolve, dueInMs));
      else all.push(this.exchange());
    }
    await Promise.all(all);
  }

  private async exchange(): Promise<void> {
    const connection = this.free.pop() ?? this.connect();
    try {
      const exchange = await connection.exchange(this.request);
      this.free.push(connection);
      if (exchange.status === 200) this.exchanges.push(exchange);
      else this.errors += 1;
    } catch {
      this.errors += 1;
    }
  }

  private connect(): Connection {
    const connection = new Connection(this.load.port);
    this.all.add(connection);
    return connection;
  }

  private result(seconds: number): LoadResult {
    const { exchanges, errors } = this;
    const firsts = exchanges.flatMap(({ firstMs }) => (firstMs === undefined ? [] : [firstMs]));
    const delays = exchanges.flatMap(({ delaysMs }) => delaysMs);
    return {
      requests: exchanges.length,
      errors,
      chunks: firsts.length + delays.length,
      seconds,
      latencyMs: percentiles(exchanges.map(({ endMs }) => endMs)),
      firstMs: percentiles(firsts),
      delayMs: percentiles(delays),
    };
  }
}

process.on('message', async (load: Load) => process.send?.(await new Generator(load).run()));
process.on('disconnect', () => process.exit(0));
