import { describe, expect, it } from 'vitest';
import { readWatchEnvironment } from '../../../lambda/watch/watch-environment';

const TABLES = {
  TIERWISE_POLICY_TABLE: 'policies',
  TIERWISE_ATTRIBUTION_TABLE: 'records',
  TIERWISE_ACCESS_TABLE: 'access',
};
const OWN = { perRequestUsd: 0.000009, perSecondUsd: 0.00001, perHourUsd: 0.2 };

describe('the environment of the watch function', () => {
  it('needs tables, and has a default for everything else', () => {
    expect(readWatchEnvironment(TABLES)).toEqual({
      router: 'tierwise',
      tables: { policyTable: 'policies', attributionTable: 'records', accessTable: 'access' },
      own: { perRequestUsd: 0, perSecondUsd: 0, perHourUsd: 0 },
      metrics: 'cloudwatch',
    });
    expect(() => readWatchEnvironment({})).toThrow('set TIERWISE_ATTRIBUTION_TABLE');
  });

  it('reads what the router’s own parts cost, and where metrics go', () => {
    const variables = {
      ...TABLES,
      TIERWISE_OWN_PRICES: JSON.stringify(OWN),
      TIERWISE_WATCH_METRICS: 'embedded',
      TIERWISE_POLICY_FILE: '/opt/policy.yaml',
    };
    expect(readWatchEnvironment(variables)).toMatchObject({
      own: OWN,
      metrics: 'embedded',
      policyFile: '/opt/policy.yaml',
    });
  });

  it.each([
    [
      { TIERWISE_WATCH_METRICS: 'prometheus' },
      /TIERWISE_WATCH_METRICS is "prometheus": allowed are cloudwatch and emb/,
    ],
    [
      { TIERWISE_OWN_PRICES: '{' },
      /TIERWISE_OWN_PRICES is \{: give perRequestUsd, perSecondUsd, perHourUsd as numbers/,
    ],
    [{ TIERWISE_OWN_PRICES: 'null' }, /TIERWISE_OWN_PRICES is null/],
    [{ TIERWISE_OWN_PRICES: JSON.stringify({ ...OWN, perHourUsd: '1' }) }, /TIERWISE_OWN_PRICES is/],
  ])('says what is wrong with %o', (variables, message) => {
    expect(() => readWatchEnvironment({ ...TABLES, ...variables })).toThrow(message);
  });
});
