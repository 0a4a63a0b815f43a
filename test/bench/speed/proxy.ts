/** The floor: what any gateway on Node pays for taking a request and passing it on, and nothing else. */
import { Agent, request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBytes } from './read-bytes';

const upstream = new URL(process.argv[2] as string);
const agent = new Agent({ keepAlive: true });

const server = createServer(async (incoming, response) => {
  const body = await readBytes(incoming);
  const outgoing = ask({
    host: upstream.hostname,
    port: upstream.port,
    method: incoming.method,
    path: incoming.url,
    agent,
    headers: { 'content-type': 'application/json', 'content-length': body.length },
  });
  outgoing.on('response', (answer) => {
    const { 'content-type': type, 'content-length': length } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, { 'content-type': type, ...(length && { 'content-length': length }) });
    answer.pipe(response);
  });
  outgoing.on('error', () => response.destroy());
  outgoing.end(body);
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
