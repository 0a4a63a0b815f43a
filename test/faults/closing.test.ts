import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../lambda/router/server';
import { pause } from './until';

function aServer(): Promise<RunningServer> {
  return startServer({
    app: async () => ({ response: { status: 200, headers: {}, body: 'ok' } }),
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: () => 1000,
    newRequestId: () => 'req-1',
    afterwards: () => {},
  });
}

describe('a server that closes', () => {
  it.each([
    ['has said nothing yet', ''],
    ['has been answered', 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'],
  ])('does not wait for a connection that %s', async (_name, said) => {
    const server = await aServer();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => {});
    socket.resume();
    socket.write(said);
    await pause(100);
    const startedAtMs = performance.now();
    await server.close(20_000);
    expect(performance.now() - startedAtMs).toBeLessThan(15_000);
    socket.destroy();
  });
});
