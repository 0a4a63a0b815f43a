import type { Stack } from 'aws-cdk-lib';

/** Of all names and values together: a quota of AWS Lambda. */
const LIMIT_BYTES = 4096;

/** What is wrong with the size of an environment, as far as it is known before it is deployed; at least so much it has. */
export function environmentSizeFault(stack: Stack, variables: Readonly<Record<string, string>>): string | undefined {
  const bytes = Object.entries(variables).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + knownBytes(stack.resolve(value)),
    0,
  );
  if (bytes <= LIMIT_BYTES) return undefined;
  return `the environment of the function has at least ${bytes} bytes, and AWS Lambda takes ${LIMIT_BYTES}; shorten what you pass as environment, or serve fewer tiers with one router`;
}

/** Bytes of the text around what only the deployment knows. */
function knownBytes(resolved: unknown): number {
  if (typeof resolved === 'string') return Buffer.byteLength(resolved);
  const join = (resolved as { readonly 'Fn::Join'?: readonly [string, readonly unknown[]] } | null)?.['Fn::Join'];
  if (join === undefined) return 0;
  const [separator, parts] = join;
  return parts.reduce<number>((sum, part) => sum + knownBytes(part), Buffer.byteLength(separator) * (parts.length - 1));
}
