import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OpenWork } from '../../../lambda/router/open-work';

describe('work behind the answers', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is waited for, and then leaves no timer that would keep the process alive', async () => {
    const work = new OpenWork();
    let finish = () => {};
    void work.add(
      new Promise((resolve) => {
        finish = resolve;
      }),
    );
    const flushed = work.flush(60_000);
    finish();
    expect(await flushed).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is counted where the time is up before it is done', async () => {
    const work = new OpenWork();
    void work.add(new Promise(() => {}));
    void work.add(new Promise(() => {}));
    void work.add(Promise.resolve());
    const flushed = work.flush(1000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await flushed).toBe(2);
  });

  it('is not waited for where there is none', async () => {
    expect(await new OpenWork().flush(60_000)).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
