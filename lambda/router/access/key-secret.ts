import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'tw_';
/** 32 bytes as base64url. */
const RANDOM_CHARACTERS = 43;
const CHECK_CHARACTERS = 6;
const FORM = new RegExp(`^${PREFIX}[A-Za-z0-9_-]{${RANDOM_CHARACTERS + CHECK_CHARACTERS}}$`);

/** What a caller proves itself by: a prefix that scanners of leaked secrets can look for, 32 random bytes, a checksum. */
export function newSecret(): string {
  const random = randomBytes(32).toString('base64url');
  return `${PREFIX}${random}${checksum(random)}`;
}

/** Whether a text can be a secret at all. One that was mistyped or cut off shows here, without a look at the store. */
export function isSecret(text: string): boolean {
  if (!FORM.test(text)) return false;
  const random = text.slice(PREFIX.length, PREFIX.length + RANDOM_CHARACTERS);
  return text.slice(PREFIX.length + RANDOM_CHARACTERS) === checksum(random);
}

/** SHA-256, in hex: all that is ever stored. A secret is random enough to need no salt and no slow hash. */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function checksum(random: string): string {
  return secretHash(`checksum of ${random}`).slice(0, CHECK_CHARACTERS);
}
