import { describe, expect, it } from 'vitest';
import {
  certificateBinding,
  certificateFaults,
  certificateShortfalls,
  voidCertificates,
  withoutVoidCertificates,
} from '../../../lib/core/policy/certificate';
import { parsePolicy } from '../../../lib/core/policy/parse';
import type { Certificate, OracleSpec, Policy, Task, Tier } from '../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../builders';
import { SMALL_POLICY } from './documents';

const LABELS: OracleSpec = { kind: 'labels', labels: ['bug', 'billing'] };
const JUDGE: OracleSpec = { kind: 'judge', tier: 'large', rubric: 'is it polite?', pass: 0.8 };

const TIERS = [aTier({ id: 'small' }), aTier({ id: 'mid' }), aTier({ id: 'large' })];

function policyOf(task: Partial<Task> = {}, tiers: readonly Tier[] = TIERS): Policy {
  return aPolicy({ tiers, tasks: [aTask({ id: 'triage', ladder: ['small', 'mid'], oracle: [LABELS], ...task })] });
}

/** Certified as the policy stands. */
function certified(task: Partial<Task> = {}): Policy {
  const policy = policyOf(task);
  const binding = certificateBinding(policy, policy.tasks.triage as Task);
  return policyOf({ ...task, certificate: { tier: 'small', risk: 0.05, confidence: 0.95, ...binding } });
}

/** The certificate of one policy carried over into another. */
function faultsOf(before: Policy, after: Policy): string[] {
  const { certificate } = before.tasks.triage as Task;
  const task = { ...(after.tasks.triage as Task), ...(certificate && { certificate }) };
  return certificateFaults(after, task).map(({ what, message }) => `${what}: ${message}`);
}

describe('what a certificate falls short of', () => {
  const target = (passRate: number, confidence = 0.95) => ({ passRate, confidence });
  const heldTo = (now: Partial<Task>, own: Partial<Certificate> = {}) => {
    const { certificate } = certified().tasks.triage as Task;
    const held = { ...now, certificate: { ...(certificate as Certificate), ...own } };
    return certificateShortfalls(policyOf(held).tasks.triage as Task).map(({ what }) => what);
  };

  it.each<[string, Partial<Task>, Partial<Certificate>, string[]]>([
    ['the target it was made for', { target: target(0.95) }, {}, []],
    ['a lower target', { target: target(0.9, 0.9) }, {}, []],
    ['a target whose rest is no round number', { target: target(0.97) }, { risk: 0.03 }, []],
    ['a higher pass rate', { target: target(0.96) }, {}, ['risk']],
    ['more confidence', { target: target(0.95, 0.99) }, {}, ['confidence']],
    ['a judge nobody has validated', { target: target(0.95) }, { judge: 'unvalidated' }, ['judge']],
  ])('%s', (_what, now, own, expected) => {
    expect(heldTo(now, own)).toEqual(expected);
  });

  it('is nothing where there is none', () => {
    expect(certificateShortfalls(policyOf().tasks.triage as Task)).toEqual([]);
  });
});

const tierWith = (tier: Partial<Tier> & { id: string }) => TIERS.map((one) => (one.id === tier.id ? aTier(tier) : one));

describe('a certificate', () => {
  it('stands while nothing that it rests on has changed', () => {
    const before = certified({ oracle: [LABELS, JUDGE], prompts: { small: 'Be brief.', mid: 'Think.' } });
    const after = policyOf(
      {
        // The same said in another order, and what has nothing to do with an answer's quality.
        oracle: [{ labels: ['bug', 'billing'], kind: 'labels' }, JUDGE],
        prompts: { mid: 'Think.', small: 'Be brief.' },
        start: 'mid',
        owner: 'somebody else',
      },
      tierWith({ id: 'small', retries: 5, prices: [{ kind: 'tokens', input: 9, output: 9, uplift: 1 }] }),
    );
    expect(faultsOf(before, after)).toEqual([]);
  });

  it.each<[string, Policy, RegExp]>([
    ['another label', policyOf({ oracle: [{ kind: 'labels', labels: ['bug'] }] }), /^oracle: the oracles are not/],
    ['one check more', policyOf({ oracle: [LABELS, { kind: 'length', min: 1 }] }), /^oracle: /],
    ['another prompt', policyOf({ prompts: { small: 'Be brief.' } }), /^prompts: /],
    [
      'another model on the ladder',
      policyOf({}, tierWith({ id: 'mid', model: 'mid-2' })),
      /^models: .*: mid was mid-model and is mid-2$/,
    ],
    [
      'a fine-tune for the task',
      policyOf({}, tierWith({ id: 'small', adapters: { triage: 'small-triage' } })),
      /^models: .*: small was small-model and is small-triage$/,
    ],
    [
      'a tier more',
      policyOf({ ladder: ['small', 'mid', 'large'] }),
      /^models: .*large was not there and is large-model$/,
    ],
    ['a tier less', policyOf({ ladder: ['mid'] }), /^tier: "small" is not on the task's ladder/],
  ])('is void for %s', (_name, after, message) => {
    const [fault] = faultsOf(certified(), after);
    expect(fault).toMatch(message);
  });

  it('is void when the judge becomes another model, though no request is ever sent there', () => {
    const after = policyOf({ oracle: [LABELS, JUDGE] }, tierWith({ id: 'large', model: 'large-2' }));
    expect(faultsOf(certified({ oracle: [LABELS, JUDGE] }), after)).toEqual([
      'models: the models have changed: large was large-model and is large-2',
    ]);
  });

  it('is not called void for a model whose variable is unset here', () => {
    expect(faultsOf(certified(), policyOf({}, tierWith({ id: 'small', model: `\${SMALL_MODEL}` })))).toEqual([]);
  });

  it('that is void counts as none, and the others stay', () => {
    const policy = certified();
    const stale = { ...(policy.tasks.triage as Task), id: 'stale', prompts: { small: 'New.' } };
    const both: Policy = { ...policy, tasks: { ...policy.tasks, stale } };
    expect(voidCertificates(both).map(({ task, certificate }) => [task, certificate.tier])).toEqual([
      ['stale', 'small'],
    ]);
    const acted = withoutVoidCertificates(both);
    expect(acted.tasks.stale).not.toHaveProperty('certificate');
    expect(acted.tasks.triage).toBe(policy.tasks.triage);
    expect(withoutVoidCertificates(policy)).toBe(policy);
  });
});

describe('a policy with a void certificate', () => {
  it('is valid, and warns of what has changed where it stands', () => {
    const certificate = 'certificate: { tier: small, risk: 0.05, confidence: 0.95, oracle: o, models: {}, prompts: p }';
    const text = SMALL_POLICY.replace('    route: cascade', `    ${certificate}\n    route: cascade`);
    const result = parsePolicy(text, { variables: {}, unset: 'fault' });
    expect(result.ok).toBe(true);
    const line = text.split('\n').findIndex((one) => one.includes('certificate')) + 1;
    expect(result.warnings.filter(({ message }) => message.includes('void'))).toMatchObject([
      { path: 'tasks.triage.certificate.oracle', line, message: expect.stringMatching(/profile the task again$/) },
      { path: 'tasks.triage.certificate.models', line },
      { path: 'tasks.triage.certificate.prompts', line },
    ]);
  });
});
