import type { StreamSlice } from '../../../../lib/core/types';
import type { ChatChunk, ChatDelta, FinishReason } from '../../../../lib/core/types-chat';
import { createdNow, REFUSED } from './completion-of';

interface OpenTool {
  readonly index: number;
  wrote: boolean;
}

/** Writes a stream of content blocks as chunks. What was written since the last `slice` makes the next one. */
export class ChunkWriter {
  private readonly created = createdNow();
  private readonly tools = new Map<number, OpenTool>();
  private chunks: ChatChunk[] = [];
  private spoke = false;

  constructor(
    private id: string,
    private model: string,
  ) {}

  /** The answer begins; a host that names itself and the answer does so here. */
  begin(id = this.id, model = this.model): void {
    this.id = id;
    this.model = model;
    this.write({ role: 'assistant', content: '' });
  }

  text(text: string): void {
    if (text !== '') this.say({ content: text });
  }

  reasoning(text: string): void {
    if (text !== '') this.write({ reasoning_content: text });
  }

  /** `block` is the host's number of the content block; Chat Completions numbers the tool calls alone. */
  tool(block: number, id: string, name: string): void {
    const index = this.tools.size;
    this.tools.set(block, { index, wrote: false });
    this.say({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] });
  }

  toolArguments(block: number, text: string): void {
    const tool = this.tools.get(block);
    if (tool === undefined || text === '') return;
    tool.wrote = true;
    this.write({ tool_calls: [{ index: tool.index, function: { arguments: text } }] });
  }

  /** A tool without parameters is called without a word of arguments; clients parse them all the same. */
  endBlock(block: number): void {
    if (this.tools.get(block)?.wrote === false) this.toolArguments(block, '{}');
  }

  finish(reason: FinishReason): void {
    if (reason === 'content_filter' && !this.spoke) this.say({ refusal: REFUSED });
    this.write({}, reason);
  }

  /** Bytes and chunks since the last call; undefined where there are none. */
  slice(): StreamSlice | undefined {
    const { chunks } = this;
    if (chunks.length === 0) return undefined;
    this.chunks = [];
    const bytes = Buffer.from(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''));
    return { bytes, chunks };
  }

  private say(delta: ChatDelta): void {
    this.spoke = true;
    this.write(delta);
  }

  private write(delta: ChatDelta, reason: FinishReason | null = null): void {
    const { id, created, model } = this;
    const choices = [{ index: 0, delta, finish_reason: reason }];
    this.chunks.push({ id, object: 'chat.completion.chunk', created, model, choices });
  }
}
