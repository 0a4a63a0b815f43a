import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A stand-in for Secrets Manager: every secret that is asked for holds the same key, which simulated models accept. */
export interface SecretsHost {
  readonly url: string;
  close(): Promise<void>;
}

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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
