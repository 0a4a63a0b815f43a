import { METRIC_NAMESPACE } from '../../core/contract';

export interface Query {
  readonly router: string;
  readonly name: string;
  readonly over: 'SUM' | 'MAX';
  /** What tells the series apart that are put together. */
  readonly per: 'Task' | 'Tier';
}

/**
 * One value of every task or tier together, also of those that no template knows. An alarm may hold one where it may hold no
 * search; CloudWatch evaluates it over the last three hours at most.
 */
export function queryExpression({ router, name, over, per }: Query): string {
  return `SELECT ${over}(${name}) FROM SCHEMA("${METRIC_NAMESPACE}", Router, ${per}) WHERE Router = '${router}'`;
}
