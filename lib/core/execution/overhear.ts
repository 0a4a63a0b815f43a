import type { Answer, Execution, StreamOutcome } from '../types';
import type { ChatChunk } from '../types-chat';
import { assemble, choicesOf } from './assemble';

/** Longer answers are not worth the memory. */
const MOST_BYTES = 1024 * 1024;

/** An execution whose answer can be looked at once it has ended. */
export interface Overheard {
  readonly execution: Execution;
  /** The whole answer; undefined where there was none. */
  answer(): Answer | undefined;
}

export function overhear(execution: Execution): Overheard {
  if (execution.kind === 'failed') return { execution, answer: () => undefined };
  if (execution.kind === 'whole') {
    const { completion } = execution;
    return { execution, answer: () => ({ model: completion.model, choices: choicesOf(completion) }) };
  }
  const heard = new HeardStream();
  const { kind, trail, ended } = execution;
  return {
    execution: { kind, trail, slices: listening(execution, heard), ended },
    answer: () => heard.answer(),
  };
}

/** Slices as they passed; they are read only where somebody asks. */
class HeardStream {
  private slices: Uint8Array[] = [];
  private bytes = 0;

  add(slice: Uint8Array): void {
    this.bytes += slice.byteLength;
    if (this.bytes > MOST_BYTES) this.slices = [];
    else this.slices.push(slice);
  }

  answer(): Answer | undefined {
    if (this.bytes > MOST_BYTES) return undefined;
    const chunks = chunksOf(this.slices);
    const choices = chunks && assemble(chunks);
    const isWhole = choices?.every(({ finishReason }) => finishReason !== null);
    return choices && isWhole ? { model: chunks?.[0]?.model ?? '', choices } : undefined;
  }
}

/** Slices hold whole events. Undefined where one is none. */
function chunksOf(slices: readonly Uint8Array[]): readonly ChatChunk[] | undefined {
  const decoder = new TextDecoder();
  const lines = slices.flatMap((slice) => decoder.decode(slice).split(/\r?\n/));
  try {
    return lines.filter((line) => line.startsWith('data:')).map((line) => JSON.parse(line.slice('data:'.length)));
  } catch {
    return undefined;
  }
}

async function* listening({ slices }: StreamOutcome, heard: HeardStream): AsyncGenerator<Uint8Array> {
  for await (const slice of slices) {
    heard.add(slice);
    yield slice;
  }
}
