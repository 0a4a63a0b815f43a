import * as z from 'zod';
import { isRecord } from '../draft';
import { amount, byName, choose, closed, count, flag, positiveCount, share, text, texts } from './parts';

/** Draft and vocabulary are the oracle's business; here it only has to be something that can be a schema at all. */
const jsonSchema = choose<boolean | Record<string, unknown>>((value) =>
  typeof value === 'boolean'
    ? flag
    : z.custom<Record<string, unknown>>(isRecord, 'must be a JSON schema: a mapping, true or false'),
);

const calibration = closed({ margins: z.array(share).min(1), errors: z.array(share).min(1) });

const kind = <Kind extends string>(name: Kind) => z.literal(name);

export const oracleSchema = z.discriminatedUnion('kind', [
  closed({ kind: kind('json-schema'), schema: jsonSchema }),
  closed({ kind: kind('labels'), labels: texts.min(1) }),
  closed({ kind: kind('regex'), pattern: text, flags: z.string().exactOptional() }),
  closed({ kind: kind('exact'), ignoreCase: flag.default(false) }),
  closed({ kind: kind('contains'), values: texts.min(1).exactOptional(), all: flag.default(false) }),
  closed({ kind: kind('numeric'), tolerance: amount.default(0) }),
  closed({ kind: kind('length'), min: count.exactOptional(), max: count.exactOptional() }),
  closed({ kind: kind('uncertainty'), phrases: texts.min(1).exactOptional() }),
  closed({ kind: kind('confidence'), threshold: share, calibration: byName(calibration).exactOptional() }),
  closed({
    kind: kind('consistency'),
    samples: positiveCount,
    agree: positiveCount,
    tiers: texts.min(1).exactOptional(),
  }),
  closed({ kind: kind('judge'), tier: text, rubric: text, pass: z.number() }),
  closed({ kind: kind('human') }),
  closed({ kind: kind('code'), module: text, export: text }),
]);
