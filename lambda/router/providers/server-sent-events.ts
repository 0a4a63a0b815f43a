const NEWLINE = 10;
const RETURN = 13;
const COLON = 58;
const SPACE = 32;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** An image in an event has some megabytes. */
const LONGEST_EVENT_BYTES = 16 * 1024 * 1024;

/** One event as it stands in the bytes of its batch. */
export interface ServerSentEvent {
  /** First byte, and the one after its blank line. */
  readonly start: number;
  readonly end: number;
  /** Value of the `event:` field; empty where there is none. */
  readonly name: string;
  readonly data: string;
  /** Exactly `data: {...}\n\n`: may travel on as it is. */
  readonly plain: boolean;
}

/** The whole events of some reads. Offsets are into `bytes`. */
export interface EventBatch {
  readonly bytes: Buffer;
  readonly events: readonly ServerSentEvent[];
}

interface Draft {
  start: number;
  name: string;
  data: string | undefined;
  lines: number;
  plain: boolean;
}

const EMPTY: EventBatch = { bytes: Buffer.alloc(0), events: [] };

function draftAt(start: number): Draft {
  return { start, name: '', data: undefined, lines: 0, plain: true };
}

/** Reads one `field: value` line into the draft. Comments begin with a colon. */
function readLine(draft: Draft, bytes: Buffer, start: number, end: number): void {
  draft.lines += 1;
  const colon = bytes.subarray(start, end).indexOf(COLON);
  const field = bytes.toString('latin1', start, colon < 0 ? end : start + colon);
  const spaced = colon >= 0 && bytes[start + colon + 1] === SPACE;
  const value = colon < 0 ? '' : bytes.toString('utf8', start + colon + (spaced ? 2 : 1), end);
  if (field === 'data') draft.data = draft.data === undefined ? value : `${draft.data}\n${value}`;
  else if (field === 'event') draft.name = value;
  draft.plain &&= field === 'data' && spaced && draft.lines === 1;
}

/**
 * Server-sent events out of reads cut at any byte. Lines end with LF or CRLF (no model server ends them with a lone CR,
 * which the standard also allows). Events without data, such as keep-alive comments, are left out.
 */
export class EventParser {
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private begun = false;

  /** Whether an event has begun that is longer than any model's: its host will never end it. */
  get isEndless(): boolean {
    return this.pendingBytes > LONGEST_EVENT_BYTES;
  }

  push(read: Buffer): EventBatch {
    this.pending.push(read);
    this.pendingBytes += read.length;
    // Without a line end there is no event end: a long line is not scanned again at every read.
    return read.includes(NEWLINE) ? this.parse() : EMPTY;
  }

  /** What is left when the host has ended: an event without its blank line. */
  end(): EventBatch {
    if (this.pending.every((read) => read.length === 0)) return EMPTY;
    this.pending.push(Buffer.from('\n\n'));
    const { bytes, events } = this.parse();
    return { bytes, events: events.map((event) => Object.assign({}, event, { plain: false })) };
  }

  private parse(): EventBatch {
    let bytes = this.pending.length === 1 ? (this.pending[0] as Buffer) : Buffer.concat(this.pending);
    if (!this.begun && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK)) bytes = bytes.subarray(3);
    this.begun ||= bytes.length >= 3;
    const events: ServerSentEvent[] = [];
    let draft = draftAt(0);
    let position = 0;
    for (let newline = bytes.indexOf(NEWLINE); newline >= 0; newline = bytes.indexOf(NEWLINE, position)) {
      const returned = newline > position && bytes[newline - 1] === RETURN;
      const lineEnd = returned ? newline - 1 : newline;
      draft.plain &&= !returned;
      const blank = lineEnd === position;
      if (!blank) readLine(draft, bytes, position, lineEnd);
      position = newline + 1;
      if (!blank) continue;
      const { start, name, data, plain } = draft;
      if (data !== undefined) events.push({ start, end: position, name, data, plain });
      draft = draftAt(position);
    }
    this.pending = draft.start < bytes.length ? [bytes.subarray(draft.start)] : [];
    this.pendingBytes = bytes.length - draft.start;
    return { bytes, events };
  }
}
