import { afterAll, describe, expect, it } from 'vitest';
import { type Started, startLocal } from './local-stack';

const running: Started[] = [];
afterAll(() => {
  for (const { process } of running) process.kill('SIGKILL');
});

describe('the local stack on an address that other machines reach', () => {
  it('asks for a key, as a deployment does, and tells the one that it has made', async () => {
    const stack = startLocal('start', [], { PORT: '0', HOST: '0.0.0.0' });
    running.push(stack);
    const [, port] = await stack.printed(/^tierwise ready http:\/\/0\.0\.0\.0:(\d+)\n/);
    const [, secret] = await stack.printed(/-H 'authorization: Bearer (tw_\S+)'/);
    const ask = async (headers: Record<string, string>): Promise<number> => {
      const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Hello.' }] });
      const url = `http://127.0.0.1:${port}/v1/chat/completions`;
      return (await fetch(url, { method: 'POST', headers, body })).status;
    };
    expect([await ask({}), await ask({ 'x-tierwise-customer': 'acme' })]).toEqual([401, 401]);
    expect(await ask({ authorization: `Bearer ${secret}` })).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  });
});
