import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PolicySource } from '../../lib/constructs/policy-source';
import { SMALL_POLICY } from '../core/policy/documents';

function fileOf(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'policy-source-')), 'policy.yaml');
  writeFileSync(file, text);
  return file;
}

describe('a policy source', () => {
  it('reads a file, and keeps the text as it was written', () => {
    const source = PolicySource.fromFile(fileOf(SMALL_POLICY));
    expect(source._policy.id).toBe('support-desk');
    expect(source._text).toBe(SMALL_POLICY);
  });

  it('leaves variables for where the router runs', () => {
    const text = SMALL_POLICY.replace('http://127.0.0.1:8000/v1', '$'.concat('{SMALL_URL}'));
    const { _document } = PolicySource.fromText(text);
    expect(_document).toMatchObject({ tiers: { small: { baseUrl: '$'.concat('{SMALL_URL}') } } });
  });

  it('tells every fault at once, with file and line', () => {
    const file = fileOf(SMALL_POLICY.replace('[small, large]', '[small, huge]').replace('region', 'moon'));
    expect(() => PolicySource.fromFile(file)).toThrow(
      new RegExp(
        `the policy cannot be used:\\n.*${file}:\\d+ tiers.large.location.*\\n.*${file}:\\d+ tasks.triage.ladder`,
      ),
    );
    expect(() => PolicySource.fromText('schema: 2')).toThrow(/line 1 schema/);
  });

  it('says which file it cannot read', () => {
    expect(() => PolicySource.fromFile('/nowhere/policy.yaml')).toThrow(
      /the policy \/nowhere\/policy\.yaml cannot be read: .*; give the path/,
    );
  });
});
