/** Builds everything that ships: the functions' bundles and the command line. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { buildPage } from './build-page';

/** CommonJS packages inside an ESM bundle call `require` for Node's own modules. */
const REQUIRE =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** The operator's page, as `lambda/router/page/document.ts` looks for it. */
const PAGE = 'page.html';

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

interface Bundle {
  readonly folder: string;
  /** Of the entry, without its ending. */
  readonly name: string;
  readonly source: string;
  readonly target: string;
  readonly banner: string;
}

function buildFunction(name: 'router' | 'watch'): Promise<string> {
  const folder = `dist/lambda/${name}`;
  return bundle({ folder, name: 'index', source: `lambda/${name}/index.ts`, target: 'node24', banner: REQUIRE });
}

async function buildCommandLine(): Promise<string> {
  const banner = `#!/usr/bin/env node\n${REQUIRE}`;
  const built = await bundle({
    folder: 'dist/bin',
    name: 'tierwise',
    source: 'bin/main.ts',
    target: 'node20.19',
    banner,
  });
  chmodSync('dist/bin/tierwise.mjs', 0o755);
  linkCommand();
  return built;
}

async function bundle({ folder, name, source, target, banner }: Bundle): Promise<string> {
  const { metafile } = await build({
    ...SHARED,
    entryPoints: { [name]: source },
    outdir: folder,
    target,
    banner: { js: banner },
  });
  removeStale(folder, metafile);
  const entry = `${folder}/${name}.mjs`;
  return `${entry} ${kilobytes(staticBytes(metafile, entry))} with its static imports`;
}

/** Beside every bundle that may have to show it; nothing reads it before somebody asks for it. */
async function buildOperatorPage(): Promise<string> {
  const html = await buildPage();
  for (const folder of ['dist/lambda/router', 'dist/bin']) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, PAGE), html);
  }
  return `dist/lambda/router/${PAGE} ${kilobytes(Buffer.byteLength(html))}`;
}

/** What an earlier build left, and only that: whatever runs from the folder may still have chunks to load. */
function removeStale(folder: string, { outputs }: Metafile): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() && outputs[file] === undefined && entry.name !== PAGE) rmSync(file);
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

/** The jsii module. Its compiler is slow and says much; what it says matters only where it fails. */
async function buildLibrary(): Promise<string> {
  const jsii = spawn(process.execPath, [require.resolve('jsii/bin/jsii'), '--generate-tsconfig', 'tsconfig.jsii.json']);
  let said = '';
  for (const stream of [jsii.stdout, jsii.stderr]) {
    stream.on('data', (chunk) => {
      said += chunk;
    });
  }
  const [code] = await once(jsii, 'close');
  if (code !== 0) throw new Error(`jsii failed:\n${said}`);
  return 'dist/lib, .jsii';
}

/** `--bundles`: only what runs; the library is for those who build on it. `--quiet`: say nothing when all went well. */
async function main(flags: readonly string[]): Promise<void> {
  const jsii = flags.includes('--bundles') ? [] : [buildLibrary()];
  const built = await Promise.all([
    buildFunction('router'),
    buildFunction('watch'),
    buildCommandLine(),
    buildOperatorPage(),
    ...jsii,
  ]);
  if (!flags.includes('--quiet')) for (const line of built) console.log(line);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
