import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { RouterError } from '../../lib/core/errors';

export interface SecretsOptions {
  /** Region, endpoint and credentials come from the environment, unless a client is given. */
  readonly client?: SecretsManagerClient;
  /** UTC milliseconds. */
  readonly now?: () => number;
}

/** The key that a secret holds, by the secret's name or ARN. */
export type Secrets = (nameOrArn: string) => Promise<string>;

interface Entry {
  value?: string;
  /** When to look again. */
  dueAtMs: number;
  looking?: Promise<string>;
}

const FRESH_MS = 5 * 60_000;
/** After a failure the value that is there serves on, and Secrets Manager is not asked at every request. */
const RETRY_MS = 10_000;
const TIMEOUT_MS = 5000;
/** Members under which consoles and templates commonly put a key in a JSON secret. */
const KEY_MEMBERS = ['apiKey', 'key'];

/** Reads keys from Secrets Manager, each at most once in five minutes however many requests want it. */
export function createSecrets({ client, now = Date.now }: SecretsOptions = {}): Secrets {
  const entries = new Map<string, Entry>();
  let shared: Promise<SecretsManagerClient> | undefined;

  async function look(nameOrArn: string, entry: Entry): Promise<string> {
    try {
      shared ??= client === undefined ? newClient() : Promise.resolve(client);
      entry.value = await readKey(await shared, nameOrArn);
      entry.dueAtMs = now() + FRESH_MS;
      return entry.value;
    } catch (cause) {
      if (entry.value === undefined) throw unreadable(cause);
      entry.dueAtMs = now() + RETRY_MS;
      return entry.value;
    } finally {
      delete entry.looking;
    }
  }

  return async (nameOrArn) => {
    const entry = entries.get(nameOrArn) ?? { dueAtMs: Number.NEGATIVE_INFINITY };
    entries.set(nameOrArn, entry);
    if (entry.value !== undefined && now() < entry.dueAtMs) return entry.value;
    entry.looking ??= look(nameOrArn, entry);
    return entry.looking;
  };
}

async function readKey(client: SecretsManagerClient, nameOrArn: string): Promise<string> {
  const { GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
  const secret = await client.send(new GetSecretValueCommand({ SecretId: nameOrArn }));
  const text = secret.SecretString ?? new TextDecoder().decode(secret.SecretBinary);
  const key = unwrap(text.trim());
  if (key === '') throw new Error(`secret ${nameOrArn} is empty`);
  return key;
}

/** The key itself, or the member of a JSON object that holds it. */
function unwrap(text: string): string {
  if (!text.startsWith('{')) return text;
  const members = parseObject(text);
  const name = KEY_MEMBERS.find((member) => typeof members[member] === 'string');
  if (name === undefined) throw new Error(`a JSON secret must hold its key as ${KEY_MEMBERS.join(' or ')}`);
  return String(members[name]).trim();
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote the secret.
    throw new Error('a secret that begins like JSON must be JSON');
  }
}

async function newClient(): Promise<SecretsManagerClient> {
  const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  return new SecretsManagerClient({ requestHandler: { connectionTimeout: 1000, requestTimeout: TIMEOUT_MS } });
}

/** The caller must not read the secret's name, so that stands only in the cause. */
function unreadable(cause: unknown): RouterError {
  return RouterError.failure('auth', 'The key for this tier cannot be read from Secrets Manager.', { cause });
}
