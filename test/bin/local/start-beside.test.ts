import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { logFile } from '../../../bin/local/log-file';
import { isAlive, SEES_PROCESSES, type Started, startLocal, synthesisOf } from './local-stack';

const running: Started[] = [];
let temporary: string;
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'tierwise-beside-'));
});
afterAll(async () => {
  for (const { process } of running) process.kill('SIGKILL');
  await rm(temporary, { recursive: true });
});

function start(command: string, port: number): Started {
  const stack = startLocal(command, [], { PORT: String(port), TMPDIR: temporary });
  running.push(stack);
  return stack;
}

/** What a stack has made for itself and not taken away; tsx keeps a folder of its own there. */
async function leftBehind(): Promise<string[]> {
  return (await readdir(temporary)).filter((name) => name.startsWith('tierwise-'));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('the local stack', { timeout: 90_000 }, () => {
  it.each(['start', 'demo'])('leaves nothing behind when %s is told to stop before it is ready', async (command) => {
    const stack = start(command, 0);
    await expect.poll(leftBehind, { timeout: 30_000 }).toHaveLength(1);
    stack.interrupt('SIGINT');
    expect(await stack.ended).toEqual({ code: 130, signal: null });
    expect([stack.out(), stack.err()]).toEqual(['', '\nStopped.\n']);
    expect(await leftBehind()).toEqual([]);
  });

  it.runIf(SEES_PROCESSES)('leaves nothing behind when it alone is ended while the stack is synthesized', async () => {
    const stack = start('start', 0);
    const synthesis = await vi.waitUntil(
      async () => ((await leftBehind()).length > 0 ? synthesisOf(stack) : undefined),
      {
        timeout: 30_000,
      },
    );
    stack.process.kill('SIGTERM');
    expect(await stack.ended).toEqual({ code: 143, signal: null });
    await expect.poll(() => isAlive(synthesis), { timeout: 30_000 }).toBe(false);
    expect(await leftBehind()).toEqual([]);
  });

  it('stays up when nobody reads what it prints, and when a second one wants its port', async () => {
    const port = await freePort();
    const first = start('start', port);
    first.process.stdout?.destroy();
    const health = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/health`)).status;
    await expect.poll(() => health().catch(() => 0), { timeout: 60_000 }).toBe(200);

    const log = logFile('router', port);
    await writeFile(log, 'what the first one has told\n');
    const before = await leftBehind();
    const second = start('start', port);
    expect(await second.ended).toEqual({ code: 1, signal: null });
    expect(second.err()).toBe(`Port ${port} is taken; set PORT to another one, or to 0 for any.\n`);
    expect([await readFile(log, 'utf8'), await leftBehind()]).toEqual(['what the first one has told\n', before]);

    expect(await health()).toBe(200);
    first.process.kill('SIGTERM');
    expect(await first.ended).toEqual({ code: 0, signal: null });
    expect(await leftBehind()).toEqual([]);
    await Promise.all([rm(log), rm(logFile('watch', port))]);
  });
});
