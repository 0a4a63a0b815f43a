import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Seen from the compiled module in `dist/lib/constructs/function`, and from the source in `lib/constructs/function`. */
const PLACES = ['../../../lambda/router', '../../../dist/lambda/router'];

/** The folder of the router's bundle, which is built when the package is, never when somebody synthesizes. */
export function routerCode(from: string = __dirname): string {
  const folder = PLACES.map((place) => join(from, place)).find((place) => existsSync(join(place, 'index.mjs')));
  if (folder === undefined) throw new Error('the bundle of the router function is not there; run npm run build');
  return folder;
}
