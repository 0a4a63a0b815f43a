import type { Oracle } from '../types';
import type { OracleKind, OracleSpec } from '../types-policy';
import { contains } from './contains';
import { exact } from './exact';
import { jsonSchema } from './json-schema';
import { labels } from './labels';
import { length } from './length';
import { numeric } from './numeric';
import { regex } from './regex';
import { uncertainty } from './uncertainty';

/** How an oracle is made of what the policy says. `compile` throws where that makes no sense. */
export interface OracleBuilder<Spec extends OracleSpec = OracleSpec> {
  /** Whether it runs in production: it has values of its own to compare with, and calls no model. */
  production(spec: Spec): boolean;
  compile(spec: Spec): Oracle | Promise<Oracle>;
}

const always = () => true;
const never = () => false;

/** The kinds that are built. A kind that is absent parses and counts as skipped. */
const BUILDERS: { readonly [Kind in OracleKind]?: OracleBuilder<Extract<OracleSpec, { kind: Kind }>> } = {
  'json-schema': { production: always, compile: jsonSchema },
  labels: { production: always, compile: labels },
  regex: { production: always, compile: regex },
  exact: { production: never, compile: exact },
  contains: { production: ({ values }) => values !== undefined, compile: contains },
  numeric: { production: never, compile: numeric },
  length: { production: always, compile: length },
  uncertainty: { production: always, compile: uncertainty },
};

export function oracleBuilder(kind: OracleKind): OracleBuilder | undefined {
  return BUILDERS[kind];
}
