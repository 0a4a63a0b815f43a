import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';

/** Without the validation of whole templates, which takes seconds and has a test of its own. */
export function aStack(): Stack {
  return new Stack(new App({ builtinCloudFormationValidation: false }), 'Stack');
}

export function aFunction(stack: Stack, id = 'Function'): lambda.Function {
  return new lambda.Function(stack, id, {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  });
}

/** Properties of every resource of a type, as the template has them. */
// biome-ignore lint/suspicious/noExplicitAny: templates are plain JSON of any depth
export function resources(stack: Stack, type: string): any[] {
  return Object.values(Template.fromStack(stack).findResources(type)).map((resource) => resource.Properties);
}
