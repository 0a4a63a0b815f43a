import { describe, expect, it } from 'vitest';
import { RouterError } from '../../../lib/core/errors';
import { answering } from '../../fixtures/hosts/script';
import { BOTH, drained, failureOf, type ProviderBench, within } from './bench';

export function leavingContract(bench: ProviderBench): void {
  const { harness, hostWith, callTo, ask } = bench;

  describe('leaving', () => {
    it.each(BOTH)('closes the connection when the call is aborted before an answer: %s', async (way) => {
      const host = await hostWith([{ kind: 'silence' }]);
      const leaving = new AbortController();
      const asked = failureOf(ask(way, callTo(host.url, {}, { signal: leaving.signal })));
      while (host.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      leaving.abort();
      expect((await Promise.race([asked, within(2000, 'aborting')])).failure).toBe('aborted');
      await Promise.race([host.seen[0]?.left, within(2000, 'leaving')]);
    });

    it('throws the error that the signal carries', async () => {
      const host = await hostWith([{ kind: 'stall', answer: { text: 'One two three' }, after: 3 }]);
      const deadline = new AbortController();
      const stream = await harness.provider.stream(callTo(host.url, {}, { signal: deadline.signal }));
      await stream.next();
      setTimeout(() => deadline.abort(RouterError.failure('stall-timeout', 'It stood still.')), 50);
      const failure = await Promise.race([failureOf(drained(stream)), within(2000, 'aborting')]);
      expect(failure.failure).toBe('stall-timeout');
      await Promise.race([host.seen[0]?.left, within(2000, 'leaving')]);
    });

    it('asks nobody when the signal is aborted already', async () => {
      const host = await hostWith([answering({ text: 'Yes.' })]);
      for (const way of BOTH) {
        const failure = await failureOf(ask(way, callTo(host.url, {}, { signal: AbortSignal.abort() })));
        expect(failure.failure).toBe('aborted');
      }
      expect(host.seen).toEqual([]);
    });

    it('closes the connection when the iteration is left early', async () => {
      const host = await hostWith([{ kind: 'stall', answer: { text: 'One two three' }, after: 3 }]);
      for await (const slice of await harness.provider.stream(callTo(host.url))) {
        expect(slice.bytes.length).toBeGreaterThan(0);
        break;
      }
      await Promise.race([host.seen[0]?.left, within(2000, 'leaving')]);
    });

    it('closes it when a stream is left that was never read', async () => {
      const host = await hostWith([{ kind: 'stall', answer: { text: 'One two three' }, after: 3 }]);
      const stream = await harness.provider.stream(callTo(host.url));
      await stream.return({});
      await Promise.race([host.seen[0]?.left, within(2000, 'leaving')]);
    });

    it('closes it when a stream is left while its next read waits', async () => {
      const host = await hostWith([{ kind: 'stall', answer: { text: 'One two three' }, after: 1 }]);
      const stream = await harness.provider.stream(callTo(host.url));
      const reads = failureOf(drained(stream)).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 50));
      void stream.return({});
      await Promise.race([host.seen[0]?.left, within(2000, 'leaving')]);
      await Promise.race([reads, within(2000, 'ending the read')]);
    });
  });
}
