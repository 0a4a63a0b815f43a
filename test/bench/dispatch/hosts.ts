import type { Calendar } from './calendar';
import type { Arrival } from './trace';

/** One answer: when its first token came and when it was done, in virtual milliseconds. */
export interface Served {
  readonly firstTokenAtMs: number;
  readonly endedAtMs: number;
}

export interface Host {
  serve(arrival: Arrival, done: (served: Served) => void): void;
}

export interface VllmSpeed {
  /** Requests it works on at a time. */
  readonly places: number;
  /** Of the whole engine, which reads one prompt after the other. */
  readonly prefillTokensPerSecond: number;
  /** Of each request, alone; so much slower, as a factor, with every place taken. */
  readonly decodeTokensPerSecond: number;
  readonly slowdown: number;
}

/** Connection, tokenizer and the scheduler's next step. */
const VLLM_BASE_MS = 60;

/** A fake vLLM: places that a queue without end waits for, prompts read in turn, answers written side by side. */
export class FakeVllm implements Host {
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private readingUntilMs = 0;

  constructor(
    private readonly calendar: Calendar,
    private readonly speed: VllmSpeed,
  ) {}

  serve(arrival: Arrival, done: (served: Served) => void): void {
    this.waiting.push(() => this.begin(arrival, done));
    this.fill();
  }

  /** As its `/metrics` would say now. */
  metrics(): string {
    const labels = '{engine="0",model_name="m"}';
    return `# TYPE vllm:num_requests_running gauge
vllm:num_requests_running${labels} ${this.running}.0
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting${labels} ${this.waiting.length}.0
`;
  }

  private fill(): void {
    while (this.running < this.speed.places) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      this.running += 1;
      next();
    }
  }

  private begin({ inputTokens, outputTokens }: Arrival, done: (served: Served) => void): void {
    const { calendar, speed } = this;
    const readMs = (1000 * inputTokens) / speed.prefillTokensPerSecond;
    this.readingUntilMs = Math.max(calendar.nowMs, this.readingUntilMs) + readMs;
    const firstTokenAtMs = this.readingUntilMs + VLLM_BASE_MS;
    const slower = 1 + (speed.slowdown - 1) * (this.running / speed.places);
    const endedAtMs = firstTokenAtMs + (1000 * slower * outputTokens) / speed.decodeTokensPerSecond;
    calendar.plan(endedAtMs, () => {
      this.running -= 1;
      done({ firstTokenAtMs, endedAtMs });
      this.fill();
    });
  }
}

/** A host in the cloud: never full, and never at once. Times to the first token are log-normal. */
export class FakeCloud implements Host {
  constructor(
    private readonly calendar: Calendar,
    private readonly random: () => number,
  ) {}

  serve({ inputTokens, outputTokens }: Arrival, done: (served: Served) => void): void {
    const { calendar, random } = this;
    const spread = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const firstTokenAtMs = calendar.nowMs + 380 * Math.exp(0.25 * spread) + inputTokens / 20;
    const endedAtMs = firstTokenAtMs + (1000 * outputTokens) / 90;
    calendar.plan(endedAtMs, () => done({ firstTokenAtMs, endedAtMs }));
  }
}
