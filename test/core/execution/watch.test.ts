import { describe, expect, it } from 'vitest';
import { createWatch } from '../../../lib/core/execution/watch';

const HERE = new AbortController().signal;
const FOREVER = new Promise<never>(() => {});

describe('the watch over a call', () => {
  it('waits out deadlines longer than a timer can run', async () => {
    const watch = createWatch('small', 3e9, HERE);
    watch.arm('stall-timeout', 3e9);
    const waited = new Promise((resolve) => setTimeout(resolve, 20, 'still waiting'));
    expect(await Promise.race([watch.wait(FOREVER), waited])).toBe('still waiting');
    watch.end();
  });

  it('names the deadline that has passed', async () => {
    const watch = createWatch('small', 1000, HERE);
    watch.arm('first-token-timeout', 5);
    await expect(watch.wait(FOREVER)).rejects.toMatchObject({ failure: 'first-token-timeout' });
    expect(watch.signal.aborted).toBe(true);
  });

  it('lets a call be that has ended by itself, and aborts one that has not', () => {
    const ended = createWatch('small', 1000, HERE);
    ended.stop();
    ended.end();
    expect(ended.signal.aborted).toBe(false);
    const open = createWatch('small', 1000, HERE);
    open.end();
    expect(open.signal.aborted).toBe(true);
  });
});
