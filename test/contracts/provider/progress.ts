import { describe, expect, it } from 'vitest';
import type { CallProgress, CallStage } from '../../../lib/core/execution/provider';
import { answering, type HostReply } from '../../fixtures/hosts/script';
import { closedPort } from '../../fixtures/hosts/silent-ports';
import { BOTH, failureOf, type ProviderBench } from './bench';

interface Noted extends CallProgress {
  readonly stages: CallStage[];
}

function noting(): Noted {
  const stages: CallStage[] = [];
  return { stages, reached: (stage) => void stages.push(stage), tells: () => {} };
}

/** What a call that is cut short is booked by. */
export function progressContract(bench: ProviderBench): void {
  const { hostWith, callTo, ask } = bench;

  describe('progress', () => {
    it.each(BOTH)('tells that the request has left, and no more, while the host is silent: %s', async (way) => {
      const host = await hostWith([{ kind: 'silence' }]);
      const progress = noting();
      const leaving = new AbortController();
      const asked = failureOf(ask(way, callTo(host.url, {}, { signal: leaving.signal, progress })));
      await expect.poll(() => progress.stages.length > 0 && host.seen.length, { timeout: 20_000 }).toBe(1);
      leaving.abort();
      await asked;
      expect(progress.stages).toEqual(['sent']);
    });

    it.each(BOTH)('tells that the host answers: %s', async (way) => {
      const host = await hostWith([answering({ text: 'Yes.' })]);
      const progress = noting();
      await ask(way, callTo(host.url, {}, { progress }));
      expect(progress.stages.at(-1)).toBe('accepted');
    });

    it.each(BOTH)('tells that the host answers before it stands still: %s', async (way) => {
      const host = await hostWith([{ kind: 'stall', answer: { text: 'One two three' }, after: 1 }]);
      const progress = noting();
      const leaving = new AbortController();
      const asked = failureOf(ask(way, callTo(host.url, {}, { signal: leaving.signal, progress })));
      await expect.poll(() => progress.stages.at(-1), { timeout: 20_000 }).toBe('accepted');
      leaving.abort();
      await asked;
    });

    it.each(['rate-limited', 'overloaded', 'server-error', 'auth', 'invalid-request'] as const)(
      'tells a refusal: %s',
      async (error) => {
        const reply: HostReply = { kind: 'error', error };
        for (const way of BOTH) {
          const host = await hostWith([reply]);
          const progress = noting();
          await failureOf(ask(way, callTo(host.url, {}, { progress })));
          expect(progress.stages.at(-1)).toBe('refused');
        }
      },
    );

    it.each(BOTH)('does not take a reset for an answer: %s', async (way) => {
      const host = await hostWith([{ kind: 'reset' }]);
      const progress = noting();
      expect((await failureOf(ask(way, callTo(host.url, {}, { progress })))).failure).toBe('cut');
      expect(progress.stages).not.toContain('accepted');
    });

    it.each(BOTH)('does not take a host that is not there for one that answers: %s', async (way) => {
      const progress = noting();
      await failureOf(ask(way, callTo(`http://127.0.0.1:${await closedPort()}/v1`, {}, { progress })));
      expect(progress.stages).not.toContain('accepted');
    });
  });
}
