import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LOCAL_STACK } from '../bin/local/synthesize';
import { parsePolicy } from '../lib/core/policy/parse';
import { run } from './bin/command-line';

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

  it('shows commands that there are, with options they have', async () => {
    const lines = blocks('sh').join('').replaceAll('\\\n', '').split('\n');
    const shown = [...README.matchAll(/`npx tierwise ([^`]+)`/g)].map(([, line]) => `npx tierwise ${line}`);
    const commands = [...lines, ...shown].filter((line) => line.startsWith('npx tierwise '));
    expect(commands.length).toBeGreaterThan(6);
    for (const command of commands) {
      const words = command.split(/\s+#/)[0]?.split(/\s+/).slice(2) ?? [];
      const firstOption = words.findIndex((word) => word.startsWith('-'));
      const path = words.slice(0, firstOption === -1 ? undefined : firstOption).filter((word) => /^[a-z]+$/.test(word));
      const { code, out } = await run([...path, '--help']);
      expect([command, code]).toEqual([command, 0]);
      expect(out).toContain(`Usage: tierwise ${path.join(' ')} `);
      for (const option of words.filter((word) => word.startsWith('--')))
        expect(out, command).toMatch(new RegExp(`${option}\\b`));
    }
  });

  it('names the stack that runs on this machine as it is called', () => {
    const named = [...README.matchAll(/--stack (Tierwise\S*?)[`\s]/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(1);
    expect(new Set(named)).toEqual(new Set([LOCAL_STACK]));
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
