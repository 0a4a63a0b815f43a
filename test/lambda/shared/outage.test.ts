import { describe, expect, it } from 'vitest';
import { tellOutages } from '../../../lambda/shared/outage';

describe('outages', () => {
  it.each([
    ['no failure', '..', []],
    ['a failure', '1', ['1']],
    ['failures that follow one another, by the first', '123', ['1']],
    ['failures with an answer in between, each', '1.2..34', ['1', '2', '3']],
  ])('tell of %s', (_what, course, expected) => {
    const told: unknown[] = [];
    const outage = tellOutages((error) => told.push(error));
    for (const step of course) {
      if (step === '.') outage.over();
      else outage.met(step);
    }
    expect(told).toEqual(expected);
  });
});
