import { afterEach, describe, expect, it, vi } from 'vitest';
import { createRuntime, type Runtime } from '../../../lambda/router/runtime';
import { openMemoryStore } from '../../../lambda/shared/store/memory';
import { HOUR_MS } from '../../../lib/core/durations';
import { SMALL_POLICY } from '../../core/policy/documents';

const SECONDS_20 = 20_000;

describe('a router whose machine has slept', () => {
  const lines: string[] = [];
  let runtime: Runtime;

  afterEach(async () => {
    vi.restoreAllMocks();
    await runtime.close();
  });

  async function start(): Promise<void> {
    lines.length = 0;
    runtime = await createRuntime({
      router: 'test',
      openStore: async () => openMemoryStore(),
      fallback: { text: SMALL_POLICY, file: 'policy.yaml' },
      variables: {},
      refreshMs: HOUR_MS,
      access: { callers: 'trusted' },
      emit: (line) => lines.push(line),
      warn: () => {},
    });
  }

  function theSystemClockIsOffBy(ms: number): number {
    const atMs = Date.now() + ms;
    vi.spyOn(Date, 'now').mockImplementation(() => atMs);
    return atMs;
  }

  async function record() {
    const served = await runtime.app({
      method: 'POST',
      path: '/v1/chat/completions',
      headers: {},
      body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Say hello.' }] }),
      left: new AbortController().signal,
    });
    await runtime.keep(served);
    return served.attribution;
  }

  it('writes records of the day it is, not of the day it fell asleep', async () => {
    await start();
    const atMs = theSystemClockIsOffBy(8 * HOUR_MS);
    const { time = '' } = (await record()) ?? {};
    expect(Math.abs(Date.parse(time) - atMs)).toBeLessThan(SECONDS_20);
  });

  it('never says that a policy is younger than new, not even where the system clock is set back', async () => {
    await start();
    await record();
    theSystemClockIsOffBy(-8 * HOUR_MS);
    await record();
    const ages = lines.map((line) => JSON.parse(line).PolicyAge).filter((age) => age !== undefined);
    expect(ages).not.toHaveLength(0);
    for (const age of ages) expect(age).toBeGreaterThanOrEqual(0);
    expect(runtime.policy()?.ageSeconds).toBeGreaterThanOrEqual(0);
  });
});
