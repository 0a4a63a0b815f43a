import OpenAI from 'openai';
import { afterAll, describe, expect, it } from 'vitest';
import { tierwise } from '../command-line';
import { type Started, startLocal } from './local-stack';

const ASK = { model: 'auto:ticket-triage', messages: [{ role: 'user' as const, content: 'I was charged twice.' }] };

const running: Started[] = [];
afterAll(() => {
  for (const { process } of running) process.kill('SIGKILL');
});

describe('the local stack', () => {
  it('can be looked at and switched by the command line, as a deployed stack can', async () => {
    const stack = startLocal('start', [], { PORT: '0' });
    running.push(stack);
    const [, url = ''] = await stack.printed(/^tierwise ready (http:\/\/\S+)\n/);
    const [, exported = ''] = await stack.printed(/^ {2}export (.*)$/m);
    const [, name = ''] = await stack.printed(/npx tierwise report --stack (\S+)$/m);
    const environment = Object.fromEntries(exported.split(' ').map((pair) => pair.split(/=(.*)/s) as [string, string]));
    const command = (...args: string[]) => tierwise([...args, '--stack', name], environment);

    await new OpenAI({ baseURL: `${url}/v1`, apiKey: 'unused', maxRetries: 0 }).chat.completions.create(ASK);
    const reported = async (): Promise<string> => (await command('report', '--json')).out;
    await expect.poll(reported, { timeout: 30_000, interval: 1000 }).toMatch(/"requests":1\b/);
    const doctor = JSON.parse((await command('doctor', '--json')).out);
    expect(doctor).toMatchObject({ ok: true });
    expect(doctor.findings.map(({ subject }: { subject: string }) => subject).sort()).toEqual([
      'frontier',
      'mid',
      'small',
    ]);
    const published = await command('publish', 'examples/policies/hybrid.yaml', '--message', 'the same', '--json');
    expect(JSON.parse(published.out)).toMatchObject({ version: 1 });
    expect(await command('tier', 'disable', 'small', '--for', '1h', '--reason', 'slow')).toMatchObject({ code: 0 });
    const decided = async (): Promise<unknown> =>
      (await fetch(`${url}/v1/route`, { method: 'POST', body: JSON.stringify(ASK) })).json();
    const withoutSmall = { tier: 'mid', excluded: [{ tier: 'small', reason: 'disabled' }], policy: '1' };
    await expect.poll(decided, { timeout: 30_000, interval: 500 }).toMatchObject(withoutSmall);
    expect((await tierwise(['history', '--stack', 'other'], environment)).err).toContain(
      'no stack other in eu-central-1',
    );
  }, 120_000);
});
