import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCorpus } from '../../../examples/corpus/read';
import { parsePolicy } from '../../../lib/core/policy/parse';
import type { Policy } from '../../../lib/core/types-policy';

const EXAMPLES = join(__dirname, '../../../examples');
const NAMES = ['api-only', 'hybrid', 'self-hosted'];
const TASKS = [...new Set(readCorpus(join(EXAMPLES, 'corpus')).map((row) => row.task))].sort();

function textOf(name: string): string {
  return readFileSync(join(EXAMPLES, 'policies', `${name}.yaml`), 'utf8');
}

function load(name: string, variables: Record<string, string> = {}): Policy {
  const result = parsePolicy(textOf(name), { variables, unset: 'fault' });
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.policy;
}

describe.each(NAMES)('the %s policy', (name) => {
  it('is valid without any variable, with nothing to warn of', () => {
    const result = parsePolicy(textOf(name), { variables: {}, unset: 'fault' });
    expect(result.ok ? result.warnings : result.faults).toEqual([]);
  });

  it('covers the tasks of the corpus and a general one', () => {
    const { tasks, defaultTask } = load(name);
    expect(Object.keys(tasks).sort()).toEqual([...TASKS, 'general'].sort());
    expect(defaultTask).toBe('general');
  });

  it('bears its own name, is short, and uses every tier', () => {
    const policy = load(name);
    const used = new Set(Object.values(policy.tasks).flatMap((task) => task.ladder));
    expect(policy.id).toBe(name);
    expect(textOf(name).split('\n').length).toBeLessThanOrEqual(200);
    expect([...used].sort()).toEqual(Object.keys(policy.tiers).sort());
  });

  it('routes each task in the way it teaches', () => {
    const routes = Object.fromEntries(Object.values(load(name).tasks).map((task) => [task.id, task.route]));
    expect(routes).toEqual({
      'ticket-triage': 'direct',
      'field-extraction': 'direct',
      'faq-answering': 'cascade',
      summarising: 'direct',
      'multi-step-reasoning': 'direct',
      'code-writing': 'direct',
      general: 'static',
    });
  });
});

it('lets variables point the tiers elsewhere', () => {
  const { tiers } = load('hybrid', {
    SMALL_URL: 'http://10.0.0.7/v1',
    ANTHROPIC_URL: 'http://10.0.0.8/v1',
    ANTHROPIC_SECRET: 'ours/anthropic',
  });
  expect(tiers.small?.baseUrl).toBe('http://10.0.0.7/v1');
  expect(tiers.frontier?.baseUrl).toBe('http://10.0.0.8/v1');
  expect(tiers.frontier?.apiKeySecret).toBe('ours/anthropic');
});

it('keeps documents within the network where the models are our own', () => {
  const { tasks, tiers } = load('self-hosted');
  const ladder = tasks['field-extraction']?.ladder ?? [];
  expect(tasks['field-extraction']?.residency).toBe('vpc');
  expect(ladder.map((id) => tiers[id]?.location)).toEqual(['vpc', 'vpc']);
});
