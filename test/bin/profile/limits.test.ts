import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../bin/commands/command';
import { scratch } from '../command-line';
import { aCorpus, aPolicyText, sorting } from './a-corpus';
import { type FakeHost, fakeHost } from './fake-host';
import { profile } from './run-profile';

const folder = scratch();
const hosts: FakeHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});
afterAll(() => folder.remove());

async function aHost(...args: Parameters<typeof fakeHost>): Promise<FakeHost> {
  const host = await fakeHost(...args);
  hosts.push(host);
  return host;
}

let runs = 0;

function inputs(policy: string, corpus: string): { args: string[]; out: string } {
  runs += 1;
  const out = join(folder.path, `out-${runs}`);
  const args = [
    '--policy',
    folder.file(`policy-${runs}.yaml`, policy),
    '--corpus',
    folder.file(`c-${runs}.jsonl`, corpus),
  ];
  return { args: [...args, '--out', out], out };
}

const PRICES: Readonly<Record<string, readonly [number, number]>> = {
  'small-model': [1, 2],
  'mid-model': [3, 6],
  'large-model': [10, 20],
};

/** What the host would bill for all it was asked. */
function billedUsd({ asked }: FakeHost): number {
  return asked.reduce((sum, call) => {
    const reply = sorting(call);
    const [input, output] = PRICES[call.model] as readonly [number, number];
    const usage = 'usage' in reply ? reply.usage : undefined;
    return sum + ((usage?.input ?? 0) * input + (usage?.output ?? 0) * output) / 1e6;
  }, 0);
}

function sortTask(out: string) {
  return JSON.parse(readFileSync(join(out, 'profile.json'), 'utf8')).tasks.sort;
}

function gapsMs(host: FakeHost, model: string): number[] {
  const times = host.asked.filter((call) => call.model === model).map(({ atMs }) => atMs);
  return times.slice(1).map((atMs, index) => atMs - (times[index] as number));
}

const ROWS = 500;
const CALLS = 3 * ROWS;
const SAMPLE = 240;
const CONCURRENCY = 6;

/** What a profile takes, as a share of what its calls take with nothing around them. */
async function shareOfBareCalls(host: FakeHost): Promise<number> {
  const bareMs = (CALLS / SAMPLE) * (await bareCallsMs(host, SAMPLE, CONCURRENCY));
  const { args } = inputs(aPolicyText(host.baseUrl), aCorpus(ROWS));
  host.asked.length = 0;
  host.most.clear();
  const startedAtMs = performance.now();
  const { error } = await profile([...args, '--concurrency', String(CONCURRENCY)]);
  const wallMs = performance.now() - startedAtMs;
  expect(error).toBeUndefined();
  expect(host.asked).toHaveLength(CALLS);
  expect([...host.most.values()].every((most) => most <= CONCURRENCY)).toBe(true);
  return wallMs / bareMs;
}

/** What so many calls take here and now with nothing around them: the machine may be busy with other things. */
async function bareCallsMs({ baseUrl }: FakeHost, calls: number, concurrency: number): Promise<number> {
  const body = JSON.stringify({ model: 'small-model', messages: [{ role: 'user', content: 'sort mail-0000' }] });
  const startedAtMs = performance.now();
  let left = calls;
  const workers = Array.from({ length: concurrency }, async () => {
    while (left-- > 0) await (await fetch(`${baseUrl}/chat/completions`, { method: 'POST', body })).json();
  });
  await Promise.all(workers);
  return performance.now() - startedAtMs;
}

describe('a profile within its limits', () => {
  it('takes no longer than twice what its calls take one beside the other', async () => {
    const host = await aHost(sorting, { latencyMs: 20 });
    await profile(inputs(aPolicyText(host.baseUrl), aCorpus(20)).args);
    // What the machine does besides can make one longer than the other, and so it may be tried again.
    const shares: number[] = [];
    while (shares.length < 3 && !shares.some((share) => share < 2)) shares.push(await shareOfBareCalls(host));
    expect(Math.min(...shares)).toBeLessThan(2);
  }, 120_000);

  it('stops before the cap is passed, keeps what was answered, and goes on with a higher one', async () => {
    const host = await aHost(sorting);
    const { args, out } = inputs(aPolicyText(host.baseUrl), aCorpus(100));
    // All of it costs about 0.165 USD.
    const { error } = await profile([...args, '--max-cost', '0.08']);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toMatch(/--max-cost 0\.08: .+ go on with --resume and a higher --max-cost\./);
    expect(billedUsd(host)).toBeLessThanOrEqual(0.08);
    expect(billedUsd(host)).toBeGreaterThan(0.07);
    expect(existsSync(join(out, 'profile.json'))).toBe(false);

    const again = await profile([...args, '--resume', '--max-cost', '0.08']);
    expect(String(again.error)).toContain('--max-cost 0.08');
    expect(billedUsd(host)).toBeLessThanOrEqual(0.08);

    expect((await profile([...args, '--resume', '--max-cost', '1'])).error).toBeUndefined();
    expect(host.asked).toHaveLength(300);
    expect(sortTask(out).tiers.large.n).toBe(100);
  });

  it.each([
    [0.0005, 16],
    [0.004, 16],
    [0.02, 3],
  ])(
    'passes a cap of %f USD by no more than one call, %d at a time, where answers are far longer than expected',
    async (cap, concurrency) => {
      const host = await aHost((asked) => ({ ...sorting(asked), usage: { input: 100, output: 60 } }));
      const { args } = inputs(aPolicyText(host.baseUrl), aCorpus(60));
      const { error } = await profile([...args, '--max-cost', String(cap), '--concurrency', String(concurrency)]);
      expect(String(error)).toContain('the cap has no room for another call');
      const spent = host.asked.reduce((sum, { model }) => {
        const [input, output] = PRICES[model] as readonly [number, number];
        return sum + (100 * input + 60 * output) / 1e6;
      }, 0);
      // Of the first call of a kind nobody knows how long its answer is.
      const firstCallUsd = (100 * 10 + 60 * 20) / 1e6;
      expect(spent).toBeLessThanOrEqual(cap + firstCallUsd);
    },
  );

  it('keeps to what each tier takes at a time and in a minute', async () => {
    const host = await aHost(sorting, { latencyMs: 15 });
    const text = aPolicyText(host.baseUrl)
      .replace('retries: 1 }', 'retries: 1, concurrency: 2 }')
      .replace('retries: 1  }', 'retries: 1, concurrency: 2 }')
      .replace('model: mid-model,', 'model: mid-model, requestsPerMinute: 1200,');
    const { args } = inputs(text, aCorpus(20));
    const { error } = await profile([...args, '--concurrency', '10']);
    expect(error).toBeUndefined();
    expect(host.most.get('small-model')).toBe(2);
    expect(host.most.get('large-model')).toBeGreaterThan(2);
    // 50 ms between two, whatever timers and connections make of it.
    const gaps = gapsMs(host, 'mid-model');
    expect(gaps.reduce((sum, gap) => sum + gap, 0)).toBeGreaterThan(18 * 50);
  });

  it('leaves a host alone for as long as it asks, and asks again', async () => {
    const refused = new Set<number>();
    const host = await aHost((asked, nth) => {
      if (asked.model !== 'small-model' || nth > 2) return sorting(asked);
      refused.add(nth);
      return { status: 429, headers: { 'retry-after': '1' } };
    });
    const { args, out } = inputs(aPolicyText(host.baseUrl), aCorpus(12));
    const { error } = await profile([...args, '--tiers', 'small', '--concurrency', '2']);
    expect(error).toBeUndefined();
    expect(refused.size).toBe(3);
    expect(sortTask(out).tiers.small.n).toBe(12);
    expect(Math.max(...gapsMs(host, 'small-model'))).toBeGreaterThan(900);
  }, 30_000);

  it('counts failed calls apart and asks them again when it goes on', async () => {
    let broken = true;
    const host = await aHost((asked) => {
      if (broken && asked.model === 'mid-model' && /mail-000[38]/.test(asked.prompt)) return { status: 400 };
      return sorting(asked);
    });
    const { args, out } = inputs(aPolicyText(host.baseUrl), aCorpus(40));
    const first = await profile(args);
    expect(first.error).toBeUndefined();
    expect(first.out).toContain('mid: 2 calls failed, counted apart (invalid-request 2)');
    expect(sortTask(out)).toMatchObject({
      failedCalls: { mid: { n: 2, byCause: { 'invalid-request': 2 } } },
      tiers: { mid: { n: 38 }, large: { n: 40 } },
    });
    broken = false;
    const asked = host.asked.length;
    expect((await profile([...args, '--resume'])).error).toBeUndefined();
    expect(
      host.asked
        .slice(asked)
        .map(({ model, prompt }) => `${model} ${prompt}`)
        .sort(),
    ).toEqual(['mid-model sort mail-0003', 'mid-model sort mail-0008']);
    expect(sortTask(out)).toMatchObject({ failedCalls: {}, tiers: { mid: { n: 40 } } });
  });

  it('asks again after a failure that may pass', async () => {
    const failed = new Set<string>();
    const host = await aHost((asked) => {
      const key = `${asked.model} ${asked.prompt}`;
      if (failed.has(key)) return sorting(asked);
      failed.add(key);
      return { status: 500 };
    });
    const { args, out } = inputs(aPolicyText(host.baseUrl), aCorpus(4));
    expect((await profile([...args, '--tiers', 'small'])).error).toBeUndefined();
    expect(host.asked).toHaveLength(8);
    expect(sortTask(out)).toMatchObject({ failedCalls: {}, tiers: { small: { n: 4 } } });
  });

  it('gives a tier up that answers nothing, and still profiles the others', async () => {
    const host = await aHost((asked) => (asked.model === 'mid-model' ? { status: 401 } : sorting(asked)));
    const { args, out } = inputs(aPolicyText(host.baseUrl), aCorpus(200));
    const { error } = await profile([...args, '--concurrency', '4']);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toMatch(/mid: auth; .+\n.+ go on with --resume/);
    expect(host.asked.filter(({ model }) => model === 'mid-model').length).toBeLessThan(20);
    const { tiers, failedCalls } = sortTask(out);
    expect(tiers).toMatchObject({ small: { n: 200 }, large: { n: 200 } });
    expect(tiers).not.toHaveProperty('mid');
    expect(failedCalls.mid.n).toBeLessThan(20);
  });
});

describe('a profile whose tiers are all down', () => {
  it('ends soon, says why, and writes that nothing is known', async () => {
    const { args, out } = inputs(aPolicyText('http://127.0.0.1:9/v1'), aCorpus(100));
    const { error } = await profile([...args, '--concurrency', '4']);
    expect(String(error)).toMatch(/small: unreachable;.+\n.+mid: unreachable;.+\n.+large: unreachable;/);
    const { tiers, certified, worth, baseline } = sortTask(out);
    expect(tiers).toEqual({});
    expect(certified).toMatchObject({ needed: 59, refused: expect.stringContaining('no row has a verdict') });
    expect(worth.recommendation).toBe('not-enough-rows');
    expect(baseline).not.toHaveProperty('escalationRate');
  }, 30_000);
});

describe('a corpus that is wrong', () => {
  const row = (fields: object) => JSON.stringify({ id: 'a', task: 'sort', prompt: 'p', expect: 'bug', ...fields });

  it('is refused with every fault and its line, and nothing is paid for', async () => {
    const host = await aHost(sorting);
    const lines = [
      row({ id: 'good' }),
      '{"id": "half',
      '',
      row({ id: 'b', expect: undefined }),
      row({ id: 'c', task: 'sorting' }),
      row({ id: 'good' }),
      row({ id: 'd', weight: 0 }),
      row({ id: 'e', weight: -1 }),
      row({ id: 'f', prompt: undefined }),
      row({ id: 'g', prompt: ' ' }),
      row({ id: 'h', prompt: undefined, messages: [{ role: 'wizard', content: 'x' }] }),
      row({ id: '', tags: 'easy', group: 7 }),
      '[1, 2]',
      row({ id: 'i', messages: [{ role: 'user', content: 'q' }] }),
      row({ id: 'j', expect: 'bugs' }),
      row({ id: 'k', expect: ' ' }),
    ];
    const { args, out } = inputs(aPolicyText(host.baseUrl), `${lines.join('\n')}\n`);
    const corpus = args[3] as string;
    const { error } = await profile(args);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message.split('\n')).toEqual([
      'The corpus has 16 faults; nothing was asked:',
      `  ${corpus}:2: not JSON`,
      `  ${corpus}:4: expect is missing, and task "sort" compares with it (exact)`,
      `  ${corpus}:5: there is no task "sorting"; the policy has sort, idle`,
      `  ${corpus}:6: id "good" is taken by ${corpus}:1`,
      `  ${corpus}:7: weight is 0; give a number above 0`,
      `  ${corpus}:8: weight is -1; give a number above 0`,
      `  ${corpus}:9: prompt or messages are missing`,
      `  ${corpus}:10: prompt is empty, or no text`,
      `  ${corpus}:11: messages[0].role is "wizard"; it must be one of system, developer, user, assistant, tool`,
      `  ${corpus}:12: id is missing, or no text`,
      `  ${corpus}:12: tags must be a list of texts`,
      `  ${corpus}:12: group must be a text`,
      `  ${corpus}:13: not a JSON object`,
      `  ${corpus}:14: both prompt and messages are given, and only one can be asked; leave one out`,
      `  ${corpus}:15: expect is none of the labels of task "sort": billing, bug, how-to`,
      `  ${corpus}:16: expect is empty, and no answer to task "sort" may be`,
    ]);
    expect(host.asked).toEqual([]);
    expect(existsSync(out)).toBe(false);
  });

  it('is refused where it can be read but once', async () => {
    const { args } = inputs(aPolicyText('http://127.0.0.1:9/v1'), '');
    const error = (await profile(args.map((arg) => (arg === args[3] ? '/dev/null' : arg)))).error;
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain('/dev/null: neither a file nor a folder, and the corpus is read several times');
  });

  it('is told from one whose rows ask the same or are misspelt', async () => {
    const host = await aHost(sorting);
    const { args } = inputs(
      aPolicyText(host.baseUrl),
      aCorpus(60, (id) => ({ ...(id.endsWith('7') && { prompt: 'sort mail-0007' }), wieght: 2 })),
    );
    const corpus = args[3] as string;
    const { err, error } = await profile(args);
    expect(error).toBeUndefined();
    expect(err).toContain('warning: sort: 5 rows have the very prompt of another; rows of one prompt count as one');
    expect(err).toContain(
      `warning: ${corpus}:1: "wieght" is read of no row, and 60 rows have it; did you mean "weight"?`,
    );
  });

  it('is refused where it is empty', async () => {
    const { args } = inputs(aPolicyText('http://127.0.0.1:9/v1'), '\n\n');
    expect(String((await profile(args)).error)).toContain('the corpus has no rows');
  });

  it('is told from one that is only small or out of balance', async () => {
    const host = await aHost(sorting);
    const text = aPolicyText(host.baseUrl, { task: 'weight: 90' }).replace(
      'route: static',
      'weight: 10\n    route: static',
    );
    const idle = Array.from({ length: 70 }, (_, index) => `${row({ id: `i${index}`, task: 'idle' })}\n`).join('');
    const { args } = inputs(text, aCorpus(30, (id) => ({ weight: id.endsWith('7') ? 2 : 1 })) + idle);
    const { err, error } = await profile(args);
    expect(error).toBeUndefined();
    expect(err).toContain('warning: sort: 30 rows are too few to certify anything; 59 without a failure are the least');
    expect(err).toContain('warning: sort: weights differ within the task');
    expect(err).toMatch(/warning: sort: 32 % of the sample by weight, 90 % of the declared traffic/);
    expect(err).toMatch(/warning: idle: 68 % of the sample by weight, 10 % of the declared traffic/);
  });
});
