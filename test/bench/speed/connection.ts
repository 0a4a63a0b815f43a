import { connect, type Socket } from 'node:net';

/** How one exchange went. Times in milliseconds since its request was written. */
export interface Exchange {
  readonly status: number;
  readonly endMs: number;
  /** To the first chunk of a stream. */
  readonly firstMs?: number | undefined;
  /** Between the writing of each further chunk and its coming. */
  readonly delaysMs: readonly number[];
}

const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = '0\r\n\r\n';
const STAMP = /@(\d+)@/g;

function nowMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

interface Pending {
  readonly sentAtMs: number;
  readonly resolve: (exchange: Exchange) => void;
  readonly reject: (error: Error) => void;
  text: string;
  head: string | undefined;
  readonly delaysMs: number[];
  firstMs: number | undefined;
}

/**
 * One kept-alive connection, one exchange at a time. Node's own client would cost more than what is measured, so this
 * reads just enough of HTTP to see where an answer ends.
 */
export class Connection {
  private readonly socket: Socket;
  private pending: Pending | undefined;

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.socket.on('data', (bytes) => this.read(bytes));
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error('closed')));
  }

  exchange(request: Buffer): Promise<Exchange> {
    return new Promise((resolve, reject) => {
      const sentAtMs = performance.now();
      this.pending = { sentAtMs, resolve, reject, text: '', head: undefined, delaysMs: [], firstMs: undefined };
      this.socket.write(request);
    });
  }

  close(): void {
    this.pending = undefined;
    this.socket.destroy();
  }

  private fail(error: Error): void {
    this.pending?.reject(error);
    this.pending = undefined;
  }

  private read(bytes: Buffer): void {
    const { pending } = this;
    if (pending === undefined) return;
    pending.text += bytes.toString('latin1');
    if (pending.head === undefined) {
      const end = pending.text.indexOf(HEAD_END);
      if (end < 0) return;
      pending.head = pending.text.slice(0, end).toLowerCase();
      pending.text = pending.text.slice(end + HEAD_END.length);
    }
    const length = /\r\ncontent-length: (\d+)/.exec(pending.head)?.[1];
    if (length === undefined) takeStamps(pending);
    const over = length === undefined ? pending.text.endsWith(LAST_CHUNK) : pending.text.length >= Number(length);
    if (!over) return;
    this.pending = undefined;
    const { sentAtMs, head, firstMs, delaysMs } = pending;
    pending.resolve({ status: Number(head.slice(9, 12)), endMs: performance.now() - sentAtMs, firstMs, delaysMs });
  }
}

/** Reads the stamps of the chunks that have come and forgets their text. */
function takeStamps(pending: Pending): void {
  const now = nowMicroseconds();
  let taken = 0;
  for (const { 0: stamp, 1: microseconds, index } of pending.text.matchAll(STAMP)) {
    if (pending.firstMs === undefined) pending.firstMs = performance.now() - pending.sentAtMs;
    else pending.delaysMs.push((now - Number(microseconds)) / 1000);
    taken = index + stamp.length;
  }
  pending.text = pending.text.slice(taken);
}
