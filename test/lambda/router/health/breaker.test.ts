import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Breaker, type BreakerLeave } from '../../../../lambda/router/health/breaker';
import { type CallMeaning, meaningOf } from '../../../../lambda/router/health/call-meaning';
import type { CallEnded } from '../../../../lib/core/types-live';
import { aTier } from '../../../builders';

const SETTINGS = { failures: 3, windowMs: 10_000, openMs: 5000 };

/** A breaker, calls that end as soon as they are admitted, and a clock that stands still between them. */
function aBreaker() {
  const breaker = new Breaker();
  const call = (meaning: CallMeaning, nowMs: number, askedMs?: number): boolean => {
    const leave = breaker.admit(nowMs);
    if (leave !== undefined) breaker.ended(leave, meaning, nowMs, SETTINGS, askedMs);
    return leave !== undefined;
  };
  const failAt = (...times: number[]): void => {
    for (const nowMs of times) call('fails', nowMs);
  };
  const probe = (meaning: CallMeaning, nowMs: number): boolean => {
    breaker.grant();
    return call(meaning, nowMs);
  };
  return { breaker, call, failAt, probe };
}

describe('a closed breaker', () => {
  it.each<[string, readonly (readonly [CallMeaning, number])[], string]>([
    [
      'opens at the third failure within its window',
      [
        ['fails', 0],
        ['fails', 5000],
        ['fails', 10_000],
      ],
      'open',
    ],
    [
      'stays closed where the first has left the window',
      [
        ['fails', 0],
        ['fails', 5000],
        ['fails', 10_001],
      ],
      'closed',
    ],
    [
      'opens at three of the newest',
      [
        ['fails', 0],
        ['fails', 8000],
        ['fails', 11_000],
        ['fails', 12_000],
      ],
      'open',
    ],
    [
      'opens where every other call fails: it flaps',
      [
        ['fails', 0],
        ['answers', 1],
        ['fails', 2],
        ['answers', 3],
        ['fails', 4],
      ],
      'open',
    ],
    [
      'stays closed where the failures are fewer than half',
      [
        ['fails', 0],
        ['answers', 1],
        ['answers', 1],
        ['fails', 2],
        ['answers', 3],
        ['answers', 3],
        ['fails', 4],
      ],
      'closed',
    ],
    [
      'counts nothing that says nothing of the tier',
      [
        ['nothing', 0],
        ['nothing', 1],
        ['nothing', 2],
      ],
      'closed',
    ],
    [
      'counts a tier that is busy and names no time',
      [
        ['busy', 0],
        ['busy', 1],
        ['busy', 2],
      ],
      'open',
    ],
  ])('%s', (_, calls, state) => {
    const { breaker, call } = aBreaker();
    for (const [meaning, nowMs] of calls) call(meaning, nowMs);
    expect(breaker.state(calls[calls.length - 1]?.[1] ?? 0)).toBe(state);
  });

  it('hears nothing of calls that were begun before it was last opened', () => {
    const { breaker, failAt, probe } = aBreaker();
    const slow = Array.from({ length: 9 }, () => breaker.admit(0) as BreakerLeave);
    failAt(0, 0, 0);
    probe('answers', 6000);
    for (const leave of slow) breaker.ended(leave, 'fails', 6001, SETTINGS);
    expect(breaker.state(6001)).toBe('closed');
  });
});

describe('an open breaker', () => {
  it('lets nothing through, then is half-open', () => {
    const { breaker, call, failAt } = aBreaker();
    failAt(0, 0, 0);
    expect([breaker.state(4999), call('answers', 4999), breaker.retryAfterMs(4000)]).toEqual(['open', false, 1000]);
    expect(breaker.state(5000)).toBe('half-open');
  });

  it('lets no probe through without leave, and one with it', () => {
    const { breaker, failAt } = aBreaker();
    failAt(0, 0, 0);
    expect([breaker.wantsLeave(4999), breaker.wantsLeave(5000)]).toEqual([false, true]);
    expect(breaker.admit(5000)).toBeUndefined();
    breaker.grant();
    expect([breaker.mayProbe(5000), breaker.admit(5000)?.probe]).toEqual([true, true]);
    expect([breaker.mayProbe(5000), breaker.admit(5000), breaker.wantsLeave(5000)]).toEqual([false, undefined, false]);
  });

  it('is closed by a probe that is answered', () => {
    const { breaker, failAt, probe, call } = aBreaker();
    failAt(0, 0, 0);
    probe('answers', 5000);
    expect([breaker.state(5000), call('answers', 5000)]).toEqual(['closed', true]);
  });

  it('stays half-open, with its leave, after a probe that says nothing', () => {
    const { breaker, failAt, probe } = aBreaker();
    failAt(0, 0, 0);
    probe('nothing', 5000);
    expect([breaker.state(5000), breaker.mayProbe(5000)]).toEqual(['half-open', true]);
  });

  it('opens twice as long after each probe that fails, up to eight times as long', () => {
    const { breaker, failAt, probe } = aBreaker();
    failAt(0, 0, 0);
    const lengths: number[] = [];
    for (let nowMs = 5000; lengths.length < 6; nowMs = breaker.opened(nowMs)?.untilMs ?? 0) {
      probe('fails', nowMs);
      lengths.push(breaker.retryAfterMs(nowMs));
    }
    expect(lengths).toEqual([10_000, 20_000, 40_000, 40_000, 40_000, 40_000]);
  });

  it('opens longer where a tier fails again soon after it was closed, and as long as ever after a good while', () => {
    const { breaker, failAt, probe } = aBreaker();
    failAt(0, 0, 0);
    probe('answers', 5000);
    failAt(6000, 6000, 6000);
    expect(breaker.retryAfterMs(6000)).toBe(10_000);
    probe('answers', 16_000);
    failAt(60_000, 60_000, 60_000);
    expect(breaker.retryAfterMs(60_000)).toBe(5000);
  });

  it('honours a longer Retry-After of the failure that opened it', () => {
    const { breaker, call, failAt } = aBreaker();
    failAt(0, 0);
    call('fails', 0, 20_000);
    expect(breaker.retryAfterMs(0)).toBe(20_000);
  });

  it('is open a second at first where the tier was only busy', () => {
    const { breaker, call } = aBreaker();
    for (const nowMs of [0, 0, 0]) call('busy', nowMs);
    expect(breaker.retryAfterMs(0)).toBe(1000);
  });

  it('is opened for longer by what another instance has found, and never for shorter', () => {
    const { breaker, failAt } = aBreaker();
    failAt(0, 0, 0);
    breaker.adopt({ openedAtMs: 0, untilMs: 9000 });
    expect(breaker.retryAfterMs(0)).toBe(9000);
    breaker.adopt({ openedAtMs: 0, untilMs: 7000 });
    expect(breaker.retryAfterMs(0)).toBe(9000);
  });
});

describe('a tier that says when to come back', () => {
  it('is left alone until then at once, and then takes calls again without a probe', () => {
    const { breaker, call } = aBreaker();
    call('busy', 0, 3000);
    expect([breaker.state(0), call('answers', 2900)]).toEqual(['open', false]);
    expect([breaker.state(3000), call('answers', 3000), call('answers', 3000)]).toEqual(['closed', true, true]);
  });

  it('takes the request again that waited as long as it was told, whatever its timer did', () => {
    const { call } = aBreaker();
    call('busy', 0, 1000);
    expect(call('answers', 999.2)).toBe(true);
  });

  it('is asked again after a quarter of an hour, whatever it says', () => {
    const { breaker, call } = aBreaker();
    call('busy', 0, 1e12);
    expect(breaker.state(900_000)).toBe('closed');
  });

  it('is not shortened by another call that was told less', () => {
    const { breaker } = aBreaker();
    const [one, other] = [breaker.admit(0) as BreakerLeave, breaker.admit(0) as BreakerLeave];
    breaker.ended(one, 'busy', 0, SETTINGS, 8000);
    breaker.ended(other, 'busy', 0, SETTINGS, 2000);
    expect(breaker.state(7000)).toBe('open');
  });
});

describe('for any course of events', () => {
  /** Open at the first failure, so that half of the course is spent beyond closed. */
  const TOUCHY = { ...SETTINGS, failures: 1, openMs: 2000 };
  type Event =
    | { readonly kind: 'call' | 'grant' }
    | { readonly kind: 'pass'; readonly ms: number }
    | { readonly kind: 'end'; readonly which: number; readonly meaning: CallMeaning; readonly askedMs: number }
    | { readonly kind: 'adopt'; readonly ms: number };
  const meaning = fc.constantFrom<CallMeaning>('answers', 'fails', 'busy', 'nothing');
  const anyEvent: fc.Arbitrary<Event> = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<Event>({ kind: 'call' }, { kind: 'grant' }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(20_000) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('end' as const),
        which: fc.nat(),
        meaning,
        askedMs: fc.constantFrom(0, 0, 0, 2000, 30_000),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('adopt' as const), ms: fc.nat(5000) }) },
  );

  it('there is never more than one probe at a time, and none without leave', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 120, size: 'max' }), (events) => {
        const breaker = new Breaker();
        const underWay: BreakerLeave[] = [];
        let nowMs = 0;
        for (const event of events) {
          if (event.kind === 'pass') nowMs += event.ms;
          else if (event.kind === 'grant') breaker.grant();
          else if (event.kind === 'adopt') breaker.adopt({ openedAtMs: nowMs, untilMs: nowMs + event.ms });
          else if (event.kind === 'call') {
            const state = breaker.state(nowMs);
            const might = breaker.mayProbe(nowMs);
            const leave = breaker.admit(nowMs);
            expect(leave !== undefined).toBe(state === 'closed' || might);
            if (leave !== undefined) {
              expect(leave.probe).toBe(state === 'half-open');
              underWay.push(leave);
            }
          } else if (event.kind === 'end' && underWay.length > 0) {
            const [leave] = underWay.splice(event.which % underWay.length, 1);
            if (leave) breaker.ended(leave, event.meaning, nowMs, TOUCHY, event.askedMs);
          }
          expect(underWay.filter(({ probe }) => probe).length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('it takes calls again once a probe is answered, however it came to be open', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60, size: 'max' }), (events) => {
        const breaker = new Breaker();
        const underWay: BreakerLeave[] = [];
        let nowMs = 0;
        for (const event of events) {
          if (event.kind === 'pass') nowMs += event.ms;
          else if (event.kind === 'adopt') breaker.adopt({ openedAtMs: nowMs, untilMs: nowMs + event.ms });
          else if (event.kind === 'call')
            underWay.push(...[breaker.admit(nowMs)].filter((leave) => leave !== undefined));
          else if (event.kind === 'end') {
            const leave = underWay.pop();
            if (leave) breaker.ended(leave, event.meaning, nowMs, TOUCHY, event.askedMs);
          } else breaker.grant();
        }
        for (const leave of underWay) breaker.ended(leave, 'nothing', nowMs, TOUCHY);
        nowMs = Math.max(nowMs, breaker.opened(nowMs)?.untilMs ?? 0);
        breaker.grant();
        const leave = breaker.admit(nowMs);
        expect(leave).toBeDefined();
        if (leave === undefined) return;
        breaker.ended(leave, 'answers', nowMs, TOUCHY);
        expect(breaker.state(nowMs)).toBe('closed');
        expect(breaker.admit(nowMs)).toMatchObject({ probe: false });
      }),
    );
  });
});

describe('the end of a call', () => {
  const ended = (call: Partial<CallEnded>): CallEnded => ({ inputTokens: 0, outputTokens: 0, latencyMs: 0, ...call });
  const tier = aTier({ id: 'tier' });

  it.each<[Partial<CallEnded>, CallMeaning]>([
    [{}, 'answers'],
    [{ cause: 'server-error' }, 'fails'],
    [{ cause: 'unreachable' }, 'fails'],
    [{ cause: 'cut' }, 'fails'],
    [{ cause: 'auth' }, 'fails'],
    [{ cause: 'unknown-model' }, 'fails'],
    [{ cause: 'overloaded' }, 'busy'],
    [{ cause: 'rate-limited' }, 'busy'],
    [{ cause: 'invalid-request' }, 'answers'],
    [{ cause: 'content-filter' }, 'answers'],
    [{ cause: 'context-length' }, 'answers'],
    [{ cause: 'aborted' }, 'nothing'],
    [{ cause: 'constructor' }, 'nothing'],
    [{ cause: 'first-token-timeout', latencyMs: 10_000 }, 'fails'],
    [{ cause: 'total-timeout', latencyMs: 119_999.5 }, 'fails'],
  ])('with %j means that the tier %s', (call, meaning) => {
    expect(meaningOf(ended(call), tier)).toBe(meaning);
  });

  it.each<Partial<CallEnded>>([
    { cause: 'first-token-timeout', latencyMs: 300 },
    { cause: 'total-timeout', latencyMs: 5000 },
  ])('with %j says nothing: a caller in a hurry shuts no tier for the others', (call) => {
    expect(meaningOf(ended(call), tier)).toBe('nothing');
  });
});
