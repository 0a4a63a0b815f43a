import { ENVIRONMENT } from '../../lib/core/contract';
import type { TableNames } from './store/tables';

/** What the deployment tells the router function. */
export interface Environment {
  /** The `Router` dimension of every metric. */
  readonly router: string;
  readonly policyFile?: string;
  /** Absent: the function keeps nothing beyond its own life. */
  readonly tables?: TableNames;
  /** What no policy may widen, as JSON; `policy/deployment.ts` reads it. */
  readonly deployment?: string;
  readonly refreshMs: number;
  /** Whether each customer has metrics too. */
  readonly customerMetrics: boolean;
}

const ROUTER = 'tierwise';
const REFRESH_SECONDS = 10;
/** What CloudWatch takes as the value of a dimension; a leading colon is its own. */
const DIMENSION_VALUE = /^(?!:)[\x20-\x7e]{1,255}$/;

/** Reads the function's variables. Throws one error that lists everything wrong with them. */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const faults: string[] = [];
  const read = (name: string) => variables[name]?.trim() || undefined;

  const router = read(ENVIRONMENT.router) ?? ROUTER;
  if (!DIMENSION_VALUE.test(router)) {
    faults.push(`${ENVIRONMENT.router} is ${JSON.stringify(router)}: give 1 to 255 printable ASCII characters`);
  }
  const refreshSeconds = Number(read(ENVIRONMENT.refreshSeconds) ?? REFRESH_SECONDS);
  if (!(refreshSeconds > 0 && Number.isFinite(refreshSeconds))) {
    const given = JSON.stringify(variables[ENVIRONMENT.refreshSeconds]);
    faults.push(`${ENVIRONMENT.refreshSeconds} is ${given}: give a number of seconds above 0`);
  }
  const customerMetrics = read(ENVIRONMENT.customerMetrics) ?? 'off';
  if (customerMetrics !== 'on' && customerMetrics !== 'off') {
    faults.push(`${ENVIRONMENT.customerMetrics} is ${JSON.stringify(customerMetrics)}: allowed are on and off`);
  }
  const policyTable = read(ENVIRONMENT.policyTable);
  const attributionTable = read(ENVIRONMENT.attributionTable);
  const accessTable = read(ENVIRONMENT.accessTable);
  const named = [policyTable, attributionTable, accessTable].filter((table) => table !== undefined);
  if (named.length !== 0 && named.length !== 3) {
    const { policyTable: policy, attributionTable: attribution, accessTable: access } = ENVIRONMENT;
    faults.push(`set all of ${policy}, ${attribution} and ${access}, or none`);
  }
  if (faults.length > 0) throw new Error(`the environment cannot be used: ${faults.join('; ')}`);

  const policyFile = read(ENVIRONMENT.policyFile);
  const deployment = read(ENVIRONMENT.deployment);
  return {
    router,
    refreshMs: refreshSeconds * 1000,
    customerMetrics: customerMetrics === 'on',
    ...(policyFile !== undefined && { policyFile }),
    ...(deployment !== undefined && { deployment }),
    ...(policyTable !== undefined &&
      attributionTable !== undefined &&
      accessTable !== undefined && { tables: { policyTable, attributionTable, accessTable } }),
  };
}
