import { RouterError } from '../../../../lib/core/errors';
import type { CallProgress, StreamTail } from '../../../../lib/core/execution/provider';
import type { StreamSlice } from '../../../../lib/core/types';
import type { ChatChunk, ChatUsage } from '../../../../lib/core/types-chat';
import { malformed } from '../failure-of';
import { parseJson } from '../host-error';
import { type EventBatch, EventParser, type ServerSentEvent } from '../server-sent-events';
import type { HostResponse } from '../transport';
import { chunkIn, eventOf } from './completion';
import { usageOfChat } from './usage';

const DONE = '[DONE]';

/** Bytes of whole events: neighbours that travel on as they are make one piece, without a copy. */
class Pieces {
  private readonly pieces: Buffer[] = [];
  private start = 0;
  private end = 0;

  constructor(private readonly bytes: Buffer) {}

  untouched(event: ServerSentEvent): void {
    if (event.start !== this.end) this.cut(event.start);
    this.end = event.end;
  }

  rewritten(event: Buffer): void {
    this.cut(this.end);
    this.pieces.push(event);
  }

  private cut(next: number): void {
    if (this.end > this.start) this.pieces.push(this.bytes.subarray(this.start, this.end));
    this.start = next;
    this.end = next;
  }

  joined(): Buffer {
    this.cut(this.end);
    return this.pieces.length === 1 ? (this.pieces[0] as Buffer) : Buffer.concat(this.pieces);
  }
}

export interface RelayOptions {
  readonly tier: string;
  /** The caller asked for usage in every chunk (`continuous_usage_stats` of vLLM), so it stays there. */
  readonly usageInChunks: boolean;
  readonly progress?: CallProgress | undefined;
}

/** What one batch of events came to. An error is thrown only after what stands before it has travelled on. */
interface Sorted {
  readonly slice: StreamSlice | undefined;
  readonly done: boolean;
  readonly error?: unknown;
}

/** Passes the bytes of a stream on, reading along: usage is kept out and remembered, errors are found. */
class Relay {
  private wireUsage: ChatUsage | undefined;

  constructor(private readonly options: RelayOptions) {}

  get tail(): StreamTail {
    const usage = usageOfChat(this.wireUsage);
    if (!this.wireUsage) return {};
    return usage ? { usage, wireUsage: this.wireUsage } : { wireUsage: this.wireUsage };
  }

  sort(batch: EventBatch): Sorted {
    const pieces = new Pieces(batch.bytes);
    const chunks: ChatChunk[] = [];
    let done = false;
    let error: unknown;
    for (const event of batch.events) {
      if (event.data === DONE) {
        done = true;
        break;
      }
      try {
        this.take(event, pieces, chunks);
      } catch (thrown) {
        error = thrown;
        break;
      }
    }
    const slice = chunks.length > 0 ? { bytes: pieces.joined(), chunks } : undefined;
    return { slice, done, ...(error === undefined ? {} : { error }) };
  }

  /** The chunk of usage alone is the whole of it; what stands beside words is not, with every host. */
  private tell(): void {
    const usage = usageOfChat(this.wireUsage);
    if (usage !== undefined) this.options.progress?.tells(usage, 'all');
  }

  private take(event: ServerSentEvent, pieces: Pieces, chunks: ChatChunk[]): void {
    const chunk = chunkIn(event.data, this.options.tier);
    if (chunk.usage) this.wireUsage = chunk.usage;
    if (chunk.usage && chunk.choices.length === 0) {
      this.tell();
      return;
    }
    if (chunk.usage && !this.options.usageInChunks) {
      const { usage: _, ...rest } = chunk;
      pieces.rewritten(eventOf(rest));
      chunks.push(rest);
      return;
    }
    if (event.plain) pieces.untouched(event);
    else pieces.rewritten(Buffer.from(`data: ${event.data.replaceAll('\n', '\ndata: ')}\n\n`));
    chunks.push(chunk);
  }
}

/** The slices of a streamed answer, one for each read that completes an event. */
export async function* relay(response: HostResponse, options: RelayOptions): AsyncGenerator<StreamSlice, StreamTail> {
  const parser = new EventParser();
  const sorter = new Relay(options);
  try {
    for await (const read of response.body) {
      const { slice, done, error } = sorter.sort(parser.push(read));
      if (slice) yield slice;
      if (error !== undefined) throw error;
      if (parser.isEndless) throw malformed(options.tier, 'streamed an event without an end');
      if (done) {
        response.release();
        return sorter.tail;
      }
    }
    const rest = parser.end();
    if (rest.events.some(({ data }) => data !== DONE && parseJson(data) === undefined)) {
      throw RouterError.failure('cut', `Tier ${options.tier} ended its stream within an event.`);
    }
    const last = sorter.sort(rest);
    if (last.slice) yield last.slice;
    if (last.error !== undefined) throw last.error;
    return sorter.tail;
  } finally {
    response.close();
  }
}
