import { entriesOf, listOf, type Mapping, mappingsOf, memberOf } from '../draft';
import type { Findings } from '../findings';
import { findLiteralKeys } from '../literal-keys';
import type { Path } from '../path';
import { checkAddress, checkDate, checkId, isDate } from './forms';

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** What a tier must keep beyond its shape. `nowMs` decides whether a price is only a future one, where it is known. */
export function checkTiers(root: Mapping, findings: Findings, nowMs: number | undefined): void {
  for (const [id] of entriesOf(root.tiers)) checkId(['tiers', id], id, findings);
  for (const [id, tier] of mappingsOf(root.tiers)) {
    const path = ['tiers', id];
    checkHost(path, tier, findings);
    checkHeaders([...path, 'headers'], tier.headers, findings);
    checkDate([...path, 'retiresOn'], tier.retiresOn, findings);
    checkPrices([...path, 'price'], tier.price, findings, nowMs);
    checkReplicas([...path, 'gpu'], tier.gpu, findings);
    if (tier.location === 'geography' && tier.geography === undefined) {
      findings.fault([...path, 'geography'], 'is required where location is geography: the name of the geography');
    }
  }
}

export function warnOfLiteralKeys(document: unknown, findings: Findings): void {
  for (const path of findLiteralKeys(document)) findings.warn(path, `a literal key; use \${VAR} or apiKeySecret`);
}

function checkHost(path: Path, tier: Mapping, findings: Findings): void {
  checkAddress([...path, 'baseUrl'], tier.baseUrl, findings);
  if (tier.provider === 'openai-compatible') {
    if (tier.baseUrl === undefined) findings.fault([...path, 'baseUrl'], 'is required of an openai-compatible tier');
    else if (typeof tier.baseUrl === 'string' && !/\/v1\/*$/.test(tier.baseUrl)) {
      findings.warn([...path, 'baseUrl'], 'does not end in /v1, as it does for the OpenAI client');
    }
  }
  if (tier.provider !== 'bedrock' && tier.guardrail !== undefined) {
    findings.fault([...path, 'guardrail'], 'is only for bedrock tiers: here it would guard nothing');
  }
  if (isGiven(tier.apiKey) && isGiven(tier.apiKeySecret)) {
    findings.fault([...path, 'apiKeySecret'], 'stands beside apiKey; give one of the two');
  }
}

/** A key whose variable is empty is no key. */
function isGiven(key: unknown): boolean {
  return typeof key === 'string' && key !== '';
}

function checkHeaders(path: Path, headers: unknown, findings: Findings): void {
  for (const [name, value] of entriesOf(headers)) {
    if (!HEADER_NAME.test(name)) findings.fault([...path, name], 'is not the name of an HTTP header');
    // Bytes that Node refuses in a header would fail every call to the tier.
    if (typeof value === 'string' && /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      findings.fault([...path, name], 'holds characters that an HTTP header cannot');
    }
  }
}

function checkReplicas(path: Path, gpu: unknown, findings: Findings): void {
  const [min, max] = [memberOf(gpu, 'min'), memberOf(gpu, 'max')];
  if (typeof min !== 'number' || typeof max !== 'number' || min <= max) return;
  findings.fault([...path, 'min'], 'must be at most max', { given: `${min} above ${max}` });
}

function checkPrices(path: Path, price: unknown, findings: Findings, nowMs: number | undefined): void {
  const list = Array.isArray(price) ? listOf(price) : [price];
  const from = new Map<unknown, number>();
  for (const [index, entry] of list.entries()) {
    const at = Array.isArray(price) ? [...path, index] : path;
    const date = memberOf(entry, 'effectiveFrom');
    checkDate([...at, 'effectiveFrom'], date, findings);
    if (from.has(date)) {
      const when = typeof date === 'string' ? `from ${date}` : 'without effectiveFrom';
      findings.fault([...at, 'effectiveFrom'], `two prices ${when}`);
    }
    from.set(date, index);
  }
  const [earliest] = [...from.keys()].filter((date) => typeof date === 'string' && isDate(date)).sort();
  if (from.has(undefined) || typeof earliest !== 'string') return;
  if (nowMs === undefined || nowMs < Date.parse(`${earliest}T00:00:00Z`)) {
    findings.warn(path, `no price in force before ${earliest}`);
  }
}
