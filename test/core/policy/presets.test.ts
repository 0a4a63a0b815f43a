import { describe, expect, it } from 'vitest';
import { PRESET_NAMES } from '../../../lib/core/policy/presets';
import { validatePolicy } from '../../../lib/core/policy/validate';
import { smallPolicy } from './documents';

function taskWith(more: object) {
  const { root, triage } = smallPolicy();
  Object.assign(triage, more);
  const result = validatePolicy(root, { variables: {}, unset: 'fault' });
  if (!result.ok) throw new Error(result.faults.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return result.policy.tasks.triage;
}

describe('a preset', () => {
  it.each([
    ['classification', 'small', ['rules'], 8, 'none'],
    ['extraction', 'small', ['rules'], 150, 'reason'],
    ['summarising', 'small', ['rules', 'score'], 250, 'none'],
    ['rag-single-hop', 'small', ['rules', 'score'], 200, 'none'],
    ['rag-multi-hop', 'large', ['rules', 'score'], 350, 'none'],
    ['rag-open-domain', 'large', ['rules', 'score'], 400, 'none'],
    ['reasoning', 'large', ['rules', 'score'], 800, 'reason'],
    ['code', 'large', ['rules', 'score'], 800, 'reason'],
  ])('%s begins at %s', (preset, start, strategy, expectedOutputTokens, handOn) => {
    const task = taskWith({ preset });
    expect(task).toMatchObject({ preset, start, strategy, expectedOutputTokens, handOn });
    expect(task?.recognise.keywords.length).toBeGreaterThan(0);
  });

  it.each(PRESET_NAMES)('%s gives way to what the document says', (preset) => {
    const own = {
      start: 'small',
      strategy: ['score'],
      expectedOutputTokens: 3,
      handOn: 'draft',
      recognise: { keywords: ['mine'], examples: ['one'] },
    };
    expect(taskWith({ preset, ...own })).toMatchObject(own);
  });

  it('fills in keywords beside examples', () => {
    const { recognise } = taskWith({ preset: 'code', recognise: { examples: ['one'] } }) ?? {};
    expect(recognise).toMatchObject({ examples: ['one'], keywords: expect.arrayContaining(['refactor']) });
  });

  it.each(PRESET_NAMES)('%s of a ladder of one begins there', (preset) => {
    expect(taskWith({ preset, ladder: ['small'] })?.start).toBe('small');
  });

  it('that is none is a fault', () => {
    expect(() => taskWith({ preset: 'coding' })).toThrow('"coding" is not one of the allowed values');
    expect(() => taskWith({ preset: 'constructor' })).toThrow('"constructor" is not one of the allowed values');
  });
});
