import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const CLIENT = 'lambda/router/page/client';

/** The operator's page as one file: its text with styles and script put in, so that it asks nobody for anything else. */
export async function buildPage(): Promise<string> {
  const [text, styles, script] = await Promise.all([
    readFile(join(CLIENT, 'page.html'), 'utf8'),
    bundle('page.css'),
    bundle('main.ts'),
  ]);
  return put(put(text, '/*style*/', styles), '/*script*/', script);
}

async function bundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(CLIENT, file)],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: ['chrome115', 'firefox115', 'safari16.4'],
    legalComments: 'none',
    logLevel: 'warning',
  });
  return (outputFiles[0]?.text ?? '').trim();
}

/** As it stands: `$&` and the like mean nothing here. */
function put(text: string, mark: string, value: string): string {
  if (!text.includes(mark)) throw new Error(`${CLIENT}/page.html has no ${mark}`);
  return text.replace(mark, () => value);
}
