import { judgeImages, judgeWeights } from './doctor/artifacts';
import type { Fact, Facts, Finding, Needs, TierAnswer, Verdict } from './doctor/facts';
import { judgeGpus } from './doctor/gpus';
import { judgeModels, judgeSecrets } from './doctor/models';
import { unknown } from './doctor/unknown';

/** The bootstrap stack of the version from which CDK 2 apps deploy with their own roles. */
const BOOTSTRAP_VERSION = 6;

/** Every finding before a deployment, in the order in which one would mend them. */
export function diagnose(needs: Needs, facts: Facts): Finding[] {
  const { account, principal } = facts.identity;
  return [
    { check: 'account', subject: account, verdict: 'pass', evidence: `${principal}, ${needs.region}` },
    judgeBootstrap(facts.bootstrap, account, needs.region),
    ...judgeGpus(needs, facts),
    ...judgeModels(needs, facts),
    ...judgeSecrets(needs, facts),
    ...judgeWeights(needs, facts),
    ...judgeImages(needs, facts),
    ...needs.notes.map((evidence) => ({ check: 'note', subject: needs.stage, verdict: 'warn', evidence }) as const),
  ];
}

/** Every finding after a deployment: one request to each tier, through the router. */
export function diagnoseTiers(answers: readonly TierAnswer[]): Finding[] {
  return answers.map((answer) => ({ check: 'tier', subject: answer.tier, ...judgeAnswer(answer) }));
}

/** The worst of the findings. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.some(({ verdict }) => verdict === 'fail')) return 'fail';
  return findings.some(({ verdict }) => verdict === 'warn') ? 'warn' : 'pass';
}

function judgeBootstrap(fact: Fact<number | undefined>, account: string, region: string): Finding {
  const about = { check: 'bootstrap', subject: `${account}/${region}` } as const;
  if (!fact.known) return unknown(about, fact, 'ssm:GetParameter on /cdk-bootstrap/hnb659fds/version');
  const evidence = fact.value === undefined ? 'not bootstrapped' : `version ${fact.value}`;
  if (fact.value !== undefined && fact.value >= BOOTSTRAP_VERSION) return { ...about, verdict: 'pass', evidence };
  return { ...about, verdict: 'fail', evidence, remedy: `npx cdk bootstrap aws://${account}/${region}` };
}

function judgeAnswer({ status, model, elapsedMs, error }: TierAnswer): Omit<Finding, 'check' | 'subject'> {
  const took = `${Math.round(elapsedMs)} ms`;
  if (status === undefined)
    return {
      verdict: 'fail',
      evidence: `no answer after ${took}: ${error ?? 'unknown'}`,
      remedy: 'ask from where the router can be reached; a private one answers only within its VPC',
    };
  if (status === 200) return { verdict: 'pass', evidence: `${model ?? 'a model'} answered in ${took}` };
  return { verdict: 'fail', evidence: `${status} ${error ?? ''} after ${took}`, remedy: remedyFor(status) };
}

function remedyFor(status: number): string {
  if (status === 401 || status === 403) return 'give a key that the router knows (--key, or TIERWISE_API_KEY)';
  if (status === 404) return 'the router in force does not know the tier; see tierwise history';
  if (status === 503)
    return 'the tier is down, disabled or shut out by a guard; see the alarms and the log of the router';
  return 'see the log of the router under the request id';
}
