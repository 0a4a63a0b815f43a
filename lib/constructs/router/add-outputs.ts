import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { RouterFunction } from '../router-function';
import type { RouterTables } from '../router-tables';

/** What stands in the outputs of a stack. */
export interface Deployed {
  readonly url: string;
  readonly function: RouterFunction;
  readonly tables: RouterTables;
}

/**
 * Outputs by which the command line finds a deployed router (`--stack`). Under these very names where they are free, so for
 * the first router of a stack; those of a second one have its path in front.
 */
export function addOutputs(scope: Construct, { url, function: router, tables }: Deployed): void {
  const outputs: Readonly<Record<string, readonly [value: string, description: string]>> = {
    RouterUrl: [url, 'Where callers reach the router'],
    RouterName: [router.routerName, 'Dimension Router of its metrics'],
    PolicyTableName: [tables.policyTable.tableName, 'Table of policies'],
    AttributionTableName: [tables.attributionTable.tableName, 'Table of attribution records'],
    AccessTableName: [tables.accessTable.tableName, "Table of callers' keys and budgets"],
    DeploymentFixed: [router._deployment, 'What no published policy may widen, as JSON'],
  };
  const isFirst = !hasOutput(Stack.of(scope), 'RouterUrl');
  for (const [name, [value, description]] of Object.entries(outputs)) {
    const output = new CfnOutput(scope, name, { value, description });
    if (isFirst) output.overrideLogicalId(name);
  }
}

function hasOutput(stack: Stack, name: string): boolean {
  return stack.node
    .findAll()
    .some((node) => CfnOutput.isCfnElement(node) && node.node.id === name && Stack.of(node) === stack);
}
