import type { Exchange } from '../../../lib/core/route';

/** What left for the caller, as it left. */
export interface Heard {
  readonly status: number;
  readonly text: string;
  /** Whether the answer was longer than what is kept of one. */
  readonly isCut: boolean;
}

/** One object of the bucket. */
export interface Transcript {
  readonly key: string;
  readonly body: string;
}

/** Where transcripts are put. */
export interface PromptBucket {
  put(transcript: Transcript): Promise<void>;
  close(): void;
}

/** An exchange as it is kept. Found by who answers for it, whom it is about, the day and the request; see `daysToKeep`. */
export function transcriptOf({ request, features, policy }: Exchange, heard: Heard, days: number): Transcript {
  const { id, body, caller, receivedAtMs } = request;
  const time = new Date(receivedAtMs).toISOString();
  const { owner = '', expires = '' } = policy.attribution.prompts ?? {};
  const { customer, keyId } = caller;
  const folder = [owner, customer ?? '-', time.slice(0, 10)].map(encodeURIComponent).join('/');
  const answer = parsed(heard.text);
  const document = {
    schema: 1,
    requestId: id,
    time,
    task: features.task,
    ...(customer !== undefined && { customer }),
    ...(keyId !== undefined && { keyId }),
    policy: policy.version,
    owner,
    expires,
    request: body,
    status: heard.status,
    answer,
    ...(heard.isCut && { isCut: true }),
  };
  return { key: `keep-${days}-days/${folder}/${id}.json`, body: JSON.stringify(document) };
}

/** An answer in one piece as what it says; a stream as it was on the wire. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
