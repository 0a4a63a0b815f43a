import { describe, expect, it } from 'vitest';
import type { FailureCause } from '../../../lib/core/errors';
import type { StreamSlice } from '../../../lib/core/types';
import type { ChatBody } from '../../../lib/core/types-chat';
import type { ErrorKind, ScriptedAnswer } from '../../fixtures/hosts/script';
import { closedPort, startSilentPort } from '../../fixtures/hosts/silent-ports';
import { BOTH, failureOf, type ProviderBench, within } from './bench';
import { finishOf, textOf } from './chunks';
import { WEATHER } from './tool-definitions';

export function failuresContract(bench: ProviderBench): void {
  const { harness, hostWith, callTo, streamed, ask } = bench;

  describe('failures', () => {
    const kinds: [ErrorKind, FailureCause][] = [
      ['rate-limited', 'rate-limited'],
      ['overloaded', 'overloaded'],
      ['server-error', 'server-error'],
      ['auth', 'auth'],
      ['unknown-model', 'unknown-model'],
      ['context-length', 'context-length'],
      ['content-filter', 'content-filter'],
      ['invalid-request', 'invalid-request'],
    ];

    it.each(kinds)('tells a host that says %s', async (error, cause) => {
      const host = await hostWith([{ kind: 'error', error }]);
      for (const way of BOTH) {
        const failure = await failureOf(ask(way, callTo(host.url)));
        expect(failure.failure).toBe(cause);
        expect(failure.message).not.toMatch(/https?:|sk-|test-key/);
        if (cause !== 'invalid-request') expect(failure.message).toContain('Tier test');
      }
    });

    it('tells how long the host asks to wait', async () => {
      const host = await hostWith([{ kind: 'error', error: 'rate-limited', headers: { 'retry-after': '7' } }]);
      expect((await failureOf(ask('complete', callTo(host.url)))).retryAfterMs).toBe(7000);
    });

    it.each(['rate-limited', 'server-error', 'overloaded'] as const)(
      'tells an error inside a stream: %s',
      async (error) => {
        const host = await hostWith([{ kind: 'in-band-error', error, answer: { text: 'One two three' }, after: 4 }]);
        const slices: StreamSlice[] = [];
        const failure = await failureOf(
          (async () => {
            for await (const slice of await harness.provider.stream(callTo(host.url))) slices.push(slice);
          })(),
        );
        expect(failure.failure).toBe(error);
        expect(slices.length).toBeGreaterThan(0);
      },
    );

    it.each(BOTH)('tells a connection broken before the answer: %s', async (way) => {
      const host = await hostWith([{ kind: 'reset' }]);
      expect((await failureOf(ask(way, callTo(host.url)))).failure).toBe('cut');
    });

    it.each(BOTH)('tells an answer broken off: %s', async (way) => {
      const host = await hostWith([{ kind: 'cut', answer: { text: 'One two three four' }, after: 3 }]);
      expect((await failureOf(ask(way, callTo(host.url)))).failure).toBe('cut');
    });

    it('does not finish a stream that ends without its last words', async () => {
      const answer: ScriptedAnswer = { text: 'One two three' };
      const host = await hostWith([{ kind: 'end', answer, after: 4 }]);
      const { chunks } = await streamed(host.url);
      expect(textOf(chunks)).not.toBe('');
      expect(finishOf(chunks)).toBeUndefined();
    });

    it.each(BOTH)('tells garbage: %s', async (way) => {
      const host = await hostWith([{ kind: 'garbage' }]);
      expect((await failureOf(ask(way, callTo(host.url)))).failure).toBe('malformed');
    });

    it.each(BOTH)('tells a host on which nobody listens: %s', async (way) => {
      const url = `http://127.0.0.1:${await closedPort()}`;
      expect((await failureOf(ask(way, callTo(url)))).failure).toBe('unreachable');
    });

    it.each(BOTH)('gives up a connection that is not made in time: %s', async (way) => {
      const silent = await startSilentPort();
      const url = `https://127.0.0.1:${silent.port}`;
      const timeouts = { connectMs: 150, firstTokenMs: 10_000, stallMs: 10_000, totalMs: 60_000 };
      const call = callTo(url, {}, { tier: harness.tierAt(url, { timeouts }) });
      const failure = await Promise.race([failureOf(ask(way, call)), within(5000, 'giving up')]);
      expect(failure.failure).toBe('connect-timeout');
      await silent.close();
    });

    it('refuses arguments of a tool call that are not JSON, naming the message and not its text', async () => {
      if (harness.passesUnknownFields) return;
      const broken = {
        id: 'call_1',
        type: 'function',
        function: { name: 'weather', arguments: '{"place": Kö' },
      } as const;
      const body: Partial<ChatBody> = {
        tools: [WEATHER],
        messages: [
          { role: 'user', content: 'Weather?' },
          { role: 'assistant', tool_calls: [broken] },
        ],
      };
      const failure = await failureOf(ask('complete', callTo('http://127.0.0.1:9', body)));
      expect(failure.failure).toBe('invalid-request');
      expect(failure.message).toContain('messages[1].tool_calls[0]');
      expect(failure.message).not.toContain('Kö');
    });
  });
}
