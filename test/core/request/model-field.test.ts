import { describe, expect, it } from 'vitest';
import { parseChatCompletions } from '../../../lib/core/request/chat-completions';
import { aPolicy, aTask, aTier } from '../../builders';
import { PLAIN, parsed, refused } from './asking';

describe('the model field', () => {
  it.each([
    ['auto', undefined, undefined],
    ['auto:triage', undefined, 'triage'],
    ['tier:twin', 'twin', undefined],
    ['small-model', 'small', undefined],
    ['frontier-model', 'frontier', undefined],
  ])('%s pins %s and names task %s', (model, pinned, task) => {
    const request = parsed({ ...PLAIN, model });
    expect(request.pinned).toBe(pinned);
    expect(request.hints.task).toBe(task);
    expect(request.body.model).toBe(model);
  });

  it.each([
    ['auto:nothing', /no model "auto:nothing" here.*tasks are triage, general/],
    ['auto:', /tasks are triage, general/],
    ['tier:nothing', /tiers are small, twin, frontier/],
    ['tier:constructor', /tiers are/],
    ['auto:__proto__', /tasks are/],
    ['gpt-9', /"gpt-9".*allowed are auto, auto:triage, auto:general, tier:small.*small-model, frontier-model\./],
    ['', /There is no such model here; allowed are auto/],
    ['please tell me a story', /There is no such model here; allowed are auto/],
  ])('%j is not found, and the message says what is', (model, message) => {
    const error = refused({ ...PLAIN, model });
    expect(error).toMatchObject({ code: 'model_not_found', status: 404, param: 'model' });
    expect(error.message).toMatch(message);
  });

  it.each([
    ['auto:nothing', /tasks are triage\.$/],
    ['tier:nothing', /tiers are small, twin\.$/],
    ['gpt-9', /allowed are auto, auto:triage, tier:small, tier:twin, small-model\.$/],
  ])('%j is answered to a limited key with what that key may use, and no more', (model, message) => {
    expect(refused({ ...PLAIN, model }, {}, { tiers: ['small', 'twin'] }).message).toMatch(message);
  });

  it.each([
    ['that the key may use', { tiers: ['twin', 'frontier'] }, 'twin'],
    ['that comes first, where the key may use neither', { tiers: ['frontier'] }, 'small'],
  ])('of two tiers with one model pins the one %s', (_which, caller, tier) => {
    expect(parsed({ ...PLAIN, model: 'small-model' }, {}, caller).pinned).toBe(tier);
  });

  it('of two tiers with one model pins the one that is enabled', () => {
    const policy = aPolicy({
      tiers: [
        aTier({ id: 'old', model: 'm', enabled: false }),
        aTier({ id: 'new', model: 'm' }),
        aTier({ id: 'off', model: 'n', enabled: false }),
      ],
      tasks: [aTask({ id: 'triage', ladder: ['new'] })],
    });
    const pinnedBy = (model: string) =>
      parseChatCompletions({ headers: {}, body: JSON.stringify({ ...PLAIN, model }) }, policy, {
        id: 'r',
        caller: {},
        receivedAtMs: 0,
      }).pinned;
    expect([pinnedBy('m'), pinnedBy('n')]).toEqual(['new', 'off']);
  });

  it('lists no more than 20 names', () => {
    const many = aPolicy({
      tiers: [aTier({ id: 'small' })],
      tasks: Array.from({ length: 50 }, (_, i) => aTask({ id: `task-${i}`, ladder: ['small'] })),
    });
    const incoming = { headers: {}, body: JSON.stringify({ ...PLAIN, model: 'auto:x' }) };
    expect(() => parseChatCompletions(incoming, many, { id: 'r', caller: {}, receivedAtMs: 0 })).toThrow(
      /task-19 and 30 more\.$/,
    );
  });
});
