import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Seen from the compiled module in `dist/lib/constructs/function`, and from the source in `lib/constructs/function`. */
const PLACES = ['../../../lambda', '../../../dist/lambda'];

/** The folder of the router's bundle, which is built when the package is, never when somebody synthesizes. */
export function routerCode(from?: string): string {
  return bundleOf('router', from);
}

/** That of the watch function's. */
export function watchCode(from?: string): string {
  return bundleOf('watch', from);
}

function bundleOf(name: string, from: string = __dirname): string {
  const folders = PLACES.map((place) => join(from, place, name));
  const folder = folders.find((place) => existsSync(join(place, 'index.mjs')));
  if (folder === undefined) throw new Error(`the bundle of the ${name} function is not there; run npm run build`);
  return folder;
}
