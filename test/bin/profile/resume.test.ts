import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../../bin/commands/command';
import { ownMark } from '../../../lambda/shared/store/process-mark';
import { scratch } from '../command-line';
import { aCorpus, aPolicyText, otherLabelOf, sorting } from './a-corpus';
import { type FakeHost, fakeHost } from './fake-host';
import { profile } from './run-profile';

/** The command line as it ships: it starts in a fraction of the time that the sources take. */
const COMMAND = resolve(import.meta.dirname, '../../../dist/bin/tierwise.mjs');
const CONCURRENCY = 8;

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

interface Inputs {
  readonly args: string[];
  readonly policy: string;
  readonly corpus: string;
  readonly out: string;
}

function inputs(policy: string, corpus: string): Inputs {
  runs += 1;
  const files = {
    policy: folder.file(`policy-${runs}.yaml`, policy),
    corpus: folder.file(`corpus-${runs}.jsonl`, corpus),
    out: join(folder.path, `out-${runs}`),
  };
  return {
    ...files,
    args: [
      '--policy',
      files.policy,
      '--corpus',
      files.corpus,
      '--out',
      files.out,
      '--concurrency',
      String(CONCURRENCY),
    ],
  };
}

/** Answers in the journal; its first line says what they were asked with. */
function answersIn(out: string): { row: string; tier: string; sample: number; failed?: string }[] {
  const file = join(out, 'answers.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line)).filter((line) => !('manifest' in line));
}

/** What differs from run to run; the router waits while a tier answers, so its bill goes by latencies. */
const MOMENTARY = new Set(['profiledAt', 'latencyMs', 'breakEven']);

/** A profile without what no two runs share. */
function comparable(out: string): unknown {
  const text = readFileSync(join(out, 'profile.json'), 'utf8');
  return JSON.parse(text, (key, value) => (MOMENTARY.has(key) ? undefined : value));
}

/** To be ended in the middle of its work. */
function aProcess(args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [COMMAND, 'profile', ...args], { env: { PATH: process.env.PATH } });
}

/** Starts the command in a process and ends it by the signal once so many answers are kept. */
async function interrupted(args: readonly string[], out: string, answers: number, signal: NodeJS.Signals) {
  const child = aProcess(args);
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const closed = once(child, 'close');
  while (answersIn(out).length < answers && child.exitCode === null) await sleep(10);
  child.kill(signal);
  const [code] = await closed;
  return { code, err };
}

const COUNT = 240;

const PRICES: Readonly<Record<string, readonly [number, number]>> = {
  'small-model': [1, 2],
  'mid-model': [3, 6],
  'large-model': [10, 20],
};
/** Of a call to the large model, all of whose tokens are written. */
const DEAREST_USD = (100 * 10 + 15 * 20) / 1e6;

/** What the host would bill for all it was asked. */
function billedUsd({ asked }: FakeHost): number {
  return asked.reduce((sum, call) => {
    const reply = sorting(call);
    const [input, output] = PRICES[call.model] as readonly [number, number];
    const usage = 'usage' in reply ? reply.usage : undefined;
    return sum + ((usage?.input ?? 0) * input + (usage?.output ?? 0) * output) / 1e6;
  }, 0);
}

describe('a profile that was broken off', () => {
  it('is the same in the end as one that was not, although its process was killed half-way', async () => {
    const host = await aHost(sorting, { latencyMs: 2 });
    const policy = aPolicyText(host.baseUrl);
    const whole = inputs(policy, aCorpus(COUNT));
    const broken = inputs(policy, aCorpus(COUNT));
    const stability = ['--stability', '1'];
    expect((await profile([...whole.args, ...stability])).error).toBeUndefined();
    const calls = host.asked.length;
    expect(calls).toBe(3 * (COUNT + 30));

    host.answersAtMost = calls + calls / 2 + CONCURRENCY;
    const { code } = await interrupted([...broken.args, ...stability], broken.out, calls / 2, 'SIGKILL');
    host.answersAtMost = Number.POSITIVE_INFINITY;
    expect(code).toBeNull();
    const kept = answersIn(broken.out).length;
    expect(kept).toBeGreaterThanOrEqual(calls / 2);
    expect(kept).toBeLessThan(calls);
    expect(existsSync(join(broken.out, 'profile.json'))).toBe(false);
    // At most the calls under way are lost.
    const lost = host.asked.length - calls - kept;
    expect(lost).toBeLessThanOrEqual(CONCURRENCY);

    const before = host.asked.length;
    expect((await profile([...broken.args, ...stability, '--resume'])).error).toBeUndefined();
    expect(host.asked.length - before).toBe(calls - kept);
    expect(comparable(broken.out)).toEqual(comparable(whole.out));
    const keys = answersIn(broken.out).map(({ row, tier, sample }) => `${row} ${tier} ${sample}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBe(calls);
  }, 60_000);

  it('counts as paid what was under way when it was killed, kill after kill, against the cap too', async () => {
    const host = await aHost(sorting, { latencyMs: 5 });
    const { args, out } = inputs(aPolicyText(host.baseUrl), aCorpus(COUNT));
    host.answersAtMost = 100 + CONCURRENCY;
    await interrupted(args, out, 100, 'SIGKILL');
    host.answersAtMost = 250 + 2 * CONCURRENCY;
    await interrupted([...args, '--resume'], out, 250, 'SIGKILL');
    host.answersAtMost = Number.POSITIVE_INFINITY;
    const { err, error } = await profile([...args, '--resume', '--max-cost', '0.2', '--json']);
    expect(String(error)).toContain('--max-cost 0.2');
    expect(err).toMatch(/^\d calls? (was|were) under way when the run before was ended.*counted as paid: \$0\.0/m);
    expect(billedUsd(host)).toBeLessThanOrEqual(0.2);

    const last = await profile([...args, '--resume', '--json']);
    expect(last.error).toBeUndefined();
    expect(last.err).not.toContain('under way when');
    const { spentUsd } = JSON.parse(last.out);
    const lost = host.asked.length - 3 * COUNT;
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThanOrEqual(2 * CONCURRENCY);
    // Estimates are no less than the dearest call of their kind; one may be asked for that was never sent.
    expect(spentUsd).toBeGreaterThanOrEqual(billedUsd(host));
    expect(spentUsd).toBeLessThan(billedUsd(host) * 1.1 + 2 * CONCURRENCY * DEAREST_USD);
  }, 60_000);

  it('stops at a signal, keeps what is done and says how to go on', async () => {
    // As a whole it would take ten seconds.
    const host = await aHost(sorting, { latencyMs: 100 });
    const { args, out } = inputs(aPolicyText(host.baseUrl), aCorpus(COUNT));
    const { code, err } = await interrupted(args, out, 100, 'SIGINT');
    host.latencyMs = 0;
    expect(code).toBe(1);
    expect(err).toContain('go on with --resume');
    expect(answersIn(out).length).toBe(host.asked.length);
    expect((await profile([...args, '--resume'])).error).toBeUndefined();
    expect(host.asked).toHaveLength(3 * COUNT);
  }, 60_000);

  it.each([
    ['a few seconds after a signal', 1, 3000],
    ['at a second one', 2, 500],
  ])(
    'waits for no oracle that hangs: it ends %s',
    async (_when, signals, leastMs) => {
      const host = await aHost(sorting);
      // A timer of its own would keep the process for an hour.
      folder.file('hang.mjs', 'export default () => new Promise((done) => setTimeout(done, 3_600_000));');
      const oracle = '[{ kind: code, module: ./hang.mjs, export: default }]';
      const { args, out } = inputs(aPolicyText(host.baseUrl, { oracle }), aCorpus(20));
      const child = aProcess(args);
      let err = '';
      child.stderr.on('data', (chunk) => {
        err += chunk;
      });
      const closed = once(child, 'close');
      await vi.waitFor(() => expect(host.asked.length).toBeGreaterThanOrEqual(CONCURRENCY), 20_000);
      const stoppedAtMs = performance.now();
      for (let signal = 0; signal < signals; signal += 1) {
        child.kill('SIGINT');
        await sleep(500);
      }
      const [code] = await closed;
      expect(code).toBe(1);
      expect(performance.now() - stoppedAtMs).toBeGreaterThanOrEqual(leastMs);
      expect(performance.now() - stoppedAtMs).toBeLessThan(20_000);
      expect(err).toContain('go on with --resume');
      // The answers are kept, and wait for their verdict.
      expect(answersIn(out).length).toBe(host.asked.length);
    },
    60_000,
  );

  it('goes on after a line that was only half written', async () => {
    const host = await aHost(sorting);
    const { args, out } = inputs(aPolicyText(host.baseUrl), aCorpus(30));
    await profile(args);
    const first = comparable(out);
    const file = join(out, 'answers.jsonl');
    truncateSync(file, readFileSync(file).length - 20);
    expect(host.asked).toHaveLength(90);
    expect((await profile([...args, '--resume'])).error).toBeUndefined();
    expect(host.asked).toHaveLength(91);
    expect(comparable(out)).toEqual(first);
    expect((await profile([...args, '--resume'])).error).toBeUndefined();
    expect(host.asked).toHaveLength(91);
  });

  it('needs no tier once everything is answered', async () => {
    const host = await aHost(sorting);
    const { args, out } = inputs(aPolicyText(host.baseUrl), aCorpus(30));
    await profile(args);
    const first = comparable(out);
    await host.close();
    expect((await profile([...args, '--resume'])).error).toBeUndefined();
    expect(comparable(out)).toEqual(first);
  });

  it('is told from a new one: without --resume a folder with answers is refused', async () => {
    const host = await aHost(sorting);
    const { args, out } = inputs(aPolicyText(host.baseUrl), aCorpus(3));
    await profile(args);
    const { error } = await profile(args);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain(`${out} holds answers of an earlier run: go on with it (--resume)`);
    expect(host.asked).toHaveLength(9);
  });

  it('takes rows that were added, and asks only them', async () => {
    const host = await aHost(sorting);
    const { args, corpus } = inputs(aPolicyText(host.baseUrl), aCorpus(10));
    await profile(args);
    writeFileSync(corpus, aCorpus(12));
    expect((await profile([...args, '--resume'])).error).toBeUndefined();
    expect(host.asked).toHaveLength(36);
  });

  it.each<[string, (text: string) => string, (text: string) => string, string]>([
    [
      'model',
      (text) => text.replace('model: mid-model', 'model: new-model'),
      (text) => text,
      'the model of mid was mid-model and is new-model',
    ],
    [
      'prompt',
      (text) => text.replace('expectedOutputTokens', 'prompts: { small: "Hm." }\n    expectedOutputTokens'),
      (text) => text,
      'tasks.sort: the prompts have changed',
    ],
    ['oracle', (text) => text.replace(', { kind: exact }', ''), (text) => text, 'tasks.sort: the oracles have changed'],
    [
      'row',
      (text) => text,
      (text) => text.replace('sort mail-0002', 'file mail-0002'),
      'row mail-0002 of the corpus has changed',
    ],
    [
      'expectation',
      (text) => text,
      (text) => text.replace(/("id":"mail-0001".*"expect":)"[^"]+"/, `$1"${otherLabelOf('mail-0001')}"`),
      'row mail-0001 of the corpus has changed',
    ],
    [
      'missing row',
      (text) => text,
      (text) => text.split('\n').slice(1).join('\n'),
      'row mail-0000 is not in the corpus any more',
    ],
  ])(
    'is not mixed with answers to something else: a changed %s is refused',
    async (_what, policyNow, corpusNow, message) => {
      const host = await aHost(sorting);
      const { args, policy, corpus } = inputs(aPolicyText(host.baseUrl), aCorpus(5));
      await profile(args);
      writeFileSync(policy, policyNow(readFileSync(policy, 'utf8')));
      writeFileSync(corpus, corpusNow(readFileSync(corpus, 'utf8')));
      const { error } = await profile([...args, '--resume']);
      expect(error).toBeInstanceOf(UserError);
      expect(String(error)).toContain(message);
      expect(host.asked).toHaveLength(15);
    },
  );

  it('does not guess what a broken line in the middle said', async () => {
    const host = await aHost(sorting);
    const { args, out } = inputs(aPolicyText(host.baseUrl), aCorpus(3));
    await profile(args);
    const file = join(out, 'answers.jsonl');
    appendFileSync(file, 'not json\n{"also": "not an answer"}\n');
    expect(String((await profile([...args, '--resume'])).error)).toContain(`${file}:11: not a line of this journal`);
  });

  it('is not kept from its folder by a run that is over', async () => {
    const host = await aHost(sorting);
    const { args, out } = inputs(aPolicyText(host.baseUrl), aCorpus(3));
    mkdirSync(out);
    const own = ownMark();
    const lock = join(out, '.tierwise-profile.lock');
    // The number of this process, which began at another moment: it was given out again.
    writeFileSync(lock, `${own.pid} 1 ${own.space}`);
    expect((await profile(args)).error).toBeUndefined();
    writeFileSync(lock, `${own.pid} ${own.started} ${own.space}`);
    expect(String((await profile([...args, '--resume'])).error)).toContain('another run is at work there');
  });

  it.runIf(process.platform === 'linux')(
    'is not kept from its folder by a process that waits to be reaped',
    async () => {
      const host = await aHost(sorting);
      const { args, out } = inputs(aPolicyText(host.baseUrl), aCorpus(3));
      mkdirSync(out);
      // A shell that becomes something which never asks after its children.
      const parent = spawn('/bin/sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 30']);
      try {
        const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
        await vi.waitFor(() => expect(readFileSync(`/proc/${Number(pid)}/stat`, 'utf8')).toContain(') Z '), 5000);
        writeFileSync(join(out, '.tierwise-profile.lock'), `${Number(pid)} 12345 ${ownMark().space}`);
        expect((await profile(args)).error).toBeUndefined();
      } finally {
        parent.kill('SIGKILL');
      }
    },
  );

  it('does not let two runs into one folder', async () => {
    const { args, out } = inputs(aPolicyText('http://127.0.0.1:9/v1'), aCorpus(3));
    mkdirSync(out);
    writeFileSync(join(out, '.tierwise-profile.lock'), String(process.ppid));
    const { error } = await profile(args);
    expect(String(error)).toContain(`another run is at work there (process ${process.ppid})`);
  });
});
