import { describe, expect, it } from 'vitest';
import { buildState } from '../../../../lambda/router/page/build-state';
import { noticesOf } from '../../../../lambda/router/page/client/attention';
import { dollars, milliseconds, percent, points, span, words } from '../../../../lambda/router/page/client/format';
import { promptsText } from '../../../../lambda/router/page/client/prompts-text';
import type { OperatorState } from '../../../../lambda/router/page/page-state';
import { NO_INFRASTRUCTURE } from '../../../../lambda/router/page/readings';

const NOW = Date.parse('2026-11-22T10:30:00.000Z');
const QUIET: OperatorState = {
  ...buildState(
    { minutes: [], hours: [], days: [], latest: [], addedUpToMs: null, live: true },
    {
      policy: null,
      inForce: { source: 'store' },
      publishedAtMs: 0,
      infrastructure: NO_INFRASTRUCTURE,
      tierState: () => undefined,
      switches: [],
      nowMs: NOW,
    },
  ),
  policy: { id: 'desk', version: '3', source: 'store', frontier: 'big' },
};
const TIER = {
  id: 'big',
  model: 'm',
  location: 'vpc',
  enabled: true,
  breaker: 'closed',
  requests: 0,
  costUsd: 0,
  failedAttemptsUsd: 0,
} as const;

describe('numbers on the page', () => {
  it.each([
    [dollars(1234.5), '$1,234.50'],
    [dollars(-3.2), '−$3.20'],
    [dollars(0.0042137), '$0.00421'],
    [dollars(0.017), '$0.0170'],
    [dollars(0), '$0'],
    [dollars(1e-9), '<$0.0000001'],
    [percent(0.0834), '8.3 %'],
    [percent(-0.00001), '0.0 %'],
    [points(0.031), '+3.1'],
    [points(-0.031), '−3.1'],
    [milliseconds(3.21), '3.2 ms'],
    [milliseconds(640.4), '640 ms'],
    [milliseconds(1190), '1.19 s'],
    [span(45_000), '1 min'],
    [span(20_000), '20 s'],
    [span(3_900_000), '1 h 05 min'],
    [words('promptLength'), 'prompt length'],
    [words('score-cheapest'), 'score cheapest'],
  ])('reads %s', (shown, expected) => expect(shown).toBe(expected));
});

describe('what the page says of prompts', () => {
  const policy = { id: 'desk', version: '3', source: 'store', frontier: 'big' } as const;

  it.each([
    ['no policy', null, 'No prompt and no answer is shown.'],
    ['a policy that keeps none', policy, 'The policy in force has no prompt and no answer kept, and none is shown.'],
    [
      'one that lets them be kept',
      { ...policy, prompts: { owner: 'data office', expires: '2026-12-31' } },
      'The policy in force lets prompts and answers be kept, encrypted, until 2026-12-31; data office answers for them. None is shown here.',
    ],
  ])('is so with %s', (_name, shown, text) => expect(promptsText(shown)).toBe(text));
});

describe('what needs attention', () => {
  it('is nothing where all is well', () => expect(noticesOf(QUIET)).toEqual([]));

  it.each<[string, Partial<OperatorState>, boolean, RegExp]>([
    ['no policy', { policy: null }, true, /tierwise publish/],
    [
      'a refused policy',
      {
        policy: {
          id: 'desk',
          version: '3',
          source: 'store',
          frontier: 'big',
          refused: { version: '4', why: 'it widens' },
        },
      },
      true,
      /version 4 was refused.*it widens/,
    ],
    [
      'an open breaker',
      { tiers: [{ ...TIER, breaker: 'open', retryAfterMs: 5000 }] },
      true,
      /breaker of big is open.*10:30:05/,
    ],
    ['a probe', { tiers: [{ ...TIER, breaker: 'half-open' }] }, false, /being probed/],
    ['a full tier', { tiers: [{ ...TIER, full: '40 wait' }] }, false, /big takes no more requests now: 40 wait/],
    [
      'a switch',
      { switches: [{ kind: 'tier-disabled', tier: 'big', untilMs: NOW + 600_000, reason: 'broken', author: 'bo' }] },
      false,
      /switched off until 10:40 \(10 min\), by bo: broken/,
    ],
    [
      'a task that is raised',
      {
        switches: [
          { kind: 'task-raised', task: 'triage', rungs: 1, reason: 'its certificate is void', author: 'watch' },
        ],
      },
      false,
      /^Task triage begins at least one tier above its start, by watch: its certificate is void$/,
    ],
    [
      'a loss',
      { findings: [{ signal: 'NetSavingUsd', kind: 'below', text: 'net saving is negative' }] },
      true,
      /^net saving is negative\.$/,
    ],
    [
      'drift',
      { findings: [{ task: 'triage', signal: 'InputDrift', kind: 'above', text: 'moved' }] },
      false,
      /^triage: moved\.$/,
    ],
    ['sums that stopped', { addedUpToMs: NOW - 3_600_000 }, true, /since 09:30: is the watch function running/],
    ['more than is counted live', { live: false }, false, /More comes in/],
  ])('tells of %s', (_, about, grave, text) => {
    const notices = noticesOf({ ...QUIET, ...about });
    expect(notices).toHaveLength(1);
    expect(notices[0]?.grave).toBe(grave);
    expect(notices[0]?.text).toMatch(text);
  });
});
