import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createRuntime, type Runtime } from '../../lambda/router/runtime';
import { openMemoryStore } from '../../lambda/shared/store/memory';
import type { Host } from '../fixtures/hosts/host';
import { startOpenAiHost } from '../fixtures/hosts/openai-host';
import { answering } from '../fixtures/hosts/script';
import { deployedAlarms, deskText, measured, ROUTER, TASK } from './a-desk';
import { type Datapoints, keyOf, readLines } from './datapoints';
import { Minutes } from './minutes';
import { TemplateAlarm } from './template-alarm';

/** One deployment, made once, whose policy has no baseline: what is compared with later comes by the metrics alone. */
const TASK_ALARMS = deployedAlarms().forTask(TASK);
const ABOVE = new TemplateAlarm(TASK_ALARMS.escalationAboveFiveMinutes);
const BELOW = new TemplateAlarm(TASK_ALARMS.escalationBelowFiveMinutes);

const NEVER = new AbortController().signal;
const EMAILS = [...Array(7).fill('Where is my parcel?'), ...Array(3).fill('I want a refund.')];

function isRaised(alarm: TemplateAlarm, emitted: Datapoints): boolean {
  const minutes = new Minutes(10);
  // Ten e-mails a minute say too little, so each stands for a hundred of its kind.
  for (let minute = 0; minute < 10; minute++) minutes.put(minute, emitted, 100);
  return alarm.isRaised(minutes.close(), 10);
}

describe('publishing a policy', () => {
  const store = openMemoryStore();
  const lines: string[] = [];
  const warnings: string[] = [];
  let host: Host;
  let runtime: Runtime;

  beforeAll(async () => {
    host = await startOpenAiHost(() => answering({ text: 'billing' }));
    runtime = await createRuntime({
      router: ROUTER,
      openStore: async () => store,
      fallback: { text: deskText(), file: 'desk.yaml' },
      variables: { SMALL_URL: host.url, FRONTIER_URL: host.url },
      refreshMs: 10,
      access: { callers: 'trusted' },
      emit: (line) => lines.push(line),
      warn: (message) => warnings.push(message),
    });
  });
  afterAll(async () => {
    await runtime.close();
    await host.close();
  });

  /** Puts a baseline in force on the running router. */
  async function publish(baseline: string): Promise<void> {
    const active = await store.policies.active();
    const { version } = await store.policies.publish({
      document: parse(deskText({ baseline })),
      author: 'somebody',
      message: 'a new baseline',
      expectedActive: active?.version ?? null,
    });
    await expect
      .poll(() => {
        runtime.poke();
        return runtime.policy()?.prepared.policy.version;
      })
      .toBe(String(version));
  }

  /** What the router emits for ten e-mails, three of which begin above the first tier. */
  async function emitted(): Promise<Datapoints> {
    lines.length = 0;
    for (const content of EMAILS) {
      const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }] });
      const request = { method: 'POST', path: '/v1/chat/completions', headers: {}, body, left: NEVER };
      await runtime.keep(await runtime.app(request));
    }
    const points = readLines(lines);
    const of = (name: string) => points.get(keyOf(name, { Router: ROUTER, Task: TASK }))?.sum;
    expect([of('Requests'), of('UpRoutes'), of('Escalations')]).toEqual([10, 3, 0]);
    return points;
  }

  it('publishes its baseline, and the alarms compare with it without a deployment', async () => {
    const without = await emitted();
    expect([...without.keys()].filter((key) => key.startsWith('Baseline'))).toEqual([]);
    expect([isRaised(ABOVE, without), isRaised(BELOW, without)]).toEqual([false, false]);

    await publish(measured(3000, 10_000));
    const atBaseline = await emitted();
    expect(atBaseline.get(keyOf('BaselineEscalationRate', { Router: ROUTER, Task: TASK }))?.max).toBe(0.3);
    expect([isRaised(ABOVE, atBaseline), isRaised(BELOW, atBaseline)]).toEqual([false, false]);

    await publish(measured(1500, 10_000));
    const beyond = await emitted();
    expect([isRaised(ABOVE, beyond), isRaised(BELOW, beyond)]).toEqual([true, false]);

    await publish(measured(6000, 10_000));
    const short = await emitted();
    expect([isRaised(ABOVE, short), isRaised(BELOW, short)]).toEqual([false, true]);
    expect(warnings).toEqual([]);
  });

  it('in the middle of a window compares with what was expected of that very window', async () => {
    await publish(measured(3000, 10_000));
    const before = await emitted();
    await publish(measured(1500, 10_000));
    const after = await emitted();
    const minutes = new Minutes(5);
    for (const minute of [0, 1]) minutes.put(minute, before, 100);
    for (const minute of [2, 3, 4]) minutes.put(minute, after, 100);
    const expected = (2 * 0.3 + 3 * 0.15) / 5;
    expect(ABOVE.value(minutes.close(), 5)).toBeCloseTo(0.3 / expected - 1 - 0.15, 9);
  });
});
