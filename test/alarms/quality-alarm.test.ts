import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../lib/core/types-policy';
import { deployedAlarms, deskPolicy, TASK } from './a-desk';
import { Minutes } from './minutes';
import { type Pairs, type Sampled, sampled, servedPairs } from './sampled-desk';
import { TemplateAlarm } from './template-alarm';
import { binomialDraws } from './traffic';

const WEEK = 7 * 288;
const DAY = 288;
const HOUR = 12;
const DRAWS = 100;
const REQUESTS = 6000;
const CONTROL_SHARE = 0.01;

/** A route that hands out what it gets: what a gate has judged never left, and shows as escalation. */
const POLICY = deskPolicy({ route: 'static' });
const RECORDS = await servedPairs(POLICY);
const ALARMS = deployedAlarms({ route: 'static' });
const SHORTFALL = new TemplateAlarm(ALARMS.watch?.qualityShortfall as cloudwatch.Alarm);
const RISK = 1 - (POLICY.tasks[TASK]?.target.passRate as number);

/** Pass rates of what is served and of what a higher tier answers to the same, each apart. */
interface Rates {
  readonly served: number;
  readonly reference: number;
}

const REFERENCE = 0.95;
const EQUAL: Rates = { served: REFERENCE, reference: REFERENCE };
const WORSE: Rates = { served: REFERENCE - 3 * RISK, reference: REFERENCE };

/** Draws how many requests of a period are sampled, and what becomes of them. */
function drawsOf({ served, reference }: Rates, seed: number): () => Pairs<number> {
  const onlyServedChance = served * (1 - reference);
  const onlyReferenceChance = (1 - served) * reference;
  const sample = binomialDraws(CONTROL_SHARE, seed * 10);
  const differ = binomialDraws(onlyServedChance + onlyReferenceChance, seed * 10 + 1);
  const better = binomialDraws(onlyServedChance / (onlyServedChance + onlyReferenceChance), seed * 10 + 2);
  const pass = binomialDraws(
    (served * reference) / (served * reference + (1 - served) * (1 - reference)),
    seed * 10 + 3,
  );
  return () => {
    const n = sample(REQUESTS);
    const different = differ(n);
    const onlyServed = better(different);
    const both = pass(n - different);
    return { both, onlyServed, onlyReference: different - onlyServed, neither: n - different - both };
  };
}

async function minutesOf(desk: Pick<Sampled, 'periods' | 'pairs'> & Partial<Sampled>): Promise<Minutes> {
  const minutes = new Minutes(desk.periods * 5 + 5);
  let period = 0;
  for await (const points of sampled({ policy: POLICY, records: RECORDS, ...desk })) {
    period += 1;
    minutes.put(period * 5, points);
  }
  return minutes.close();
}

/** The first period after which the alarm is raised, the first being 1. */
function raisedAfter(minutes: Minutes): number | undefined {
  const minute = SHORTFALL.firstRaised(minutes);
  return minute === undefined ? undefined : Math.ceil(minute / 5) - 1;
}

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** Good up to a period, worse from then on. */
function falling(after: number, seed: number): (period: number) => Pairs<number> {
  const [good, bad] = [drawsOf(EQUAL, seed), drawsOf(WORSE, seed + DRAWS)];
  return (period) => (period < after ? good() : bad());
}

describe('the alarm on the quality of what the first tier serves', () => {
  it('does not page in a week in which it is as good as a higher tier, in any of 100 draws', async () => {
    let paged = 0;
    for (const seed of seeds(DRAWS)) {
      const minutes = await minutesOf({ periods: WEEK, pairs: drawsOf(EQUAL, seed) });
      paged += Number(raisedAfter(minutes) !== undefined);
    }
    expect(paged).toBe(0);
  }, 120_000);

  it.each([
    ['an hour of a fall by three times the risk, after a quiet day', DAY, HOUR],
    ['40 minutes where it was so from the first pair on', 0, 8],
  ])('pages within %s, in at least 90 of 100 draws', async (_name, quiet, within) => {
    let caught = 0;
    for (const seed of seeds(DRAWS)) {
      const period = raisedAfter(await minutesOf({ periods: quiet + within, pairs: falling(quiet, seed) }));
      expect(period ?? quiet + 1).toBeGreaterThan(quiet);
      caught += Number(period !== undefined);
    }
    expect(caught).toBeGreaterThanOrEqual(90);
  });

  it('is over a day after the fall is mended, whatever the month remembers of it', async () => {
    const [good, bad] = [drawsOf(EQUAL, 1), drawsOf(WORSE, 2)];
    const minutes = await minutesOf({ periods: 5 * DAY, pairs: (period) => (period < 3 * DAY ? bad() : good()) });
    expect(SHORTFALL.isRaised(minutes, 3 * DAY * 5)).toBe(true);
    expect(SHORTFALL.firstRaised(minutes, 4 * DAY * 5 + 5)).toBeUndefined();
  });

  it('pages for a task that was published after the deployment', async () => {
    const published = {
      ...POLICY,
      tasks: { ...POLICY.tasks, returns: { ...(POLICY.tasks[TASK] as Task), id: 'returns' } },
    };
    const desk = { policy: published, task: 'returns', periods: HOUR, pairs: drawsOf(WORSE, 1) };
    expect(() => ALARMS.forTask('returns')).toThrow('no task');
    expect(raisedAfter(await minutesOf(desk))).toBeDefined();
  });

  it('leaves what a gate catches to the alarms on escalation: it climbs, and never leaves', async () => {
    const policy = deskPolicy();
    const records = await servedPairs(policy);
    expect(records.onlyReference).toMatchObject({ tier: 'frontier', escalated: 1 });
    const minutes = await minutesOf({ policy, records, periods: DAY, pairs: drawsOf(WORSE, 1) });
    expect(raisedAfter(minutes)).toBeUndefined();
  });
});
