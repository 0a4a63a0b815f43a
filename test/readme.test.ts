import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../lib/core/policy/parse';

const README = readFileSync(resolve(import.meta.dirname, '../README.md'), 'utf8');

function blocks(language: string): string[] {
  return [...README.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text]) => text as string,
  );
}

describe('the README', () => {
  it('shows a policy that is valid as it stands', () => {
    const [policy] = blocks('yaml');
    const result = parsePolicy(policy ?? '', { variables: {}, unset: 'fault' });
    expect(result.ok ? result.warnings : result.faults).toEqual([]);
  });

  it('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../package.json'), 'utf8'));
    const named = [...README.matchAll(/npm run ([a-z]+)/g)].map(([, name]) => name as string);
    expect(named).toContain('demo');
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
  });

  it('links to files that are there', () => {
    const links = [...README.matchAll(/\]\(([^)#]+)\)/g)].map(([, path]) => path as string);
    expect(links.length).toBeGreaterThan(3);
    for (const path of links) expect(() => readFileOrFolder(path)).not.toThrow();
  });
});

function readFileOrFolder(path: string): void {
  const full = resolve(import.meta.dirname, '..', path);
  try {
    readFileSync(full);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
  }
}
