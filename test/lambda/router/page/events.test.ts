import { describe, expect, it } from 'vitest';
import { stateEvents } from '../../../../lambda/router/page/events';

const STATE = { text: '{"atMs":1}', drawn: 'same' };
const never = new AbortController().signal;

async function textOf(events: AsyncIterable<Uint8Array>): Promise<string[]> {
  const parts: string[] = [];
  for await (const bytes of events) parts.push(Buffer.from(bytes).toString());
  return parts;
}

describe('the events of the page', () => {
  it('say a state once, then only that they are still there, and end before the platform does', async () => {
    let nowMs = 1_000_000;
    const state = async () => {
      nowMs += 6000;
      return STATE;
    };
    const parts = await textOf(
      stateEvents({ state, gone: never, endsAtMs: nowMs + 900_000, nowMs: () => nowMs, everyMs: 1 }),
    );
    expect(parts[0]).toBe('retry: 1000\n\n');
    expect(parts[1]).toBe('event: state\ndata: {"atMs":1}\n\n');
    expect(parts.slice(2).every((part) => part === ': still here\n\n')).toBe(true);
    expect(parts.length).toBeGreaterThan(3);
    expect(nowMs).toBeLessThan(1_000_000 + 70_000);
  });

  it('end by the platform’s deadline where that is sooner', async () => {
    let nowMs = 0;
    const state = async () => {
      nowMs += 1000;
      return STATE;
    };
    await textOf(stateEvents({ state, gone: never, endsAtMs: 5000, nowMs: () => nowMs, everyMs: 10 }));
    expect(nowMs).toBeLessThanOrEqual(5000);
  });

  it('tell once that the state cannot be read, in no words of the store', async () => {
    let asked = 0;
    const gone = new AbortController();
    const state = async () => {
      asked += 1;
      if (asked === 3) gone.abort();
      throw new Error('secret-table: access denied');
    };
    const parts = await textOf(
      stateEvents({ state, gone: gone.signal, endsAtMs: undefined, nowMs: () => 0, everyMs: 1 }),
    );
    expect(parts).toEqual(['retry: 1000\n\n', 'event: trouble\ndata: {}\n\n']);
  });

  it('end when the client leaves, at once', async () => {
    const gone = new AbortController();
    const events = stateEvents({
      state: async () => STATE,
      gone: gone.signal,
      endsAtMs: undefined,
      nowMs: () => 0,
      everyMs: 60_000,
    });
    await events.next();
    await events.next();
    const next = events.next();
    gone.abort();
    expect((await next).done).toBe(true);
  });
});
