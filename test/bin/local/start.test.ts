import { createServer } from 'node:net';
import OpenAI from 'openai';
import { afterAll, describe, expect, it } from 'vitest';
import { functionHostOf, isAlive, SEES_PROCESSES, type Started, startLocal } from './local-stack';

const ASK = { model: 'auto:ticket-triage', messages: [{ role: 'user' as const, content: 'I was charged twice.' }] };

const running: Started[] = [];
afterAll(() => {
  for (const { process } of running) process.kill('SIGKILL');
});

function start(command: string, flags: readonly string[], variables: NodeJS.ProcessEnv): Started {
  const stack = startLocal(command, flags, variables);
  running.push(stack);
  return stack;
}

async function started(): Promise<{ stack: Started; url: string }> {
  const stack = start('start', [], { PORT: '0' });
  const [, url = ''] = await stack.printed(/^tierwise ready (http:\/\/\S+)\n/);
  return { stack, url };
}

describe.concurrent('the local stack', () => {
  it('answers the OpenAI client through the function, refuses what is wrong, and ends when told to', async () => {
    const { stack, url } = await started();
    const host = functionHostOf(stack);
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'unused', maxRetries: 0 });

    const { data, response } = await client.chat.completions.create(ASK).withResponse();
    expect(data.choices[0]?.message.content).toMatch(/\w/);
    expect(response.headers.get('x-tierwise-task')).toBe('ticket-triage');
    expect(response.headers.get('x-request-id')).toMatch(/^req-/);

    const stream = await client.chat.completions.create({
      ...ASK,
      model: 'auto:general',
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let usage: unknown;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    expect(text).toContain('simulated model');
    expect(usage).toMatchObject({ cost_usd: expect.any(Number) });

    const refused = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body: '{"model":' });
    expect([refused.status, refused.headers.get('content-type')]).toEqual([400, 'application/json']);
    expect(await refused.json()).toMatchObject({ error: { code: 'invalid_request' } });
    expect((await fetch(`${url}/nowhere?x=1`)).status).toBe(404);
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'ok', policy: { id: 'hybrid' } });

    stack.process.kill('SIGTERM');
    expect(await stack.ended).toEqual({ code: 0, signal: null });
    expect(stack.err()).toBe('');
    if (SEES_PROCESSES) expect([host, isAlive(host as number)]).toEqual([expect.any(Number), false]);
  });

  it('lets an answer under way end when Ctrl-C is pressed', async () => {
    const { stack, url } = await started();
    const body = JSON.stringify({ ...ASK, model: 'auto:general' });
    const answer = fetch(`${url}/v1/chat/completions`, { method: 'POST', body });
    await new Promise((resolve) => setTimeout(resolve, 150));
    stack.interrupt('SIGINT');
    expect((await answer).status).toBe(200);
    expect(await (await answer).json()).toMatchObject({ object: 'chat.completion' });
    expect(await stack.ended).toEqual({ code: 0, signal: null });
    expect(stack.err()).toBe('');
  });

  // Among tests that run at once only the test's own `expect` knows which one polls.
  it.runIf(SEES_PROCESSES)('leaves no function behind when it is killed', async ({ expect }) => {
    const { stack } = await started();
    const host = functionHostOf(stack) as number;
    expect(isAlive(host)).toBe(true);
    stack.process.kill('SIGKILL');
    await stack.ended;
    await expect.poll(() => isAlive(host), { timeout: 20_000 }).toBe(false);
  });

  it('says in one line that its port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const stack = start('start', [], { PORT: String(port) });
    expect(await stack.ended).toEqual({ code: 1, signal: null });
    expect([stack.out(), stack.err()]).toEqual([
      '',
      `Port ${port} is taken; set PORT to another one, or to 0 for any.\n`,
    ]);
    other.close();
  });

  it.each([
    ['start', [], { PORT: 'http' }, 'PORT http: give a whole number from 0 to 65535.'],
    ['start', [], { PORT: '0', HOST: 'nowhere.invalid' }, 'HOST nowhere.invalid: this machine has no such address.'],
    ['demo', ['--jsn'], {}, '--jsn: no such option; allowed: --json.'],
  ])('refuses %s %j %j with a word on what to change', async (command, flags, variables, message) => {
    const stack = start(command, flags, variables);
    expect(await stack.ended).toEqual({ code: 1, signal: null });
    expect([stack.out(), stack.err()]).toEqual(['', `${message}\n`]);
  });
});
