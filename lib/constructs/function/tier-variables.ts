import { Token } from 'aws-cdk-lib';
import type { TierBinding } from '../tiers/tier';

/** A tier as the document has it, before variables are expanded. */
export type WrittenTier = Readonly<Record<string, unknown>>;

/** Values by the name of the variable that the policy reads them from. */
export type Variables = Record<string, string>;

const WHOLLY_VARIABLE = /^\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-[^{}]*)?\}$/;

/**
 * What the function must be told so that the policy's tier finds what it is bound to. Throws where the policy leaves no
 * place to tell it.
 */
export function tierVariables(id: string, tier: WrittenTier, binding: TierBinding, ownRegion: string): Variables {
  return {
    ...valueFor(id, 'baseUrl', tier.baseUrl, binding.baseUrl, sameAddress),
    // Any name or ARN of a secret may lead to the one that the function may read.
    ...valueFor(id, 'apiKeySecret', tier.apiKeySecret, binding.apiKeySecret, () => true),
    ...regionFor(id, tier.region, binding.region, ownRegion),
  };
}

/** A policy that names no region means the router's own. */
function regionFor(id: string, written: unknown, region: string | undefined, ownRegion: string): Variables {
  if (region === undefined || (region === ownRegion && written === undefined)) return {};
  return valueFor(id, 'region', written, region, (name) => Token.isUnresolved(region) || name === region);
}

function valueFor(
  id: string,
  key: string,
  written: unknown,
  value: string | undefined,
  agrees: (written: string, value: string) => boolean,
): Variables {
  if (value === undefined) return {};
  if (typeof written === 'string') {
    if (WHOLLY_VARIABLE.test(written)) return variableFor(written, value);
    if (agrees(written, value)) return {};
  }
  const variable = `\${${id.toUpperCase().replace(/-/g, '_')}_${SUFFIX[key]}}`;
  const found = written === undefined ? `has no ${key}` : `has the ${key} ${String(written)}`;
  const known = Token.isUnresolved(value) ? 'known only to the stack' : value;
  throw new Error(`tiers.${id} of the policy ${found}, and the tier's is ${known}; write ${key}: ${variable}`);
}

const SUFFIX: Readonly<Record<string, string>> = { baseUrl: 'URL', apiKeySecret: 'KEY_SECRET', region: 'REGION' };

function variableFor(written: unknown, value: string | undefined): Variables {
  const name = typeof written === 'string' ? WHOLLY_VARIABLE.exec(written)?.[1] : undefined;
  return name === undefined || value === undefined ? {} : { [name]: value };
}

function sameAddress(written: string, value: string): boolean {
  const plain = (address: string) => (URL.canParse(address) ? new URL(address).href.replace(/\/+$/, '') : address);
  return plain(written) === plain(value);
}
