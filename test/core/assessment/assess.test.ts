import { describe, expect, it } from 'vitest';
import { compileAssess } from '../../../lib/core/assessment/assess';
import { compileExtract } from '../../../lib/core/features/extract';
import { aPolicy, aRequest, aTask, aTier } from '../../builders';

const certificate = { tier: 'mid', risk: 0.05, confidence: 0.95, oracle: 'o', models: {}, prompts: 'p' };
const policy = aPolicy({
  tiers: [aTier({ id: 'small' }), aTier({ id: 'mid' })],
  tasks: [aTask({ id: 'plain', ladder: ['small'] }), aTask({ id: 'proven', ladder: ['small', 'mid'], certificate })],
});
const assess = compileAssess(policy);
const features = compileExtract(policy)(aRequest());

describe('the assessment', () => {
  it('knows nothing of a task without a certificate, nor of one it does not know', () => {
    expect(assess(features)).toEqual({ pass: {} });
    expect(assess({ ...features, task: 'unheard-of' })).toEqual({ pass: {} });
  });

  it('is the bound of the certificate, for its tier alone', () => {
    expect(assess({ ...features, task: 'proven' })).toEqual({
      pass: { mid: { p: 0.95, low: 0.95, source: 'certificate' } },
    });
  });
});
