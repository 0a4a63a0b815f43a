import type { Consult, Verdict } from '../../../types';
import type { CorpusAnswer } from '../profile-document';
import type { Finding } from './recorded-answer';
import type { Check, Found, Judging } from './task-checks';

/** What an answer's checks say of it, all together. */
export type Judged = Pick<CorpusAnswer, 'pass' | 'gate' | 'oracle' | 'detail'> & {
  readonly findings?: Readonly<Record<string, Finding>>;
};

/** What is known beforehand. */
export interface Known {
  /** Of checks that call models, by fingerprint. */
  readonly findings: Readonly<Record<string, Finding>>;
  /** Absent: nobody may be asked, so what is not known is still to come. */
  readonly consult?: Consult;
}

interface Finished {
  readonly check: Check;
  readonly found: Found;
}

/**
 * Judges by all of a task's checks. Those that call models are asked last, and only where it matters: to pass an answer that
 * nothing else has failed, or to tell whether production would climb.
 */
export async function judgeAnswer(
  checks: readonly Check[],
  judging: Omit<Judging, 'judgement'> & { readonly judgement: Omit<Judging['judgement'], 'consult'> },
  known: Known,
): Promise<Judged> {
  const near = await Promise.all(checks.filter(({ callsModels }) => !callsModels).map((check) => ask(check, judging)));
  const failed = near.some(isFailure);
  const failedGate = near.some((one) => one.check.gates && isFailure(one));
  const wanted = checks.filter((check) => check.callsModels && (!failed || (check.gates && !failedGate)));
  const far = await Promise.all(wanted.map((check) => consult(check, judging, known)));
  const inOrder = [...near, ...far].sort((one, other) => checks.indexOf(one.check) - checks.indexOf(other.check));
  const findings = findingsOf(far);
  return { ...passOf(inOrder), ...gateOf(checks, inOrder), ...(findings && { findings }) };
}

async function ask(check: Check, judging: Judging): Promise<Finished> {
  return { check, found: await check.find(judging) };
}

/** A check whose call fails has no verdict yet; one that asked nobody does not apply. */
async function consult(check: Check, judging: Judging, { findings, consult: port }: Known): Promise<Finished> {
  const before = Object.hasOwn(findings, check.fingerprint) ? findings[check.fingerprint] : undefined;
  if (before !== undefined) return { check, found: { ...before, oracle: check.kind } };
  if (port === undefined) return { check, found: 'pending' };
  let asked = false;
  const judgement = {
    ...judging.judgement,
    consult: {
      samples: (count: number) => {
        asked = true;
        return port.samples(count);
      },
      ask: (...question: Parameters<Consult['ask']>) => {
        asked = true;
        return port.ask(...question);
      },
    },
  };
  const found = await check.find({ ...judging, judgement });
  return { check, found: found ?? (asked ? 'pending' : undefined) };
}

function isFailure({ found }: Finished): boolean {
  return isVerdict(found) && !found.pass;
}

function isVerdict(found: Found): found is Verdict {
  return found !== undefined && found !== 'pending';
}

/**
 * How sure a tier was says nothing of whether it was right, and is what its margins are held against: it decides on a climb,
 * and on the pass only where nothing else does.
 */
function passOf(all: readonly Finished[]): Pick<Judged, 'pass' | 'oracle' | 'detail'> {
  const others = all.filter(({ check }) => check.kind !== 'confidence');
  const deciding = others.some(({ found }) => found !== undefined) ? others : all;
  const verdicts = deciding.flatMap(({ found }) => (isVerdict(found) ? [found] : []));
  const failure = verdicts.find(({ pass }) => !pass);
  if (failure) return { pass: false, oracle: failure.oracle, detail: failure.detail };
  const waiting = deciding.find(({ found }) => found === 'pending');
  if (waiting) return { oracle: waiting.check.kind, detail: 'waits for a verdict' };
  const spoke = [...new Set(verdicts.map(({ oracle }) => oracle))].join(', ');
  return { pass: true, oracle: spoke === '' ? 'none' : spoke };
}

function gateOf(checks: readonly Check[], all: readonly Finished[]): Pick<Judged, 'gate'> {
  if (!checks.some(({ gates }) => gates)) return {};
  const gating = all.filter(({ check }) => check.gates);
  if (gating.some(isFailure)) return { gate: false };
  return gating.some(({ found }) => found === 'pending') ? {} : { gate: true };
}

function findingsOf(far: readonly Finished[]): Record<string, Finding> | undefined {
  const known = far.flatMap(({ check, found }) =>
    isVerdict(found) ? [[check.fingerprint, { pass: found.pass, detail: found.detail }] as const] : [],
  );
  return known.length === 0 ? undefined : Object.fromEntries(known);
}
