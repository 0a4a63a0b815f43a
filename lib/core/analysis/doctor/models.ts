import type { Facts, Finding, ModelFact, ModelNeed, Needs, SecretNeed } from './facts';
import { unknown } from './unknown';

/** What inference profiles of Bedrock begin with: the geography they stay in, or all of it. */
const PROFILE_PREFIX = /^(us|eu|apac|jp|au|ca|us-gov|global)\./;

/** Whether an id is a profile's: by its prefix, or as an ARN. */
export function isProfile(id: string): boolean {
  return PROFILE_PREFIX.test(id) || /:(application-)?inference-profile\//.test(id);
}

export function judgeModels({ models }: Needs, facts: Facts): Finding[] {
  return models.map((need) => {
    const about = { check: 'model', subject: `${need.tier}: ${need.id}` } as const;
    const fact = facts.models[need.tier];
    if (!fact?.known) return unknown(about, fact, 'bedrock:GetFoundationModel*, bedrock:GetInferenceProfile');
    return { ...about, ...judgeModel(need, fact.value) };
  });
}

function judgeModel({ id, region }: ModelNeed, model: ModelFact): Omit<Finding, 'check' | 'subject'> {
  const { kind, status, onDemand, obstacles } = model;
  const evidence = `${kind} in ${region}: ${status ?? 'not found'}`;
  if (status === undefined)
    return {
      verdict: 'fail',
      evidence,
      remedy: `see what there is: aws bedrock list-${kind === 'profile' ? 'inference-profiles' : 'foundation-models'} --region ${region}`,
    };
  if (kind === 'model' && onDemand === false)
    return {
      verdict: 'fail',
      evidence: `${evidence}, but only through an inference profile`,
      remedy: `name one in the policy, such as eu.${id} or global.${id}`,
    };
  if (obstacles.length > 0)
    return {
      verdict: 'fail',
      evidence: `${evidence}, but ${obstacles.join(', ')}`,
      remedy: `ask for access on the Model access page of the Bedrock console in ${region}`,
    };
  if (status === 'ACTIVE') return { verdict: 'pass', evidence };
  return { verdict: 'warn', evidence, remedy: 'plan for its successor, and set retiresOn in the policy' };
}

export function judgeSecrets({ secrets, region }: Needs, facts: Facts): Finding[] {
  return secrets.map((need) => {
    const about = { check: 'secret', subject: `${need.tier}: ${need.name}` } as const;
    const fact = facts.secrets[need.name];
    if (!fact?.known) return unknown(about, fact, 'secretsmanager:DescribeSecret');
    const { exists, hasValue, deleted } = fact.value;
    if (exists && hasValue && !deleted) return { ...about, verdict: 'pass', evidence: 'there, with a value' };
    return { ...about, verdict: 'fail', ...lackOf(need, fact.value, region) };
  });
}

function lackOf(
  { name }: SecretNeed,
  { exists, deleted }: { exists: boolean; deleted: boolean },
  region: string,
): Pick<Finding, 'evidence' | 'remedy'> {
  const where = `--region ${region}`;
  if (!exists)
    return {
      evidence: `not in ${region}`,
      remedy: `make it: aws secretsmanager create-secret --name ${name} --secret-string KEY ${where}`,
    };
  if (deleted)
    return {
      evidence: 'waits for its deletion',
      remedy: `aws secretsmanager restore-secret --secret-id ${name} ${where}`,
    };
  return {
    evidence: 'has no value yet',
    remedy: `aws secretsmanager put-secret-value --secret-id ${name} --secret-string KEY ${where}`,
  };
}
