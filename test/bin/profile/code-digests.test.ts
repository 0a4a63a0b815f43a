import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { moduleDigest } from '../../../bin/profile/code-digests';
import { scratch } from '../command-line';

const folder = scratch();
afterAll(() => folder.remove());

const MODULE = `import { trim } from './parts/trim.mjs';
import words from "./words.json" with { type: 'json' };
export * from './more.mjs';
const late = () => import('./late.mjs');
import { readFileSync } from 'node:fs';
export const isGood = ({ text }) => words.includes(trim(text));
`;
const FILES: Record<string, string> = {
  'checks.mjs': MODULE,
  'parts/trim.mjs': "import { space } from '../space.cjs';\nexport const trim = (text) => text.replace(space, '');",
  'space.cjs': "exports.space = /\\s/g; require('./parts/index-less');",
  'parts/index-less.js': 'module.exports = 1;',
  'words.json': '["a"]',
  'more.mjs': "import './checks.mjs';\nexport const more = 1;",
  'late.mjs': 'export const late = 1;',
  'unused.mjs': 'export const unused = 1;',
};

function lay(name: string, files: Record<string, string>): string {
  const root = join(folder.path, name);
  mkdirSync(join(root, 'parts'), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(root, file), text);
  return join(root, 'checks.mjs');
}

const DIGEST = moduleDigest(lay('first', FILES));

describe('the digest of a module', () => {
  it('is the same wherever the same files lie', () => {
    expect(DIGEST).toMatch(/^sha256:[0-9a-f]{16}$/);
    expect(moduleDigest(lay('second', FILES))).toBe(DIGEST);
  });

  it.each(['checks.mjs', 'parts/trim.mjs', 'space.cjs', 'words.json', 'more.mjs', 'late.mjs'])(
    'is another where %s is another',
    (file) => {
      expect(moduleDigest(lay('changed', { ...FILES, [file]: `${FILES[file]} ` }))).not.toBe(DIGEST);
    },
  );

  it('does not mind a file beside it that nothing imports', () => {
    expect(moduleDigest(lay('beside', { ...FILES, 'unused.mjs': 'changed' }))).toBe(DIGEST);
  });

  it('is unknown where the module is not there', () => {
    expect(moduleDigest(join(folder.path, 'nowhere.mjs'))).toBeUndefined();
  });
});
