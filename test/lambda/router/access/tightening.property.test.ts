import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyedCallers } from '../../../../lambda/router/access/keyed-callers';
import { HINT_HEADERS } from '../../../../lib/core/contract';
import { prepare } from '../../../../lib/core/prepare';
import { parseChatCompletions } from '../../../../lib/core/request/chat-completions';
import { RESIDENCIES, type Residency } from '../../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../../builders';
import { someKeys } from './some-keys';

const USER_TIERS = ['free', 'silver', 'gold'];
const CONSEQUENCES = ['low', 'medium', 'high'] as const;

const optional = <Value>(of: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> => fc.option(of, { nil: undefined });
const residency = fc.constantFrom(...RESIDENCIES);
const userTier = fc.constantFrom(...USER_TIERS);
const consequence = fc.constantFrom(...CONSEQUENCES);
const hints = fc.record({
  residency: optional(residency),
  userTier: optional(userTier),
  blastRadius: optional(consequence),
});

const tightness = (value: Residency): number => RESIDENCIES.indexOf(value);

/** What the router makes of a request with this key and these hints, in the headers and in the body. */
async function effective(
  key: { residency: Residency | undefined; userTier: string | undefined },
  task: { residency: Residency; consequence: (typeof CONSEQUENCES)[number] },
  header: Readonly<Record<string, string | undefined>>,
  inBody: Readonly<Record<string, string | undefined>>,
) {
  const policy = aPolicy({
    tiers: [aTier({ id: 'small' })],
    tasks: [
      aTask({
        id: 'general',
        ladder: ['small'],
        residency: task.residency,
        audit: { inputs: 'any', acceptable: 'any', consequence: task.consequence },
      }),
    ],
    userTiers: USER_TIERS,
  });
  const keys = someKeys();
  const { secret } = keys.give({
    ...(key.residency && { residency: key.residency }),
    ...(key.userTier && { userTier: key.userTier }),
  });
  const headers: Record<string, string> = { authorization: `Bearer ${secret}`, 'x-tierwise-customer': 'somebody-else' };
  for (const [name, hint] of [
    [HINT_HEADERS.residency, header.residency],
    [HINT_HEADERS.userTier, header.userTier],
    [HINT_HEADERS.blastRadius, header.blastRadius],
  ] as const) {
    if (hint !== undefined) headers[name] = hint;
  }
  const metadata = Object.fromEntries(
    Object.entries({
      residency: inBody.residency,
      user_tier: inBody.userTier,
      blast_radius: inBody.blastRadius,
    }).filter(([, value]) => value !== undefined),
  );
  const callerOf = keyedCallers({ keys, refreshMs: 1000, nowMs: Date.now, onUnreachable: () => {} });
  const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Hello.' }], metadata });
  const caller = await callerOf({ headers });
  const request = parseChatCompletions({ headers, body }, policy, { id: 'req-1', caller, receivedAtMs: 0 });
  return { caller, features: (await prepare(policy)).extract(request) };
}

describe('hints beside a key', () => {
  it('only ever tighten, wherever they stand: no further, no higher user, no lower consequence than key and task say', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ residency: optional(residency), userTier: optional(userTier) }),
        fc.record({ residency, consequence }),
        hints,
        hints,
        async (key, task, header, inBody) => {
          const { caller, features } = await effective(key, task, header, inBody);
          expect(caller.customer).toBe('acme');
          const bounds = [key.residency, task.residency, header.residency, inBody.residency];
          for (const bound of bounds) {
            if (bound !== undefined) expect(tightness(features.residency)).toBeLessThanOrEqual(tightness(bound));
          }
          for (const bound of [task.consequence, header.blastRadius, inBody.blastRadius]) {
            if (bound === undefined) continue;
            expect(CONSEQUENCES.indexOf(features.consequence)).toBeGreaterThanOrEqual(CONSEQUENCES.indexOf(bound));
          }
          if (key.userTier !== undefined) {
            expect(USER_TIERS).toContain(features.userTier);
            const standing = USER_TIERS.indexOf(features.userTier as string);
            expect(standing).toBeLessThanOrEqual(USER_TIERS.indexOf(key.userTier));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
