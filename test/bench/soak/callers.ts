import * as http from 'node:http';
import { seeded } from './random';

export interface CallersOptions {
  readonly url: string;
  readonly seconds: number;
  readonly perSecond: number;
  /** Share of callers who leave before their answer has ended. */
  readonly leaving: number;
}

/** How the requests went, as their callers saw them. */
export interface CallersResult {
  readonly sent: ReadonlySet<string>;
  readonly left: ReadonlySet<string>;
  readonly statuses: Readonly<Record<number, number>>;
  /** Streams that ended with an error, as the contract has it. */
  readonly brokenStreams: number;
  /** Answers that looked whole and were not. */
  readonly liars: number;
  readonly mostAtOnce: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
}

/** The first of them asks for so much of all. */
const HEAVY_SHARE = 0.3;
const CUSTOMERS = 20;
const STREAMED_SHARE = 0.35;
const LEAVES_WITHIN_MS = 40;
/** Well before the router closes a connection that nobody uses, which a request might be on its way by. */
const IDLE_MS = 10_000;
/** Not at once, so that those who leave do not come at even distances. */
const LEAVING_WHEN_DUE = 0.1;

/** Callers who come when they come, whether or not those before them have been answered. */
export class Callers {
  private readonly agent = new http.Agent({ keepAlive: true, timeout: IDLE_MS, maxSockets: Number.POSITIVE_INFINITY });
  private readonly random = seeded(7);
  private readonly sent = new Set<string>();
  private readonly left = new Set<string>();
  private readonly statuses: Record<number, number> = {};
  private readonly latencies: number[] = [];
  /** Under way, and about to leave unless they are answered sooner. */
  private aboutToLeave = 0;
  private brokenStreams = 0;
  private liars = 0;
  private underWay = 0;
  private mostAtOnce = 0;

  constructor(private readonly options: CallersOptions) {}

  async run(): Promise<CallersResult> {
    const { seconds, perSecond } = this.options;
    const startedAtMs = performance.now();
    const all: Promise<void>[] = [];
    let dueMs = 0;
    while (dueMs < seconds * 1000) {
      const waitMs = startedAtMs + dueMs - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      all.push(this.call(`r${all.length + 1}`));
      dueMs += (-Math.log(1 - this.random()) / perSecond) * 1000;
    }
    await Promise.all(all);
    this.agent.destroy();
    return this.result();
  }

  private async call(request: string): Promise<void> {
    this.sent.add(request);
    this.underWay += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.underWay);
    const stream = this.random() < STREAMED_SHARE;
    const leavesInMs = this.mayLeave() ? 3 + this.random() * LEAVES_WITHIN_MS : undefined;
    if (leavesInMs !== undefined) this.aboutToLeave += 1;
    const startedAtMs = performance.now();
    try {
      const { status, text } = await this.exchange(request, stream, leavesInMs);
      this.judge(status, text, stream);
      this.latencies.push(performance.now() - startedAtMs);
    } catch (error) {
      if (!this.left.has(request)) throw error;
    } finally {
      this.underWay -= 1;
      if (leavesInMs !== undefined) this.aboutToLeave -= 1;
    }
  }

  /** In the place of those who were answered sooner others leave, so that the share is what it is to be. */
  private mayLeave(): boolean {
    const isDue = this.left.size + this.aboutToLeave < this.options.leaving * this.sent.size;
    return this.random() < LEAVING_WHEN_DUE && isDue;
  }

  private judge(status: number, text: string, stream: boolean): void {
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    if (status !== 200) return;
    if (!stream) {
      if (JSON.parse(text).choices[0].message.content === '') this.liars += 1;
      return;
    }
    const events = text.split('\n\n').filter((event) => event.startsWith('data: {'));
    const data = events.map((event) => JSON.parse(event.slice('data: '.length)));
    const isDone = text.trimEnd().endsWith('data: [DONE]');
    const isFinished = data.some((one) => one.choices?.[0]?.finish_reason === 'stop');
    if (data.some((one) => one.error !== undefined)) this.brokenStreams += isDone ? 0 : 1;
    else if (!isDone || !isFinished) this.liars += 1;
  }

  private exchange(request: string, stream: boolean, leavesInMs?: number): Promise<{ status: number; text: string }> {
    const customer = this.random() < HEAVY_SHARE ? 0 : 1 + Math.floor(this.random() * (CUSTOMERS - 1));
    const content = `Tell the words of #${request}#, in their order.`;
    const messages = [{ role: 'user', content }];
    const body = JSON.stringify({ model: 'auto', messages, stream, max_tokens: 64 });
    return new Promise((resolve, reject) => {
      const outgoing = http.request(`${this.options.url}/v1/chat/completions`, {
        method: 'POST',
        agent: this.agent,
        headers: {
          'content-type': 'application/json',
          'content-length': body.length,
          'x-request-id': request,
          'x-tierwise-customer': `customer-${customer}`,
        },
      });
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      if (leavesInMs !== undefined) {
        const timer = setTimeout(() => {
          this.left.add(request);
          outgoing.destroy(new Error('left'));
        }, leavesInMs);
        outgoing.once('close', () => clearTimeout(timer));
      }
      outgoing.end(body);
    });
  }

  private result(): CallersResult {
    const sorted = Float64Array.from(this.latencies).sort();
    const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
    const { sent, left, statuses, brokenStreams, liars, mostAtOnce } = this;
    return {
      sent,
      left,
      statuses,
      brokenStreams,
      liars,
      mostAtOnce,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      longestMs: at(1),
    };
  }
}
