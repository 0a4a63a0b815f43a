import { shortPercent } from '../figures';
import type { Certificate, Policy, Task } from '../types-policy';
import { canonicalHash } from './canonical-hash';

/** What a certificate rests on, as a policy has it now. */
export type CertificateBinding = Pick<Certificate, 'oracle' | 'models' | 'prompts'>;

/** One thing that is no longer as it was when the task was certified. */
export interface CertificateFault {
  readonly what: 'tier' | 'oracle' | 'models' | 'prompts';
  readonly message: string;
}

/** Less than the task asks for: of failures allowed, of confidence, or of who judged. */
export interface CertificateShortfall {
  readonly what: 'risk' | 'confidence' | 'judge';
  readonly message: string;
}

export interface VoidCertificate {
  readonly task: string;
  readonly certificate: Certificate;
  readonly faults: readonly CertificateFault[];
}

/** A model whose variable is unset here: nobody can say whether it is still the one that was certified. */
const UNRESOLVED = /\$\{/;

/** What a certificate of this task is bound to: its checks, the models that answer and judge, the prompts put before theirs. */
export function certificateBinding({ tiers }: Pick<Policy, 'tiers'>, task: Task): CertificateBinding {
  const names = [...new Set([...task.ladder, ...task.oracle.flatMap(askedBy)])];
  const models = names.flatMap((name) => {
    const tier = tiers[name];
    return tier === undefined ? [] : [[name, tier.adapters[task.id] ?? tier.model] as const];
  });
  return {
    oracle: canonicalHash(task.oracle),
    models: Object.fromEntries(models),
    prompts: canonicalHash(task.prompts),
  };
}

/** Tiers that a check calls: another judge judges otherwise. */
export function askedBy(oracle: Task['oracle'][number]): readonly string[] {
  if (oracle.kind === 'judge') return [oracle.tier];
  return oracle.kind === 'consistency' ? (oracle.tiers ?? []) : [];
}

/** What has changed since the task was certified; none: its certificate stands, or it has none. */
export function certificateFaults(policy: Pick<Policy, 'tiers'>, task: Task): readonly CertificateFault[] {
  const { certificate } = task;
  if (certificate === undefined) return [];
  const now = certificateBinding(policy, task);
  const faults: CertificateFault[] = [];
  if (!task.ladder.includes(certificate.tier)) {
    faults.push({ what: 'tier', message: `"${certificate.tier}" is not on the task's ladder any more` });
  }
  if (certificate.oracle !== now.oracle) {
    faults.push({ what: 'oracle', message: 'the oracles are not the ones that judged' });
  }
  const changed = changedModels(certificate.models, now.models);
  if (changed.length > 0) faults.push({ what: 'models', message: `the models have changed: ${changed.join(', ')}` });
  if (certificate.prompts !== now.prompts) {
    faults.push({ what: 'prompts', message: 'the prompts are not the ones that were put before' });
  }
  return faults;
}

function changedModels(then: CertificateBinding['models'], now: CertificateBinding['models']): string[] {
  const tiers = [...new Set([...Object.keys(then), ...Object.keys(now)])];
  return tiers.flatMap((tier) => {
    const [before, after] = [then[tier], now[tier]];
    if (before === after || (after !== undefined && UNRESOLVED.test(after))) return [];
    return [`${tier} was ${before ?? 'not there'} and is ${after ?? 'gone'}`];
  });
}

/** Free of the dust of a subtraction. */
const DUST = 1e-9;

/**
 * What a certificate that stands does not promise, though the task asks for it or one might think so. It stays in force: a
 * target says what is wanted of the next profile, not what was found in the last.
 */
export function certificateShortfalls({ certificate, target }: Task): readonly CertificateShortfall[] {
  if (certificate === undefined) return [];
  const { risk, confidence, judge } = certificate;
  const least = `target asks for ${shortPercent(target.passRate, 2)} at ${shortPercent(target.confidence, 2)}`;
  const shortfalls: CertificateShortfall[] = [];
  if (risk > 1 - target.passRate + DUST)
    shortfalls.push({
      what: 'risk',
      message: `the certificate allows ${shortPercent(risk, 2)} of failures, and ${least}`,
    });
  if (confidence < target.confidence - DUST)
    shortfalls.push({
      what: 'confidence',
      message: `the certificate holds at ${shortPercent(confidence, 2)}, and ${least}`,
    });
  if (judge !== undefined)
    shortfalls.push({
      what: 'judge',
      message: 'the certificate rests on a judge model that people have not validated',
    });
  return shortfalls;
}

/** The tasks whose certificate is void, and why. What is done about it, and when, is the watcher's affair. */
export function voidCertificates(policy: Policy): readonly VoidCertificate[] {
  return Object.values(policy.tasks).flatMap((task) => {
    const faults = certificateFaults(policy, task);
    return task.certificate === undefined || faults.length === 0
      ? []
      : [{ task: task.id, certificate: task.certificate, faults }];
  });
}

/** The policy as it may be acted upon: a void certificate vouches for nothing, as if there were none. */
export function withoutVoidCertificates(policy: Policy): Policy {
  const lost = new Set(voidCertificates(policy).map(({ task }) => task));
  if (lost.size === 0) return policy;
  const tasks: Record<string, Task> = Object.create(null);
  for (const [id, task] of Object.entries(policy.tasks)) {
    const { certificate: _, ...bare } = task;
    tasks[id] = lost.has(id) ? bare : task;
  }
  return Object.assign({}, policy, { tasks });
}
