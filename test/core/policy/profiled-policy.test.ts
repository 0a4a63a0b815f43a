import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { certificateFaults } from '../../../lib/core/policy/certificate';
import { parsePolicy } from '../../../lib/core/policy/parse';
import { type ProfiledTask, type ProfileFindings, profiledPolicy } from '../../../lib/core/policy/profiled-policy';
import type { Policy, Task } from '../../../lib/core/types-policy';

const EXAMPLES = join(import.meta.dirname, '../../../examples/policies');
const HYBRID = readFileSync(join(EXAMPLES, 'hybrid.yaml'), 'utf8');

const BASELINE = {
  escalationRate: 1 / 14,
  upRouteRate: 0,
  climbRate: 1 / 14,
  low: 0.0512345678,
  high: 0.0912345612,
  n: 176,
  passRate: 0.9801324,
  costUsd: 0.000041234567,
  mix: { small: 0.93, mid: 0.05, frontier: 0.02 },
  inputs: { promptLength: { edges: [1.5, 2.25], shares: [0.5, 0.25, 0.25] } },
  profiledAt: '2026-11-22T08:00:00.000Z',
  profile: 'hybrid-corpus',
};

const TIER = { tier: 'mid', risk: 0.05, confidence: 0.95 };
const SURE = { ...TIER, tier: 'small', threshold: 0.613 };
const REFUSED = { refused: 'too few rows', needed: 300 };

function profileOf(tasks: Record<string, ProfiledTask>): ProfileFindings {
  return { policy: { version: 'file-abc' }, tasks };
}

function found(certified: ProfiledTask['certified'], baseline = BASELINE): ProfiledTask {
  return { certified, baseline };
}

function profiled(text: string, tasks: Record<string, ProfiledTask>): string {
  return profiledPolicy(text, profileOf(tasks), { variables: {} });
}

function policyOf(text: string): Policy {
  const result = parsePolicy(text, { variables: {}, unset: 'fault' });
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.policy;
}

/** Lines of the one text that are not in the other, in their order. */
function added(before: string, after: string): string[] {
  const known = new Set(before.split('\n'));
  return after.split('\n').filter((line) => !known.has(line));
}

describe('a profiled policy', () => {
  it('keeps every line of the text it was made of but the start, and adds certificate and baseline', () => {
    const text = profiled(HYBRID, { 'ticket-triage': found(TIER) });
    expect(added(text, HYBRID)).toEqual([
      '    start: small                        # where a request begins when no strategy has an answer',
    ]);
    expect(added(HYBRID, text)[0]).toBe(
      '    start: mid                        # where a request begins when no strategy has an answer',
    );
    expect(text).toMatch(/baseUrl: \$\{SMALL_URL:-http:\/\/127.0.0.1:8000\/v1\} {2}# \$\{VAR:-default\}/);
    const task = policyOf(text).tasks['ticket-triage'] as Task;
    expect(task).toMatchObject({ start: 'mid', certificate: { ...TIER, policy: 'file-abc' } });
    expect(task.certificate).toMatchObject({
      oracle: expect.stringMatching(/^sha256:[0-9a-f]{16}$/),
      models: { small: 'llama-3.1-8b-instruct', mid: 'eu.amazon.nova-2-lite-v1:0', frontier: 'claude-opus-5-5' },
      profiledAt: BASELINE.profiledAt,
    });
  });

  it('says which code judged, and whether a judge model did that nobody has validated', () => {
    const exact = '      - { kind: exact }                 # so this one counts in profiling alone';
    const judging = [
      '      - { kind: code, module: ./c.mjs, export: ok }',
      '      - { kind: judge, tier: frontier, rubric: good, pass: 0.5 }',
    ];
    const text = HYBRID.replace(exact, judging.join('\n'));
    const code = new Map([
      ['./c.mjs#ok', 'sha256:1'],
      ['./other.mjs#ok', 'sha256:2'],
    ]);
    const certificateOf = (judge?: { validated: boolean }) => {
      const task = { ...found(TIER), ...(judge && { judge }) };
      const options = { variables: {}, code };
      const policy = policyOf(profiledPolicy(text, profileOf({ 'ticket-triage': task }), options));
      expect(certificateFaults(policy, policy.tasks['ticket-triage'] as Task)).toEqual([]);
      return policy.tasks['ticket-triage']?.certificate;
    };
    expect(certificateOf()).toMatchObject({ code: { './c.mjs#ok': 'sha256:1' }, judge: 'unvalidated' });
    expect(certificateOf({ validated: false })).toHaveProperty('judge', 'unvalidated');
    expect(certificateOf({ validated: true })).not.toHaveProperty('judge');
    expect(certificateOf()?.code).not.toHaveProperty('./other.mjs#ok');
  });

  it('rounds what is measured, and no bound to a tighter one', () => {
    const { baseline } = policyOf(profiled(HYBRID, { 'ticket-triage': found(TIER) })).tasks['ticket-triage'] as Task;
    expect(baseline).toMatchObject({
      escalationRate: 0.0714286,
      low: 0.051234,
      high: 0.091235,
      n: 176,
      costUsd: 0.0000412346,
      mix: BASELINE.mix,
      inputs: BASELINE.inputs,
      profile: 'hybrid-corpus',
    });
  });

  it('lets a refused task start where it did, and takes a certificate from it that it may have had', () => {
    const before = profiled(HYBRID, { 'ticket-triage': found(TIER), 'field-extraction': found(REFUSED) });
    expect(policyOf(before).tasks['field-extraction']).toMatchObject({ start: 'small', baseline: { n: 176 } });
    expect(before.match(/certificate:/g)).toHaveLength(1);
    const after = policyOf(profiled(before, { 'ticket-triage': found(REFUSED) })).tasks['ticket-triage'] as Task;
    expect(after.start).toBe('mid');
    expect(after).not.toHaveProperty('certificate');
  });

  it('sends up what the certified tier is not sure of, and nothing from the tiers above', () => {
    const text = profiled(HYBRID.replace('[tools, images]', '[tools, images, logprobs]'), {
      'ticket-triage': found(SURE),
    });
    const task = policyOf(text).tasks['ticket-triage'] as Task;
    expect(task.oracle.map(({ kind }) => kind)).toEqual(['labels', 'exact', 'confidence']);
    expect(task.oracle[2]).toEqual({
      kind: 'confidence',
      threshold: 0.613,
      calibration: { mid: { margins: [0], errors: [0] } },
    });
    expect(task).toMatchObject({ start: 'small', certificate: { tier: 'small', threshold: 0.613 } });
    expect(text).toContain(
      '      - { kind: exact }                 # so this one counts in profiling alone\n      - { kind: confidence',
    );
  });

  it('replaces the threshold of a task that asks for sureness already', () => {
    const asked = HYBRID.replace(
      '{ kind: exact }                 # so',
      '{ kind: confidence, threshold: 0.2, calibration: { small: { margins: [0.1], errors: [0.5] } } }  # so',
    );
    const task = policyOf(profiled(asked, { 'ticket-triage': found(SURE) })).tasks['ticket-triage'] as Task;
    expect(task.oracle.filter(({ kind }) => kind === 'confidence')).toEqual([
      { kind: 'confidence', threshold: 0.613, calibration: {} },
    ]);
  });

  it.each(['hybrid', 'api-only', 'self-hosted', 'resident'])(
    'made of %s.yaml is valid, and no certificate in it void',
    (name) => {
      const text = readFileSync(join(EXAMPLES, `${name}.yaml`), 'utf8');
      const before = parsePolicy(text, { variables: {}, unset: 'warning' });
      if (!before.ok) throw new Error('not valid');
      const tasks = Object.values(before.policy.tasks).map(({ id, ladder }) => {
        const mix = Object.fromEntries(ladder.map((tier) => [tier, 1 / ladder.length]));
        return [id, { certified: { ...TIER, tier: ladder.at(-1) as string }, baseline: { ...BASELINE, mix } }] as const;
      });
      const written = profiled(text, Object.fromEntries(tasks));
      const after = parsePolicy(written, { variables: {}, unset: 'warning' });
      if (!after.ok) throw new Error(JSON.stringify(after.faults));
      for (const task of Object.values(after.policy.tasks)) {
        expect([task.start, certificateFaults(after.policy, task)]).toEqual([task.ladder.at(-1), []]);
      }
      const lost = added(written, text);
      expect(lost.filter((line) => !line.includes('start:') && !line.includes('general:'))).toEqual([]);
    },
  );

  it('made of a profiled one is the same once more', () => {
    const tasks = { 'ticket-triage': found(SURE), 'field-extraction': found(REFUSED), general: found(TIER) };
    const once = profiled(HYBRID, tasks);
    expect(profiled(once, tasks)).toBe(once);
  });

  it('made of JSON is JSON', () => {
    const json = JSON.stringify(parsePolicy(HYBRID, { variables: {}, unset: 'fault' }), null, 2);
    const document = JSON.stringify(JSON.parse(json).document, null, 2);
    const text = profiled(document, { 'ticket-triage': found(SURE), general: found(TIER) });
    expect(JSON.parse(text).tasks['ticket-triage']).toMatchObject({
      start: 'small',
      certificate: { threshold: 0.613 },
    });
    expect(JSON.parse(text).tasks.general).toMatchObject({ start: 'mid', baseline: { n: 176 } });
  });

  it('changes one of two tasks that share what they are made of', () => {
    const shared = HYBRID.replace('  ticket-triage:\n', '  ticket-triage: &kind\n').replace(
      '  general: ',
      '  twin: *kind\n  general: ',
    );
    const policy = policyOf(profiled(shared, { twin: found(TIER) }));
    expect(policy.tasks.twin).toMatchObject({ start: 'mid', certificate: TIER });
    expect(policy.tasks['ticket-triage']).toMatchObject({ start: 'small', baseline: {} });
    const other = policyOf(profiled(shared, { 'ticket-triage': found(TIER) }));
    expect(other.tasks['ticket-triage']).toMatchObject({ start: 'mid' });
    expect(other.tasks.twin).toMatchObject({ start: 'small', baseline: {} });
  });

  it('leaves out tasks that the policy does not have, and refuses a text that is no policy', () => {
    expect(profiled(HYBRID, { gone: found(TIER) })).toBe(HYBRID);
    expect(() => profiled('schema: 1\n', {})).toThrow(/not a valid policy: \S+: /);
  });
});
