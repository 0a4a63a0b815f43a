import type { Response } from '../../../lib/core/types';
import type { Heard } from './transcript';

/** More of an answer is not kept. */
const MOST_BYTES = 4_000_000;

/** The same response, and what was in it once it has left, or as much as has. */
export function hear(response: Response, onHeard: (heard: Heard) => void): Response {
  const { status, headers, body } = response;
  if (typeof body !== 'string') return { status, headers, body: passing(body, status, onHeard) };
  onHeard({ status, text: body.slice(0, MOST_BYTES), isCut: body.length > MOST_BYTES });
  return response;
}

async function* passing(
  body: AsyncIterable<Uint8Array>,
  status: number,
  onHeard: (heard: Heard) => void,
): AsyncGenerator<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of body) {
      if (bytes < MOST_BYTES) parts.push(part);
      bytes += part.length;
      yield part;
    }
  } finally {
    onHeard({ status, text: Buffer.concat(parts).toString(), isCut: bytes > MOST_BYTES });
  }
}
