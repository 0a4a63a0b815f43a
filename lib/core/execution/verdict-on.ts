import { RouterError } from '../errors';
import type { Answer, Judgement, Verdict } from '../types';
import type { Asking } from './ask';
import { createConsult } from './consult';
import type { ExecutionPorts } from './plan';

/**
 * What the task's checks say of an answer; undefined where nothing is judged. A check that breaks proves nothing about
 * the answer, so the answer does not pass; nor, where the consequence is high, does one that no check could judge.
 */
export async function verdictOn(answer: Answer, asked: Asking, ports: ExecutionPorts): Promise<Verdict | undefined> {
  const { gate, features } = asked.plan;
  if (gate === undefined) return undefined;
  try {
    const verdict = await gate(answer, judgementOf(asked, ports));
    const isUnjudged = verdict.pass && verdict.oracle === '';
    return isUnjudged && features.consequence === 'high' ? failure('no check could judge the answer') : verdict;
  } catch (error) {
    return failure(RouterError.is(error) ? 'a tier that the check asks gave no answer' : 'the check itself failed');
  }
}

function failure(detail: string): Verdict {
  return { pass: false, oracle: 'gate', detail };
}

function judgementOf(asked: Asking, ports: ExecutionPorts): Judgement {
  const { tier, plan } = asked;
  const { messages, tools } = plan.request.body;
  const consult = createConsult(asked, ports);
  return { tier: tier.id, messages, tools: tools ?? [], consult };
}
