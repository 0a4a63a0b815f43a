/** Builds everything that ships: the functions' bundles and the command line. */

import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';

/** CommonJS packages inside an ESM bundle call `require` for Node's own modules. */
const REQUIRE =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

const SHARED = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  splitting: true,
  minify: true,
  sourcemap: false,
  mainFields: ['module', 'main'],
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Bytes of an entry and all it imports statically: what must be read before the first request. */
export function staticBytes(metafile: Metafile, entry: string): number {
  const seen = new Set<string>();
  const visit = (file: string): number => {
    const output = metafile.outputs[file];
    if (output === undefined || seen.has(file)) return 0;
    seen.add(file);
    const statics = output.imports.filter(({ kind, external }) => kind === 'import-statement' && !external);
    return output.bytes + statics.reduce((sum, { path }) => sum + visit(path), 0);
  };
  return visit(entry);
}

async function buildRouter(): Promise<string> {
  const { metafile } = await build({
    ...SHARED,
    entryPoints: { index: 'lambda/router/index.ts' },
    outdir: 'dist/lambda/router',
    target: 'node24',
    banner: { js: REQUIRE },
  });
  removeStale('dist/lambda/router', metafile);
  return `dist/lambda/router/index.mjs ${kilobytes(staticBytes(metafile, 'dist/lambda/router/index.mjs'))} with its static imports`;
}

async function buildCommandLine(): Promise<string> {
  const { metafile } = await build({
    ...SHARED,
    entryPoints: { tierwise: 'bin/main.ts' },
    outdir: 'dist/bin',
    target: 'node20.19',
    banner: { js: `#!/usr/bin/env node\n${REQUIRE}` },
  });
  removeStale('dist/bin', metafile);
  chmodSync('dist/bin/tierwise.mjs', 0o755);
  linkCommand();
  return `dist/bin/tierwise.mjs ${kilobytes(staticBytes(metafile, 'dist/bin/tierwise.mjs'))} with its static imports`;
}

/** What an earlier build left, and only that: whatever runs from the folder may still have chunks to load. */
function removeStale(folder: string, { outputs }: Metafile): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() && outputs[file] === undefined) rmSync(file);
  }
}

/** npm links the commands of dependencies only; `npx tierwise` in the repository needs this one too. */
function linkCommand(): void {
  mkdirSync('node_modules/.bin', { recursive: true });
  rmSync('node_modules/.bin/tierwise', { force: true });
  symlinkSync('../../dist/bin/tierwise.mjs', 'node_modules/.bin/tierwise');
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} kB`;
}

async function main(): Promise<void> {
  const built = await Promise.all([buildRouter(), buildCommandLine()]);
  if (!process.argv.includes('--quiet')) for (const line of built) console.log(line);
}

void main();
