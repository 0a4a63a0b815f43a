import type { Ajv, Options } from 'ajv';
import type { FormatsPlugin } from 'ajv-formats';

/**
 * A validator of the draft that `$schema` names: draft-07 and its like, or 2020-12, which is also what a schema without
 * `$schema` is. Imported on first use, so that a router without schemas never loads it.
 */
export async function loadAjv($schema: unknown, options: Options): Promise<Ajv> {
  const Validator = defaultOf<new (options: Options) => Ajv>(
    isDraft07($schema) ? await import('ajv') : await import('ajv/dist/2020.js'),
  );
  const addFormats = defaultOf<FormatsPlugin>(await import('ajv-formats'));
  const ajv = new Validator({ strict: false, logger: false, ...options });
  addFormats(ajv);
  return ajv;
}

export function isDraft07($schema: unknown): boolean {
  return typeof $schema === 'string' && /\/draft-0[67]\//.test($schema);
}

/** What a CommonJS module exports lies under one `default` or two, as the loader sees it; its names are not always there. */
function defaultOf<Exported>(module: unknown): Exported {
  const outer = (module as { default: unknown }).default;
  return (typeof outer === 'function' ? outer : (outer as { default: unknown }).default) as Exported;
}
