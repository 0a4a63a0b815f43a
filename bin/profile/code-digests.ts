import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { type CodeDigests, codeKey } from '../../lib/core/policy/certificate-code';
import type { Policy } from '../../lib/core/types-policy';

const DIGITS = 16;
/** What `from`, `import` and `require` name, where it is a file beside the module; packages stand in no folder of its own. */
const LOCAL_IMPORT = /\b(?:from|import|require)\s*\(?\s*(['"])(\.{1,2}\/[^'"\n]+)\1/g;
/** `require` may leave these out. */
const ENDINGS = ['', '.js', '.cjs', '.mjs', '.json', '/index.js', '/index.cjs'];

/** Where the modules of a policy's `code` oracles are looked for. */
export function moduleFolder(policyFile: string): string {
  return policyFile === '-' ? process.cwd() : dirname(resolve(policyFile));
}

/** Digests of the modules of all `code` oracles of these tasks. */
export function codeDigests(policy: Policy, tasks: Iterable<string>, policyFile: string): CodeDigests {
  const folder = moduleFolder(policyFile);
  const digests = new Map<string, string | undefined>();
  for (const id of tasks) {
    for (const spec of policy.tasks[id]?.oracle ?? []) {
      if (spec.kind === 'code') digests.set(codeKey(spec), moduleDigest(resolve(folder, spec.module)));
    }
  }
  return digests;
}

/** Of the module and all files that it imports by a relative path, and these in turn; undefined where it cannot be read. */
export function moduleDigest(file: string): string | undefined {
  const contents = new Map<string, string>();
  gather(file, contents);
  if (!contents.has(file)) return undefined;
  const hash = createHash('sha256');
  const folder = dirname(file);
  // By their places seen from the module: a folder that is moved as a whole is the same code.
  const named = [...contents].map(([path, text]) => [relative(folder, path).split(sep).join('/'), text] as const);
  for (const [path, text] of named.sort(([one], [other]) => (one < other ? -1 : 1)))
    hash.update(`${path}\0${text.length}\0${text}\0`);
  return `sha256:${hash.digest('hex').slice(0, DIGITS)}`;
}

function gather(file: string, contents: Map<string, string>): void {
  const text = contents.has(file) ? undefined : readIfFile(file);
  if (text === undefined) return;
  contents.set(file, text);
  for (const [, , specifier = ''] of text.matchAll(LOCAL_IMPORT)) {
    const wanted = resolve(dirname(file), specifier.replace(/[?#].*$/, ''));
    const found = ENDINGS.map((ending) => wanted + ending).find((path) => existsSync(path) && statSync(path).isFile());
    if (found !== undefined) gather(found, contents);
  }
}

function readIfFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
