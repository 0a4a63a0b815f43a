import { describe, expect, it } from 'vitest';
import { RouterError } from '../../../lib/core/errors';
import { parseFeedback } from '../../../lib/core/request/feedback';
import { OUTCOMES } from '../../../lib/core/types-feedback';

const ID = 'req-1';

function faultOf(body: unknown): { code: string; message: string; param: string | undefined } {
  try {
    parseFeedback(typeof body === 'string' ? body : JSON.stringify(body));
  } catch (error) {
    if (!RouterError.is(error)) throw error;
    return { code: error.code, message: error.message, param: error.param };
  }
  throw new Error('no fault was found');
}

describe('feedback', () => {
  it.each<[object, object]>([
    [
      { request_id: ID, outcome: 'accepted' },
      { requestId: ID, outcome: 'accepted' },
    ],
    [
      { requestId: ID, score: 0 },
      { requestId: ID, score: 0 },
    ],
    [
      { request_id: ID, requestId: ID, score: 1 },
      { requestId: ID, score: 1 },
    ],
    [
      { request_id: ID, outcome: 'failed_downstream', downstream_usd: 12.5 },
      { outcome: 'failed-downstream', downstreamUsd: 12.5 },
    ],
    [
      { request_id: ID, outcome: 'corrected', corrected_text: 'So.' },
      { outcome: 'corrected', correctedText: 'So.' },
    ],
    [
      { request_id: ID, outcome: 'rejected', score: null },
      { requestId: ID, outcome: 'rejected' },
    ],
  ])('%o is understood', (body, told) => {
    expect(parseFeedback(JSON.stringify(body))).toMatchObject(told);
  });

  it('knows every outcome, with either kind of dash', () => {
    for (const outcome of OUTCOMES) {
      expect(parseFeedback(JSON.stringify({ request_id: ID, outcome })).outcome).toBe(outcome);
      const wire = outcome.replaceAll('-', '_');
      expect(parseFeedback(JSON.stringify({ request_id: ID, outcome: wire })).outcome).toBe(outcome);
    }
  });

  it.each<[unknown, string | undefined, string]>([
    [{ outcome: 'accepted' }, 'request_id', 'request_id is missing'],
    [{ request_id: 7, outcome: 'accepted' }, 'request_id', 'request_id is 7'],
    [{ request_id: 'a\nb', score: 1 }, 'request_id', 'x-request-id'],
    [
      { request_id: 'x'.repeat(65), score: 1 },
      'request_id',
      'request_id is no x-request-id: give the one that the answer',
    ],
    [{ request_id: 'ü'.repeat(40), score: 1 }, 'request_id', 'letter for letter'],
    [{ requestId: '', score: 1 }, 'requestId', 'requestId is no x-request-id'],
    [{ request_id: 'a', requestId: 'b', score: 1 }, 'request_id', 'differ'],
    [{ request_id: ID }, 'outcome', 'outcome (accepted, rejected, retried, corrected, failed-downstream) or score'],
    [{ request_id: ID, corrected_text: 'So.' }, 'outcome', 'Say what became of the answer'],
    [
      { request_id: ID, outcome: 'fine' },
      'outcome',
      'one of accepted, rejected, retried, corrected, failed-downstream',
    ],
    [{ request_id: ID, outcome: ['accepted'] }, 'outcome', 'a list'],
    [{ request_id: ID, score: 1.1 }, 'score', 'a number from 0 to 1'],
    [{ request_id: ID, score: '1' }, 'score', 'a number from 0 to 1'],
    [{ request_id: ID, score: 1, downstream_usd: -1 }, 'downstream_usd', 'a number from 0'],
    [{ request_id: ID, score: 1, corrected_text: 5 }, 'corrected_text', 'a text'],
    [
      { request_id: ID, score: 1, stars: 5 },
      'stars',
      'no field "stars"; allowed are request_id, requestId, outcome, score, corrected_text, downstream_usd',
    ],
    [{ request_id: ID, score: 1, 'my secret is 5': 5 }, undefined, 'not all of the fields'],
    ['{"request_id": "req-1", "score": 1, "__proto__": 1}', '__proto__', 'no field "__proto__"'],
    ['[]', undefined, 'must be a JSON object'],
    ['', undefined, 'it is empty'],
  ])('%o is refused', (body, param, message) => {
    const fault = faultOf(body);
    expect(fault).toMatchObject({ code: 'invalid_request', param });
    expect(fault.message).toContain(message);
    expect(fault.message).not.toMatch(/secret|So\./);
  });

  it('has room for a long answer that was corrected, and no more', () => {
    const body = { request_id: ID, outcome: 'corrected', corrected_text: 'x'.repeat(120_000) };
    expect(parseFeedback(JSON.stringify(body)).correctedText).toHaveLength(120_000);
    expect(faultOf({ ...body, corrected_text: 'x'.repeat(131_072) }).code).toBe('request_too_large');
  });
});
