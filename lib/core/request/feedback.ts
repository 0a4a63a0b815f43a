import { RouterError } from '../errors';
import { isRequestId } from '../request-id';
import { type FeedbackOutcome, OUTCOMES } from '../types-feedback';
import { absent, type Check, type Fields, fault, isWord, number, text } from './check';
import { decodeBody } from './decode-body';

/** What a caller says of an answer. The corrected text is for hashing alone: nobody keeps it. */
export interface Told {
  readonly requestId: string;
  readonly outcome?: FeedbackOutcome;
  readonly score?: number;
  readonly correctedText?: string;
  readonly downstreamUsd?: number;
}

/** Room for a long answer that somebody has corrected. */
const MOST_BYTES = 131_072;
/** Far beyond what one wrong answer costs, and below where sums of them lose cents. */
const MOST_USD = 1_000_000_000;

const requestId: Check = (value, param) => {
  if (typeof value !== 'string') fault(param, value, 'the x-request-id of an answer');
  if (isRequestId(value)) return;
  throw new RouterError(
    'invalid_request',
    `${param} is no x-request-id: give the one that the answer carried, letter for letter; none is empty, longer than 64 ` +
      'characters or has a space in it.',
    { param },
  );
};

const outcome: Check = (value, param) => {
  if (outcomeOf(value) === undefined) fault(param, value, `one of ${OUTCOMES.join(', ')}`);
};

/** In the order of checking, and of the listing where a field is none of them. */
const CHECKS: Readonly<Record<string, Check>> = {
  request_id: requestId,
  requestId,
  outcome,
  score: number(0, 1),
  corrected_text: text,
  downstream_usd: number(0, MOST_USD),
};

/** Reads the body of feedback. Throws a RouterError of status 4xx for everything that is none. */
export function parseFeedback(body: string): Told {
  const fields = decodeBody(body, MOST_BYTES);
  for (const field of Object.keys(fields)) if (!Object.hasOwn(CHECKS, field)) throw unknown(field);
  for (const [field, check] of Object.entries(CHECKS)) {
    const value = fields[field];
    if (!absent(value)) check(value, field, fields);
  }
  const told = {
    requestId: idIn(fields),
    ...(!absent(fields.outcome) && { outcome: outcomeOf(fields.outcome) as FeedbackOutcome }),
    ...(!absent(fields.score) && { score: fields.score as number }),
    ...(!absent(fields.corrected_text) && { correctedText: fields.corrected_text as string }),
    ...(!absent(fields.downstream_usd) && { downstreamUsd: fields.downstream_usd as number }),
  };
  if (told.outcome !== undefined || told.score !== undefined) return told;
  throw new RouterError(
    'invalid_request',
    `Say what became of the answer: outcome (${OUTCOMES.join(', ')}) or score.`,
    {
      param: 'outcome',
    },
  );
}

function idIn({ request_id: wire, requestId: ours }: Fields): string {
  if (absent(wire) && absent(ours)) fault('request_id', undefined, 'the x-request-id of an answer');
  if (!absent(wire) && !absent(ours) && wire !== ours) {
    throw new RouterError('invalid_request', 'request_id and requestId differ; leave one out.', {
      param: 'request_id',
    });
  }
  return (wire ?? ours) as string;
}

/** Clients write words with `_` in them. */
function outcomeOf(value: unknown): FeedbackOutcome | undefined {
  const word = typeof value === 'string' ? value.replaceAll('_', '-') : undefined;
  return OUTCOMES.find((one) => one === word);
}

function unknown(field: string): RouterError {
  const named = isWord(field) ? `no field "${field}"` : 'not all of the fields given';
  const allowed = Object.keys(CHECKS).join(', ');
  return new RouterError('invalid_request', `Feedback has ${named}; allowed are ${allowed}.`, {
    ...(isWord(field) && { param: field }),
  });
}
