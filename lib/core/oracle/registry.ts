import type { Oracle } from '../types';
import type { OracleKind, OracleSpec } from '../types-policy';
import { confidence } from './confidence';
import { consistency } from './consistency';
import { contains } from './contains';
import { exact } from './exact';
import { jsonSchema } from './json-schema';
import { judge } from './judge';
import { labels } from './labels';
import { length } from './length';
import { numeric } from './numeric';
import { regex } from './regex';
import { uncertainty } from './uncertainty';

/** How an oracle is made of what the policy says. `compile` throws where that makes no sense. */
export interface OracleBuilder<Spec extends OracleSpec = OracleSpec> {
  /** Whether it runs in production: it has something of its own to judge by. */
  production(spec: Spec): boolean;
  /** Whether it calls models to judge, which not every route allows. */
  readonly callsModels?: true;
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
  confidence: { production: always, compile: confidence },
  consistency: { production: always, callsModels: true, compile: consistency },
  judge: { production: always, callsModels: true, compile: judge },
};

export function oracleBuilder(kind: OracleKind): OracleBuilder | undefined {
  return BUILDERS[kind];
}
