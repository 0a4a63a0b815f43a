import type { AnswerChoice, Judgement, Oracle } from '../types';
import type { OracleSpec } from '../types-policy';
import { consultingOracle } from './consulting-oracle';
import { jsonEqual } from './json-equal';
import { settleAll } from './settle-all';

type ConsistencySpec = Extract<OracleSpec, { kind: 'consistency' }>;

/**
 * The same question asked again brings the same answer: of `samples` answers, the judged one among them, `agree` or more
 * say what it says. Where calls failed and those that came back decide nothing, it neither passes nor fails.
 */
export function consistency(spec: ConsistencySpec): Oracle {
  const { samples, agree } = spec;
  return consultingOracle('consistency', async (choice, judgement) => {
    const others = await sample(spec, judgement);
    if (others === undefined) return undefined;
    const agreeing = 1 + others.filter((other) => isSame(choice, other)).length;
    if (agreeing >= agree) return { pass: true, oracle: 'consistency', detail: '' };
    const missing = samples - 1 - others.length;
    if (agreeing + missing >= agree) return undefined;
    const detail = `${agreeing} of ${samples - missing} answers agree, fewer than ${agree}`;
    return { pass: false, oracle: 'consistency', detail };
  });
}

/** One from each of the named tiers, the rest from the tier that answered; undefined where nobody may be asked. */
async function sample(
  { samples, tiers = [] }: ConsistencySpec,
  { tier, messages, consult }: Judgement,
): Promise<readonly AnswerChoice[] | undefined> {
  if (consult === undefined) return undefined;
  const elsewhere = tiers.filter((id) => id !== tier).slice(0, samples - 1);
  const asked = await settleAll([
    consult.samples(samples - 1 - elsewhere.length),
    ...elsewhere.map(async (id) => {
      // The caller's own question to another tier is a sample of it, and booked as one.
      const answer = await consult.ask(id, messages, 'sample');
      return answer === undefined ? [] : [answer];
    }),
  ]);
  return asked.flat();
}

/** As JSON of the same value, else letter for letter, however it is spaced. */
function isSame(one: AnswerChoice, other: AnswerChoice): boolean {
  if (other.toolCalls.length > 0 || other.refusal !== '') return false;
  const [text, sampled] = [folded(one.text), folded(other.text)];
  if (text === sampled) return true;
  try {
    return jsonEqual(JSON.parse(one.text), JSON.parse(other.text));
  } catch {
    // No JSON, or nested too deeply to be compared.
    return false;
  }
}

function folded(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
