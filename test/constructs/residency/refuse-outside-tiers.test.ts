import { App, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { outsideTiers, refuseOutsideTiers } from '../../../lib/constructs/residency/refuse-outside-tiers';
import { type TierBinding, TierLocation } from '../../../lib/constructs/tiers/tier';
import type { Policy, Task } from '../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../builders';

const VPC: TierBinding = { provider: 'openai-compatible', location: TierLocation.VPC };
const REGION: TierBinding = { provider: 'bedrock', location: TierLocation.REGION };
const GEOGRAPHY: TierBinding = { provider: 'bedrock', location: TierLocation.GEOGRAPHY, geography: 'eu' };
const EXTERNAL: TierBinding = { provider: 'anthropic', location: TierLocation.ANYWHERE, needsEgress: true };

function policyOf(task: Partial<Task>): Policy {
  return aPolicy({
    tiers: ['small', 'mid', 'frontier'].map((id) => aTier({ id })),
    tasks: [aTask({ id: 'records', residency: 'vpc', ladder: ['small'], ...task })],
  });
}

describe('a policy in a residency network', () => {
  it.each<[string, Partial<Task>, Record<string, TierBinding>]>([
    ['a vpc task whose tiers are all inside', {}, { small: VPC }],
    ['a task of a wider residency on a tier of the region', { residency: 'region' }, { small: REGION }],
    ['a tier outside the VPC that no vpc task names', {}, { small: VPC, large: REGION }],
  ])('is served with %s', (_, task, bindings) => {
    expect(outsideTiers(policyOf(task), bindings)).toEqual([]);
  });

  it.each<[string, Partial<Task>, Record<string, TierBinding>, RegExp]>([
    [
      'a ladder that leaves for the region',
      { ladder: ['small', 'mid'] },
      { small: VPC, mid: REGION },
      /task records .* its ladder names tier mid, .* a service of the region/,
    ],
    ['a ladder that leaves for a geography', { ladder: ['mid'] }, { mid: GEOGRAPHY }, /tier mid, .* anywhere in eu/],
    [
      'a classifier outside',
      { classifier: { tier: 'mid', timeoutMs: 100, simpleAbove: 0.8, complexBelow: 0.6 } },
      { small: VPC, mid: REGION },
      /its classifier names tier mid/,
    ],
    [
      'an embedding tier outside',
      { embedding: { tier: 'mid', k: 5, similarity: 0.85, examples: [] } },
      { small: VPC, mid: REGION },
      /its embedding names tier mid/,
    ],
    [
      'a judge outside',
      { oracle: [{ kind: 'judge', tier: 'mid', rubric: 'r', pass: 4 }] },
      { small: VPC, mid: REGION },
      /its judge names tier mid/,
    ],
    [
      'a tier that answers outside AWS, whatever the task',
      { residency: 'any' },
      { small: EXTERNAL },
      /tier small \(anthropic\) answers outside AWS/,
    ],
  ])('is refused with %s', (_, task, bindings, reason) => {
    expect(outsideTiers(policyOf(task), bindings)).toEqual([expect.stringMatching(reason)]);
  });

  it('is refused once for a tier that a task names twice', () => {
    const task: Partial<Task> = {
      ladder: ['small', 'mid'],
      oracle: [{ kind: 'judge', tier: 'mid', rubric: 'r', pass: 4 }],
    };
    expect(outsideTiers(policyOf(task), { small: VPC, mid: REGION })).toHaveLength(1);
  });

  it('fails the synthesis with every reason and what to change', () => {
    const network = new Stack(new App({ builtinCloudFormationValidation: false }), 'Network');
    const policy = policyOf({ ladder: ['small', 'mid', 'frontier'] });
    expect(() => refuseOutsideTiers(policy, { small: VPC, mid: REGION, frontier: EXTERNAL }, network)).toThrowError(
      /residency network Network:\n {2}- tier frontier .*\n {2}- task records .*tier mid.*Take mid off the ladder.*\n {2}- task records .*tier frontier/,
    );
    expect(() => refuseOutsideTiers(policyOf({}), { small: VPC }, network)).not.toThrow();
  });
});
