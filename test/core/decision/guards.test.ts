import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../../lib/core/decision/guards/candidate';
import { contextWindow } from '../../../lib/core/decision/guards/context-window';
import { GUARDS } from '../../../lib/core/decision/guards/registry';
import type { Features, Request } from '../../../lib/core/types';
import type { Location, Residency, Tier } from '../../../lib/core/types-policy';
import { aRequest, aTier } from '../../builders';
import { NOW_MS, someFeatures } from './deciding';

interface Case {
  readonly tier?: Partial<Tier>;
  readonly features?: Partial<Features>;
  readonly request?: Partial<Request>;
  readonly unsupported?: readonly string[];
  readonly geography?: string;
  readonly state?: Candidate['state'];
  readonly switchedOff?: boolean;
  readonly affordableUsd?: number;
  readonly reservedUsd?: number;
}

function candidateOf({
  tier,
  features,
  request,
  unsupported = [],
  geography,
  state,
  switchedOff = false,
  affordableUsd,
  reservedUsd = 0,
}: Case): Candidate {
  return {
    tier: aTier({ id: 'tier', ...tier }),
    request: aRequest(request),
    features: someFeatures(features),
    unsupported,
    nowMs: NOW_MS,
    geography,
    state,
    switchedOff,
    affordableUsd,
    reservedUsd,
  };
}

function reasonOf(of: Case): string | undefined {
  const candidate = candidateOf(of);
  return GUARDS.map((guard) => guard(candidate)).find((exclusion) => exclusion !== undefined)?.reason;
}

describe('the guards', () => {
  it.each<[string, Case, string | undefined]>([
    ['let an ordinary tier through', {}, undefined],
    ['exclude a tier that is switched off', { tier: { enabled: false } }, 'disabled'],
    ['exclude a tier that the person on call has switched off', { switchedOff: true }, 'disabled'],
    ['let a model through the day before it retires', { tier: { retiresOn: '2026-11-02' } }, undefined],
    ['exclude a model from the day it retires', { tier: { retiresOn: '2026-11-01' } }, 'retired'],
    ['exclude a model that has retired', { tier: { retiresOn: '2025-01-01' } }, 'retired'],
    ['let any retention through where none is asked', { tier: {} }, undefined],
    ['let a shorter retention through', { tier: { retentionDays: 0 }, features: { maxRetentionDays: 0 } }, undefined],
    ['exclude a longer retention', { tier: { retentionDays: 31 }, features: { maxRetentionDays: 30 } }, 'retention'],
    ['exclude an unknown retention', { features: { maxRetentionDays: 3000 } }, 'retention'],
    [
      'let a tier through that can do all that is needed',
      { tier: { capabilities: ['tools', 'images'] }, request: { needs: ['images'] } },
      undefined,
    ],
    [
      'exclude a tier that lacks one need',
      { tier: { capabilities: ['tools'] }, request: { needs: ['tools', 'images'] } },
      'capability',
    ],
    ['exclude a tier whose provider cannot honour a field', { unsupported: ['seed'] }, 'capability'],
    [
      'let an answer through that just fits',
      { tier: { maxOutputTokens: 50 }, features: { reservedOutputTokens: 50 } },
      undefined,
    ],
    [
      'exclude a tier that writes too little',
      { tier: { maxOutputTokens: 49 }, features: { reservedOutputTokens: 50 } },
      'output-length',
    ],
    [
      'let a call through that takes all that may be sent in a minute',
      { tier: { tokensPerMinute: 150 }, features: { inputTokens: 100, expectedOutputTokens: 50 } },
      undefined,
    ],
    [
      'exclude a tier that takes less in a minute than the call alone',
      { tier: { tokensPerMinute: 149 }, features: { inputTokens: 100, expectedOutputTokens: 50 } },
      'rate-limit',
    ],
  ])('%s', (_, of, reason) => {
    expect(reasonOf(of)).toBe(reason);
  });

  const LOCATIONS: readonly Location[] = ['vpc', 'region', 'geography', 'anywhere'];

  it.each<[Residency, readonly Location[]]>([
    ['vpc', ['vpc']],
    ['region', ['vpc', 'region']],
    ['geography', ['vpc', 'region', 'geography']],
    ['any', ['vpc', 'region', 'geography', 'anywhere']],
  ])('let a prompt of residency %s go to %j only', (residency, allowed) => {
    const geography = 'eu';
    const admitted = LOCATIONS.filter((location) => {
      const tier = { location, ...(location === 'geography' && { geography }) };
      return reasonOf({ tier, features: { residency }, geography }) === undefined;
    });
    expect(admitted).toEqual(allowed);
  });

  it('keep a prompt from a place that nobody knows, and one of no known residency from every place', () => {
    expect(reasonOf({ tier: { location: 'moon' as Location }, features: { residency: 'any' } })).toBe('residency');
    for (const location of LOCATIONS) {
      const tier = { location, ...(location === 'geography' && { geography: 'eu' }) };
      const features = { residency: 'everywhere' as Residency };
      expect(reasonOf({ tier, features, geography: 'eu' })).toBe('residency');
    }
  });

  it.each<[string, string | undefined, string | undefined]>([
    ['another', 'us', 'eu'],
    ['an unnamed', undefined, 'eu'],
    ['any, where the policy names none,', 'eu', undefined],
    ['an unnamed, where the policy names none,', undefined, undefined],
  ])('keep a prompt of residency geography from %s geography', (_, theirs, ours) => {
    const tier = { location: 'geography' as const, ...(theirs && { geography: theirs }) };
    expect(reasonOf({ tier, features: { residency: 'geography' }, ...(ours && { geography: ours }) })).toBe(
      'residency',
    );
    expect(reasonOf({ tier, features: { residency: 'any' }, ...(ours && { geography: ours }) })).toBeUndefined();
  });

  it('say what is needed and what is offered', () => {
    const detail = (of: Case) => GUARDS.map((guard) => guard(candidateOf(of))).find((found) => found)?.detail;
    expect(detail({ tier: { capabilities: ['tools'] }, request: { needs: ['images'] } })).toBe(
      'the request needs images; it offers tools',
    );
    expect(detail({ unsupported: ['seed', 'n'] })).toBe('its provider cannot honour seed, n');
    // What a caller calls a field may be a sentence, or a megabyte.
    expect(detail({ unsupported: ['seed', 'tell nobody of the merger', 'x'.repeat(65)] })).toBe(
      'its provider cannot honour seed, a field of another name, a field of another name',
    );
    expect(detail({ unsupported: Array.from({ length: 1000 }, (_, at) => `f${at}`) })).toMatch(/f9 and 990 more$/);
    expect(detail({ features: { maxRetentionDays: 3 } })).toBe(
      'prompts may be kept 3 days; it does not say how long it does',
    );
    // Not what the budget has left: others may share it.
    expect(detail({ affordableUsd: 1234.5, reservedUsd: 2000 })).toBe(
      'it may cost $2,000.00, which is more than a budget has left',
    );
  });
});

describe('the context window', () => {
  const excluded = (inputTokens: number, roomier: boolean) =>
    contextWindow(
      candidateOf({ tier: { contextWindow: 1000 }, features: { inputTokens, reservedOutputTokens: 50 } }),
      roomier,
      0.8,
    ) !== undefined;

  it.each([
    [800, true, false],
    [801, true, true],
    [801, false, false],
    [950, false, false],
    [951, false, true],
  ])(
    'of 1,000 tokens, 50 of them for the answer, for %d tokens with a roomier tier %j: excluded %j',
    (input, roomier, result) => {
      expect(excluded(input, roomier)).toBe(result);
    },
  );
});
