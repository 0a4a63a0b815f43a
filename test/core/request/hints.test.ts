import { describe, expect, it } from 'vitest';
import { parseChatCompletions } from '../../../lib/core/request/chat-completions';
import type { Hints } from '../../../lib/core/types';
import { PLAIN, parsed, policy, refused } from './asking';

describe('hints', () => {
  const ALL: Hints = {
    task: 'triage',
    feature: 'checkout',
    session: 'sess 1',
    residency: 'vpc',
    latencyBudgetMs: 800,
    userTier: 'gold',
    blastRadius: 'high',
  };
  const METADATA = {
    task: 'triage',
    feature: 'checkout',
    session: 'sess 1',
    residency: 'vpc',
    latency_budget_ms: '800',
    user_tier: 'gold',
    blast_radius: 'high',
  };

  it('come from headers', () => {
    const headers = Object.fromEntries(
      Object.entries(METADATA).map(([name, value]) => [`x-tierwise-${name.replaceAll('_', '-')}`, value]),
    );
    expect(parsed(PLAIN, headers).hints).toEqual(ALL);
  });

  it('come from metadata, and leave it before it travels on', () => {
    const request = parsed({ ...PLAIN, metadata: { ...METADATA, mine: 'kept' } });
    expect(request.hints).toEqual(ALL);
    expect(request.body).toEqual({ ...PLAIN, metadata: { mine: 'kept' } });
  });

  it('leave no empty metadata behind, and do not touch what held none', () => {
    expect(parsed({ ...PLAIN, metadata: METADATA }).body).toEqual(PLAIN);
    expect(parsed({ ...PLAIN, metadata: { task: null } }).body).toEqual(PLAIN);
    expect(parsed({ ...PLAIN, metadata: {} }).body).toEqual({ ...PLAIN, metadata: {} });
    expect(parsed({ ...PLAIN, metadata: null }).body).toEqual({ ...PLAIN, metadata: null });
  });

  it('in a header win over the same in metadata, which leaves all the same', () => {
    const request = parsed({ ...PLAIN, metadata: { task: 'triage', feature: 'a' } }, { 'x-tierwise-task': 'general' });
    expect(request.hints).toEqual({ task: 'general', feature: 'a' });
    expect(request.body).toEqual(PLAIN);
  });

  it.each([
    ['residency', 'any', 'vpc', { residency: 'vpc' }],
    ['residency', 'region', 'geography', { residency: 'region' }],
    ['latency_budget_ms', '900', 300, { latencyBudgetMs: 300 }],
    ['latency_budget_ms', '300', '900', { latencyBudgetMs: 300 }],
    ['blast_radius', 'low', 'high', { blastRadius: 'high' }],
    ['blast_radius', 'medium', 'low', { blastRadius: 'medium' }],
  ])(
    'only tighten: of two for %s, %s in a header and %s in metadata, the tighter holds',
    (name, header, given, hints) => {
      const headers = { [`x-tierwise-${name.replaceAll('_', '-')}`]: header };
      expect(parsed({ ...PLAIN, metadata: { [name]: given } }, headers).hints).toEqual(hints);
    },
  );

  it('are refused for what nobody knows even where a header says the same better', () => {
    const error = refused({ ...PLAIN, metadata: { residency: 'mars' } }, { 'x-tierwise-residency': 'vpc' });
    expect(error).toMatchObject({ code: 'invalid_request', param: 'metadata.residency' });
  });

  it.each([
    ['task', 'nothing', 'metadata.task is "nothing"; it must be one of the policy\'s tasks: triage, general.'],
    ['task', 'constructor', 'metadata.task is "constructor"'],
    ['task', 7, 'metadata.task is 7'],
    ['residency', 'anywhere', 'metadata.residency is "anywhere"; it must be one of vpc, region, geography, any.'],
    ['latency_budget_ms', 'soon', 'metadata.latency_budget_ms is "soon"; it must be a whole number of milliseconds'],
    ['latency_budget_ms', 0, 'metadata.latency_budget_ms is 0'],
    ['latency_budget_ms', 1.5, 'metadata.latency_budget_ms is 1.5'],
    ['latency_budget_ms', '1e3', 'metadata.latency_budget_ms is "1e3"'],
    ['user_tier', 'platinum', 'metadata.user_tier is "platinum"; it must be one of basic, gold.'],
    ['blast_radius', 'huge', 'metadata.blast_radius is "huge"; it must be one of low, medium, high.'],
    ['feature', '', 'metadata.feature is empty; it must be 1 to 128 printable characters.'],
    ['feature', 'f'.repeat(129), `metadata.feature is "${'f'.repeat(40)}..."; it must be 1 to 128`],
    ['feature', '🌍'.repeat(129), `metadata.feature is "${'🌍'.repeat(40)}..."; it must be 1 to 128`],
    ['residency', ' ', 'metadata.residency is empty; it must be one of vpc, region, geography, any.'],
    ['residency', 'vpc, any', 'metadata.residency is "vpc, any"; it must be one of vpc, region, geography, any.'],
    ['residency', '"vpc"', 'metadata.residency is "\\"vpc\\""; it must be one of'],
    ['user_tier', 'g'.repeat(40), `metadata.user_tier is "${'g'.repeat(40)}"; it must be`],
    ['session', 'a\nb\u001b[2J\ud800', 'metadata.session is "a?b?[2J?"; it must be'],
    ['task', 'Bearer abc', 'metadata.task is a text that looks like a key; it must be'],
    ['user_tier', `tw_${'a'.repeat(49)}`, 'metadata.user_tier is a text that looks like a key; it must be'],
    ['blast_radius', '"sk-live-1234"', 'metadata.blast_radius is a text that looks like a key; it must be'],
    ['task', 'what is my balance', 'metadata.task is a text of several words; it must be one of'],
    ['residency', ' vpc', 'metadata.residency is " vpc"; it must be one of'],
    ['residency', ['vpc'], 'metadata.residency is a list; it must be'],
    ['session', {}, 'metadata.session is an object'],
  ])('refuse %s = %j', (name, value, message) => {
    const error = refused({ ...PLAIN, metadata: { [name]: value } });
    expect(error).toMatchObject({ code: 'invalid_request', param: `metadata.${name}` });
    expect(error.message).toContain(message);
  });

  it('name the header at fault', () => {
    expect(refused(PLAIN, { 'x-tierwise-latency-budget-ms': '-5' })).toMatchObject({
      code: 'invalid_request',
      param: 'x-tierwise-latency-budget-ms',
    });
    expect(refused(PLAIN, { 'x-tierwise-residency': '' })).toMatchObject({
      param: 'x-tierwise-residency',
      message: 'x-tierwise-residency is empty; it must be one of vpc, region, geography, any.',
    });
  });

  it('take any user tier where the policy lists none', () => {
    const open = { ...policy, userTiers: [] };
    const incoming = { headers: { 'x-tierwise-user-tier': 'Zlatý' }, body: JSON.stringify(PLAIN) };
    expect(parseChatCompletions(incoming, open, { id: 'r', caller: {}, receivedAtMs: 0 }).hints.userTier).toBe('Zlatý');
  });

  it('agree with the model field, or the request is refused', () => {
    const body = { ...PLAIN, model: 'auto:triage' };
    expect(parsed(body, { 'x-tierwise-task': 'triage' }).hints).toEqual({ task: 'triage' });
    expect(refused(body, { 'x-tierwise-task': 'general' })).toMatchObject({ code: 'invalid_request', param: 'model' });
  });
});
