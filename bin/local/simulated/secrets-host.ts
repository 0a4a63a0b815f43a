import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { type LoopbackServer, listenOnLoopback } from './loopback-server';

/** A stand-in for Secrets Manager: every secret that is asked for holds the same key, which simulated models accept. */
export type SecretsHost = LoopbackServer;

export async function startSecretsHost(secret: string): Promise<SecretsHost> {
  const server = createServer(async (request, response) => {
    const { SecretId } = (await json(request)) as { SecretId?: string };
    const known = request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue' && SecretId !== undefined;
    const answer = known
      ? { ARN: SecretId, Name: SecretId, SecretString: secret }
      : { __type: 'InvalidRequestException', message: 'This stand-in only gives secrets.' };
    response.writeHead(known ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(answer));
  });
  return listenOnLoopback(server);
}
