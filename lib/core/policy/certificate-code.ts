import type { OracleSpec, Task } from '../types-policy';

/** Digests of the modules by which `code` oracles judge, by `module#export`; undefined where a module cannot be read. */
export type CodeDigests = ReadonlyMap<string, string | undefined>;

/** Something about the code that judged. `isVoid`: it certainly is another now; else nobody can say. */
export interface CodeDoubt {
  readonly isVoid: boolean;
  readonly message: string;
}

type CodeSpec = Extract<OracleSpec, { kind: 'code' }>;

export function codeKey({ module, export: name }: Pick<CodeSpec, 'module' | 'export'>): string {
  return `${module}#${name}`;
}

function codeKeys({ oracle }: Pick<Task, 'oracle'>): string[] {
  return oracle.flatMap((spec) => (spec.kind === 'code' ? [codeKey(spec)] : []));
}

/** What judges the task beside the policy's own words; undefined where that is all. */
export function codeOf(task: Pick<Task, 'oracle'>, digests: CodeDigests): Readonly<Record<string, string>> | undefined {
  const known = codeKeys(task).flatMap((key) => {
    const digest = digests.get(key);
    return digest === undefined ? [] : [[key, digest] as const];
  });
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

/** What of the code that judged for a certificate is another now, or cannot be told. The router has no module, and does not ask. */
export function codeDoubts(task: Pick<Task, 'oracle' | 'certificate'>, digests: CodeDigests): readonly CodeDoubt[] {
  const { certificate } = task;
  if (certificate === undefined) return [];
  return codeKeys(task).flatMap((key) => {
    const then = Object.hasOwn(certificate.code ?? {}, key) ? certificate.code?.[key] : undefined;
    const doubt = doubtOf(key, then, digests.get(key));
    return doubt === undefined ? [] : [doubt];
  });
}

function doubtOf(key: string, then: string | undefined, now: string | undefined): CodeDoubt | undefined {
  if (then === undefined)
    return {
      isVoid: false,
      message: `the certificate does not say which code of ${key} judged: profile the task again`,
    };
  if (now === undefined)
    return {
      isVoid: false,
      message: `${key} cannot be read here, so whether it is still the code that judged is not known`,
    };
  return then === now ? undefined : { isVoid: true, message: `the code of ${key} is not the one that judged` };
}
