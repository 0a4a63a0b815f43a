import { ENVIRONMENT } from '../../lib/core/contract';
import type { OwnPrices } from '../../lib/core/telemetry/watch/nouns';
import { type Environment, readEnvironment } from '../shared/environment';
import type { TableNames } from '../shared/store/tables';

/** What the deployment tells the watch function. */
export interface WatchEnvironment extends Pick<Environment, 'router' | 'policyFile'> {
  readonly tables: TableNames;
  readonly own: OwnPrices;
  readonly metrics: 'cloudwatch' | 'embedded';
}

const NOTHING: OwnPrices = { perRequestUsd: 0, perSecondUsd: 0, perHourUsd: 0 };

/** Reads the function's variables. Throws where they cannot be used. */
export function readWatchEnvironment(variables: Readonly<Record<string, string | undefined>>): WatchEnvironment {
  const { router, policyFile, tables } = readEnvironment(variables);
  if (tables === undefined)
    throw new Error(`set ${ENVIRONMENT.attributionTable}: without tables nothing can be watched`);
  const metrics = variables[ENVIRONMENT.watchMetrics]?.trim() || 'cloudwatch';
  if (metrics !== 'cloudwatch' && metrics !== 'embedded') {
    throw new Error(`${ENVIRONMENT.watchMetrics} is ${JSON.stringify(metrics)}: allowed are cloudwatch and embedded`);
  }
  const own = readOwnPrices(variables[ENVIRONMENT.ownPrices]);
  return { router, tables, own, metrics, ...(policyFile !== undefined && { policyFile }) };
}

function readOwnPrices(json: string | undefined): OwnPrices {
  if (json === undefined || json.trim() === '') return NOTHING;
  const given = parsed(json);
  const prices = Object.keys(NOTHING).map((name) => [name, given?.[name]] as const);
  if (prices.every(([, price]) => typeof price === 'number')) return Object.fromEntries(prices) as unknown as OwnPrices;
  throw new Error(`${ENVIRONMENT.ownPrices} is ${json}: give ${Object.keys(NOTHING).join(', ')} as numbers, in JSON`);
}

function parsed(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(json) ?? undefined;
  } catch {
    return undefined;
  }
}
