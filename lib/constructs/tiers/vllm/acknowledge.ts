import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Accepts a finding of AwsSolutions on a construct and what lies below it. */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/**
 * Accepts a wildcard in a policy. The finding's id holds the resource as it stands in the template, and that is known only
 * when references between stacks are resolved: at validation.
 */
export function acknowledgeWildcard(construct: IConstruct, resource: string, reason: string): void {
  construct.node.addValidation({
    validate: () => {
      acknowledge(construct, `IAM5[Resource::${flat(Stack.of(construct).resolve(resource))}]`, reason);
      return [];
    },
  });
}

/** A reference as findings write it: `<Bucket.Arn>/models/*`. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, ...functions } = value as Record<string, unknown>;
  if (Ref !== undefined) return `<${flat(Ref)}>`;
  const attribute = functions['Fn::GetAtt'];
  if (Array.isArray(attribute)) return `<${attribute.map(flat).join('.')}>`;
  const join = functions['Fn::Join'];
  if (Array.isArray(join)) return (join[1] as unknown[]).map(flat).join(flat(join[0]));
  const imported = functions['Fn::ImportValue'];
  return imported === undefined ? JSON.stringify(value) : flat(imported);
}
