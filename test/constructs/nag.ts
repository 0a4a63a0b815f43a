import { App, type Stack } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

/**
 * What cdk-nag's AwsSolutions pack finds in a stack and nobody has acknowledged: `<rule> at <construct path>`. Synthesizes
 * the app first, as a deployment would: references between stacks must be resolved before a policy can be read.
 */
export function nagFindings(stack: Stack): string[] {
  const app = stack.node.root;
  if (!App.isApp(app)) throw new Error(`${stack.node.path} is not part of an app`);
  app.synth();
  const { violations } = new AwsSolutionsChecks(undefined, { verbose: true }).validateScope(stack);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
  );
}
