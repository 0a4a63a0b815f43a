import { describe, expect, it } from 'vitest';
import { codeDoubts, codeOf } from '../../../lib/core/policy/certificate-code';
import type { Certificate, OracleSpec } from '../../../lib/core/types-policy';

const KEY = './checks.mjs#isLabel';
const oracle: OracleSpec[] = [
  { kind: 'code', module: './checks.mjs', export: 'isLabel' },
  { kind: 'labels', labels: ['a'] },
];
const CERTIFICATE: Certificate = { tier: 'small', risk: 0.05, confidence: 0.95, oracle: 'o', models: {}, prompts: 'p' };

function doubts(code: Record<string, string> | undefined, now: string | undefined) {
  const certificate = code === undefined ? CERTIFICATE : { ...CERTIFICATE, code };
  return codeDoubts({ oracle, certificate }, new Map([[KEY, now]]));
}

describe('the code that judged for a certificate', () => {
  it('is kept by the name that the policy gives it', () => {
    expect(codeOf({ oracle }, new Map([[KEY, 'sha256:1']]))).toEqual({ [KEY]: 'sha256:1' });
    expect(codeOf({ oracle }, new Map([[KEY, undefined]]))).toBeUndefined();
    expect(codeOf({ oracle: [] }, new Map([[KEY, 'sha256:1']]))).toBeUndefined();
  });

  it.each<[string, Record<string, string> | undefined, string | undefined, unknown]>([
    ['is the same', { [KEY]: 'sha256:1' }, 'sha256:1', []],
    ['is another', { [KEY]: 'sha256:1' }, 'sha256:2', [{ isVoid: true, message: expect.stringContaining(KEY) }]],
    [
      'cannot be read',
      { [KEY]: 'sha256:1' },
      undefined,
      [{ isVoid: false, message: expect.stringContaining('cannot be read') }],
    ],
    ['was not kept', undefined, 'sha256:2', [{ isVoid: false, message: expect.stringContaining('does not say') }]],
  ])('%s', (_what, then, now, expected) => {
    expect(doubts(then, now)).toEqual(expected);
  });

  it('is doubted by nobody where there is no certificate', () => {
    expect(codeDoubts({ oracle }, new Map([[KEY, 'sha256:1']]))).toEqual([]);
  });
});
