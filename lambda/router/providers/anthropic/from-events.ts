import { RouterError } from '../../../../lib/core/errors';
import type { CallProgress, ProviderCall, StreamTail } from '../../../../lib/core/execution/provider';
import { promptTokens } from '../../../../lib/core/prompt-tokens';
import type { StreamSlice } from '../../../../lib/core/types';
import { ChunkWriter } from '../blocks/chunk-writer';
import { tailOf } from '../blocks/completion-of';
import { failureInBand, malformed } from '../failure-of';
import { parseJson } from '../host-error';
import { EventParser } from '../server-sent-events';
import type { HostResponse } from '../transport';
import { isEvent } from './dialect';
import { finishReasonOf } from './stop-reason';
import { usageOfMessage } from './usage';
import type { BlockDelta, MessageBlock, MessageEvent, MessageUsage } from './wire';

/** Reads the events of one message into chunks. The finish reason is held back until the message is whole. */
class MessageReader {
  readonly writer: ChunkWriter;
  done = false;
  private usage: MessageUsage = {};
  private stopReason: string | null | undefined;
  /** What a message says of its output at its start is not what it will bill. */
  private counted = false;

  private readonly tier: string;
  private readonly progress: CallProgress | undefined;

  constructor({ tier, model, progress }: ProviderCall) {
    this.tier = tier.id;
    this.progress = progress;
    this.writer = new ChunkWriter('', model);
  }

  get tail(): StreamTail {
    return this.counted ? tailOf(usageOfMessage(this.usage)) : {};
  }

  read(data: string): void {
    const said = parseJson(data);
    if (!isEvent(said)) throw malformed(this.tier, 'streamed an event its dialect does not know');
    const event = said as MessageEvent;
    switch (event.type) {
      case 'message_start':
        this.count(event.message.usage);
        this.tell('prompt');
        this.writer.begin(event.message.id, event.message.model);
        break;
      case 'content_block_start':
        this.start(event.index, event.content_block);
        break;
      case 'content_block_delta':
        this.delta(event.index, event.delta);
        break;
      case 'content_block_stop':
        this.writer.endBlock(event.index);
        break;
      case 'message_delta':
        this.count(event.usage);
        this.counted = event.usage?.output_tokens != null;
        if (this.counted) this.tell('all');
        this.stopReason = event.delta.stop_reason;
        break;
      case 'message_stop':
        this.done = true;
        this.writer.finish(finishReasonOf(this.stopReason, this.tier));
        break;
      case 'error':
        throw failureInBand(event, this.tier);
    }
  }

  /** Later counts are of the whole message, so they replace earlier ones; what they leave out stands. */
  private count(usage: MessageUsage | undefined): void {
    const told = Object.entries(usage ?? {}).filter(([, value]) => value !== null);
    this.usage = Object.assign({}, this.usage, Object.fromEntries(told));
  }

  /** Some hosts that speak the dialect put zeros here and count at the end. */
  private tell(of: 'prompt' | 'all'): void {
    const usage = usageOfMessage(this.usage);
    if (usage !== undefined && promptTokens(usage) > 0) this.progress?.tells(usage, of);
  }

  private start(index: number, block: MessageBlock): void {
    if (block.type === 'tool_use') this.writer.tool(index, block.id, block.name);
    else if (block.type === 'text') this.writer.text(block.text);
    else if (block.type === 'thinking') this.writer.reasoning(block.thinking);
  }

  private delta(index: number, delta: BlockDelta): void {
    if (delta.type === 'text_delta') this.writer.text(delta.text);
    else if (delta.type === 'input_json_delta') this.writer.toolArguments(index, delta.partial_json);
    else if (delta.type === 'thinking_delta') this.writer.reasoning(delta.thinking);
  }
}

/** The slices of a streamed message. One that ends without `message_stop` ends without a finish reason. */
export async function* fromEvents(response: HostResponse, call: ProviderCall): AsyncGenerator<StreamSlice, StreamTail> {
  const tier = call.tier.id;
  const parser = new EventParser();
  const reader = new MessageReader(call);
  try {
    for await (const read of response.body) {
      let failed: unknown;
      try {
        for (const { data } of parser.push(read).events) reader.read(data);
      } catch (error) {
        failed = RouterError.is(error) ? error : malformed(tier, 'streamed an event its dialect does not know');
      }
      const slice = reader.writer.slice();
      if (slice) yield slice;
      if (failed !== undefined) throw failed;
      if (parser.isEndless) throw malformed(tier, 'streamed an event without an end');
      if (reader.done) break;
    }
    if (reader.done) response.release();
    return reader.tail;
  } finally {
    response.close();
  }
}
