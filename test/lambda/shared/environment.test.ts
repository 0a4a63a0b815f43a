import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../lambda/shared/environment';

const TABLES = {
  TIERWISE_POLICY_TABLE: 'policies',
  TIERWISE_ATTRIBUTION_TABLE: 'records',
  TIERWISE_ACCESS_TABLE: 'access',
};

describe('the environment of the router function', () => {
  it('has a default for everything, and no tables', () => {
    expect(readEnvironment({})).toEqual({ router: 'tierwise', refreshMs: 10_000, customerMetrics: false });
  });

  it('reads every variable', () => {
    const variables = {
      ...TABLES,
      TIERWISE_ROUTER: 'support-desk',
      TIERWISE_POLICY_FILE: '/var/task/policy.yaml',
      TIERWISE_REFRESH_SECONDS: '2.5',
      TIERWISE_DEPLOYMENT: '{}',
      TIERWISE_CUSTOMER_METRICS: 'on',
      OTHER: 'ignored',
    };
    expect(readEnvironment(variables)).toEqual({
      router: 'support-desk',
      policyFile: '/var/task/policy.yaml',
      tables: { policyTable: 'policies', attributionTable: 'records', accessTable: 'access' },
      refreshMs: 2500,
      deployment: '{}',
      customerMetrics: true,
    });
  });

  it('takes an empty variable for one that is not set', () => {
    const variables = { ...TABLES, TIERWISE_ROUTER: ' ', TIERWISE_POLICY_FILE: '', TIERWISE_REFRESH_SECONDS: '' };
    expect(readEnvironment(variables)).toMatchObject({ router: 'tierwise', refreshMs: 10_000 });
    expect(readEnvironment(variables)).not.toHaveProperty('policyFile');
  });

  it.each([
    [{ TIERWISE_REFRESH_SECONDS: 'soon' }, /TIERWISE_REFRESH_SECONDS is "soon": give a number of seconds above 0/],
    [{ TIERWISE_REFRESH_SECONDS: '0' }, /TIERWISE_REFRESH_SECONDS is "0"/],
    [{ TIERWISE_REFRESH_SECONDS: '-1' }, /TIERWISE_REFRESH_SECONDS is "-1"/],
    [{ TIERWISE_REFRESH_SECONDS: 'Infinity' }, /TIERWISE_REFRESH_SECONDS is "Infinity"/],
    [{ TIERWISE_CUSTOMER_METRICS: 'yes' }, /TIERWISE_CUSTOMER_METRICS is "yes": allowed are on and off/],
    [{ TIERWISE_ROUTER: ':router' }, /TIERWISE_ROUTER is ":router": give 1 to 255 printable ASCII characters/],
    [{ TIERWISE_ROUTER: 'rüter' }, /TIERWISE_ROUTER/],
    [
      { TIERWISE_POLICY_TABLE: undefined },
      /set all of TIERWISE_POLICY_TABLE, TIERWISE_ATTRIBUTION_TABLE and TIERWISE_ACCESS_TABLE, or none/,
    ],
    [{ TIERWISE_ATTRIBUTION_TABLE: '' }, /set all of/],
    [{ TIERWISE_ACCESS_TABLE: undefined }, /set all of/],
  ])('refuses %j', (variables, message) => {
    expect(() => readEnvironment({ ...TABLES, ...variables })).toThrow(message);
  });

  it('lists everything that is wrong at once', () => {
    expect(() => readEnvironment({ TIERWISE_REFRESH_SECONDS: 'x', TIERWISE_POLICY_TABLE: 'policies' })).toThrow(
      /REFRESH_SECONDS.*set all of/,
    );
  });
});
