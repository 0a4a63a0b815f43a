import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSecrets } from '../../../lambda/shared/secrets';
import { RouterError } from '../../../lib/core/errors';

describe('secrets', () => {
  let server: Server;
  let client: SecretsManagerClient;
  let secrets: Record<string, { SecretString?: string; SecretBinary?: string }>;
  let asked: string[];
  let down: boolean;
  let nowMs: number;

  beforeEach(async () => {
    secrets = { plain: { SecretString: 'sk-plain' } };
    asked = [];
    down = false;
    nowMs = 0;
    server = createServer(async (request, response) => {
      const { SecretId } = (await json(request)) as { SecretId: string };
      asked.push(SecretId);
      const secret = secrets[SecretId];
      response.writeHead(down ? 500 : secret ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(down || !secret ? { __type: 'ResourceNotFoundException', message: 'none' } : secret));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = new SecretsManagerClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
  });
  afterEach(async () => {
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const open = () => createSecrets({ client, now: () => nowMs });

  it.each([
    ['a plain secret', { SecretString: 'sk-1' }, 'sk-1'],
    ['a plain secret with a line end', { SecretString: ' sk-1\n' }, 'sk-1'],
    ['a JSON secret with apiKey', { SecretString: '{"apiKey":"sk-1","key":"other"}' }, 'sk-1'],
    ['a JSON secret with key', { SecretString: '{ "user": "x", "key": "sk-1\\n" }' }, 'sk-1'],
    ['a binary secret', { SecretBinary: Buffer.from('sk-1').toString('base64') }, 'sk-1'],
  ])('reads %s', async (_, secret, expected) => {
    secrets.it = secret;
    expect(await open()('it')).toBe(expected);
  });

  it.each([
    ['is not there', undefined],
    ['is empty', { SecretString: '  ' }],
    ['has neither apiKey nor key', { SecretString: '{"password":"sk-hidden"}' }],
    ['is broken JSON', { SecretString: '{"apiKey":"sk-hidden"' }],
  ])('fails for a secret that %s, telling the caller neither its name nor its content', async (_, secret) => {
    if (secret) secrets.it = secret;
    const error = await open()('it').catch((thrown: unknown) => thrown);
    expect(RouterError.is(error) && error.failure).toBe('auth');
    expect((error as Error).message).toBe('The key for this tier cannot be read from Secrets Manager.');
    expect(String((error as Error).cause)).not.toContain('sk-hidden');
  });

  it('asks once for many requests at once, and once in five minutes', async () => {
    const secret = open();
    expect(await Promise.all([secret('plain'), secret('plain'), secret('plain')])).toEqual(Array(3).fill('sk-plain'));
    nowMs = 5 * 60_000 - 1;
    await secret('plain');
    expect(asked).toEqual(['plain']);

    secrets.plain = { SecretString: 'sk-rotated' };
    nowMs += 1;
    expect(await secret('plain')).toBe('sk-rotated');
    expect(asked).toHaveLength(2);
  });

  it('keeps secrets apart', async () => {
    secrets.other = { SecretString: 'sk-other' };
    const secret = open();
    expect(await Promise.all([secret('plain'), secret('other')])).toEqual(['sk-plain', 'sk-other']);
  });

  it('serves the old value while Secrets Manager fails, and asks again ten seconds later', async () => {
    const secret = open();
    await secret('plain');
    down = true;
    nowMs = 6 * 60_000;
    expect(await secret('plain')).toBe('sk-plain');
    expect(await secret('plain')).toBe('sk-plain');
    expect(asked).toHaveLength(2);

    down = false;
    secrets.plain = { SecretString: 'sk-rotated' };
    nowMs += 10_000;
    expect(await secret('plain')).toBe('sk-rotated');
  });

  it('asks again at the next request where there never was a value', async () => {
    const secret = open();
    down = true;
    await expect(secret('plain')).rejects.toThrow();
    down = false;
    expect(await secret('plain')).toBe('sk-plain');
  });
});
