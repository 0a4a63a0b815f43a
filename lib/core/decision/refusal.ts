import type { ErrorCode } from '../errors';
import type { Exclusion, ExclusionReason, Refused } from '../types';

const OUT_OF_SERVICE: ReadonlySet<ExclusionReason> = new Set(['disabled', 'retired']);
const KEPT_INSIDE: ReadonlySet<ExclusionReason> = new Set(['residency', 'retention']);
const TOO_LONG: ReadonlySet<ExclusionReason> = new Set(['context-window', 'output-length']);
/** What the caller can mend only by sending something else. A retired tier does not come back; all else may pass. */
const LASTING: ReadonlySet<ExclusionReason> = new Set([...TOO_LONG, ...KEPT_INSIDE, 'capability', 'retired']);

function codeOf(excluded: readonly Exclusion[]): ErrorCode {
  const inService = excluded.filter(({ reason }) => !OUT_OF_SERVICE.has(reason));
  if (inService.length > 0 && inService.every(({ reason }) => KEPT_INSIDE.has(reason))) return 'residency_unavailable';
  if (!excluded.every(({ reason }) => LASTING.has(reason))) return 'tiers_unavailable';
  if (inService.some(({ reason }) => TOO_LONG.has(reason))) return 'context_length_exceeded';
  return inService.some(({ reason }) => reason === 'capability') ? 'unsupported' : 'tiers_unavailable';
}

const OPENING: Readonly<Partial<Record<ErrorCode, string>>> = {
  residency_unavailable: 'No tier that this request may travel to is available',
  unsupported: 'No tier can do what this request asks for',
  context_length_exceeded: 'The request is too long for every tier it may use',
  tiers_unavailable: 'No tier can take this request now',
};

/** Why nobody may answer, in words a caller can act on: numbers and names of settings, nothing of the prompt. */
export function refusalOf(task: string, excluded: readonly Exclusion[]): Refused['refusal'] {
  const code = codeOf(excluded);
  const tiers = excluded.map(({ tier, detail }) => `${tier}: ${detail}`).join('. ');
  return { code, message: `${OPENING[code]} (task ${task}). ${tiers}.` };
}
