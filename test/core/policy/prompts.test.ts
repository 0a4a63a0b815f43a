import { describe, expect, it } from 'vitest';
import { endpointVariables, parseDeployment, wideningFaults } from '../../../lib/core/policy/deployment';
import { describeFault } from '../../../lib/core/policy/fault';
import { parsePolicy } from '../../../lib/core/policy/parse';
import type { Policy } from '../../../lib/core/types-policy';

const NOW_MS = Date.UTC(2026, 10, 22, 12);
const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/0f9e';

function read(prompts: string, task = '', variables: Record<string, string> = {}) {
  const text = `schema: 1
policy: desk
owner: ai-platform
tiers:
  small: { provider: bedrock, model: small-model, location: region, retention: 0, contextWindow: 32768, price: { input: 1, output: 2 } }
tasks:
  triage: { owner: support, audit: { inputs: one, acceptable: two, consequence: low }, route: static, ladder: [small], oracle: [{ kind: length, min: 1 }]${task} }
default: { task: triage }
attribution: { prompts: ${prompts} }
`;
  return parsePolicy(text, { variables, unset: 'warning', nowMs: NOW_MS });
}

function policyOf(prompts: string): Policy {
  const result = read(prompts, '', { PROMPT_KEY: KEY });
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.policy;
}

const SOUND = `{ kmsKey: ${KEY}, owner: data office, expires: 2026-12-31 }`;

describe('a policy that has prompts kept', () => {
  it.each([
    ['a key', `{ owner: data office, expires: 2026-12-31 }`, 'attribution.prompts.kmsKey'],
    ['an owner', `{ kmsKey: ${KEY}, expires: 2026-12-31 }`, 'attribution.prompts.owner'],
    ['an end', `{ kmsKey: ${KEY}, owner: data office }`, 'attribution.prompts.expires'],
    [
      'a key that says something',
      `{ kmsKey: "", owner: data office, expires: 2026-12-31 }`,
      'attribution.prompts.kmsKey',
    ],
    ['an owner that says something', `{ kmsKey: ${KEY}, owner: "", expires: 2026-12-31 }`, 'attribution.prompts.owner'],
    ['an end that is a date', `{ kmsKey: ${KEY}, owner: data office, expires: never }`, 'attribution.prompts.expires'],
    [
      'an end within a year',
      `{ kmsKey: ${KEY}, owner: data office, expires: 2029-01-01 }`,
      'attribution.prompts.expires',
    ],
  ])('is refused without %s', (_name, prompts, path) => {
    const result = read(prompts);
    expect(result.ok ? [] : result.faults.map((fault) => fault.path)).toEqual([path]);
    expect(JSON.stringify(result.warnings)).not.toContain('nobody');
  });

  it('is sound with all three, and whoever checks it is told', () => {
    const { ok, warnings } = read(SOUND);
    expect(ok).toBe(true);
    expect(warnings.map((warning) => [warning.path, warning.message])).toEqual([
      [
        'attribution.prompts',
        'prompts and answers are kept, encrypted, until 2026-12-31; data office answers for them',
      ],
    ]);
  });

  it('is sound once it is over, so that a router may start with it, and says that it is over', () => {
    const { ok, warnings } = read(SOUND.replace('2026-12-31', '2026-11-22'));
    expect(ok).toBe(true);
    expect(warnings.map(({ message }) => message)).toEqual(['is over: no prompt is kept any more, so take it out']);
  });

  it.each([
    [', residency: vpc', 'its prompts stay in the VPC, so none is kept'],
    [', maxRetention: 1', 'its prompts may not be kept so long, so none is'],
  ])('says which tasks it does not touch: one with%s', (task, message) => {
    expect(read(SOUND, task).warnings.map((warning) => warning.message)).toContain(message);
  });
});

describe('records that are kept for less time than feedback is taken', () => {
  const warningsOf = (days: number) => read(`${SOUND}, retentionDays: ${days}`).warnings;

  it.each([1, 7, 29])('are warned of: %i days', (days) => {
    const warning = warningsOf(days).find(({ path }) => path === 'attribution.retentionDays');
    expect(warning).toMatchObject({ line: 9, given: String(days) });
    expect(warning?.message).toMatch(/^is less than the 30 days for which feedback is taken: once its record is gone/);
  });

  it.each([30, 90])('and no others: %i days', (days) => {
    expect(warningsOf(days).map(({ path }) => path)).toEqual(['attribution.prompts']);
  });
});

describe('a deployment', () => {
  const deployed = (prompts?: object) =>
    parseDeployment(
      JSON.stringify({
        region: 'eu-central-1',
        tiers: { small: { provider: 'bedrock', location: 'region' } },
        residency: { '*': 'any' },
        ...(prompts && { prompts }),
      }),
    );
  const place = { bucket: 'prompts', key: KEY };
  const faultsOf = (prompts: string, where?: object) =>
    wideningFaults(policyOf(prompts), deployed(where)).map((fault) => describeFault(fault));

  it('without a place for prompts refuses a policy that wants them kept', () => {
    expect(faultsOf(SOUND)).toEqual([
      'attribution.prompts: this deployment has no place for prompts, so none may be kept',
    ]);
  });

  it('takes its own key alone, by its address, its id or its variable', () => {
    expect(faultsOf(SOUND, place)).toEqual([]);
    expect(faultsOf(SOUND.replace(KEY, '0f9e'), place)).toEqual([]);
    expect(faultsOf(SOUND.replace(KEY, '"${PROMPT_KEY}"'), place)).toEqual([]);
    for (const other of ['alias/mine', '9e', `${KEY}0`])
      expect(faultsOf(SOUND.replace(KEY, other), place)).toEqual([
        "attribution.prompts.kmsKey: is another key than that of the deployment; allowed: the key of the deployment's own place for prompts, as ${PROMPT_KEY}",
      ]);
  });

  it('has nothing against a policy that keeps none', () => {
    const policy = { ...policyOf(SOUND), attribution: { retentionDays: 90 } };
    expect(wideningFaults(policy, deployed(place))).toEqual([]);
  });

  it('tells whoever publishes what its key is', () => {
    expect(endpointVariables({}, deployed(place))).toEqual({ PROMPT_KEY: KEY });
    expect(endpointVariables({}, deployed())).toEqual({});
  });

  it('says what is wrong with its place for prompts', () => {
    expect(() => deployed({ bucket: 'prompts' })).toThrow('prompts.key');
  });
});
