import { describe, expect, it } from 'vitest';
import { judgeAnswer, type Known } from '../../../../../lib/core/analysis/profile/run/judge-answer';
import { type CheckPorts, compileChecks } from '../../../../../lib/core/analysis/profile/run/task-checks';
import { canonicalHash } from '../../../../../lib/core/policy/canonical-hash';
import type { AnswerChoice } from '../../../../../lib/core/types';
import type { OracleSpec, Task } from '../../../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../../../builders';

const JUDGE: OracleSpec = { kind: 'judge', tier: 'large', rubric: 'right', pass: 0.5 };
const EXACT: OracleSpec = { kind: 'exact', ignoreCase: false };
const SHORT: OracleSpec = { kind: 'length', max: 3 };
const SURE: OracleSpec = { kind: 'confidence', threshold: 0.8 };

interface Case {
  readonly oracle: readonly OracleSpec[];
  readonly route?: Task['route'];
  readonly consequence?: Task['audit']['consequence'];
  readonly text?: string;
  readonly margin?: number;
  /** What the judge says; absent: it gives no answer. */
  readonly score?: number;
  readonly findings?: Known['findings'];
  readonly alone?: boolean;
  readonly ports?: Partial<CheckPorts>;
}

async function judged(given: Case) {
  const {
    oracle,
    route = 'direct',
    consequence = 'low',
    text = 'yes',
    margin,
    score,
    findings = {},
    alone,
    ports,
  } = given;
  const task = aTask({
    id: 'task',
    ladder: ['small'],
    oracle,
    route,
    audit: { inputs: 'any', acceptable: 'yes', consequence },
  });
  const policy = aPolicy({ tiers: [aTier({ id: 'small' }), aTier({ id: 'large' })], tasks: [task] });
  const checks = await compileChecks(policy, ['task'], {
    code: new Map(),
    humanVerdicts: new Map(),
    onFault: () => {},
    ...ports,
  });
  const said = (words: string): AnswerChoice => ({
    text: words,
    toolCalls: [],
    reasoning: '',
    refusal: '',
    finishReason: 'stop',
    ...(margin !== undefined && { margins: [margin] }),
  });
  let asked = 0;
  const consult = {
    samples: async () => [],
    ask: async () => {
      asked += 1;
      return score === undefined ? undefined : said(JSON.stringify({ score }));
    },
  };
  const row = {
    id: 'row',
    task: 'task',
    messages: [{ role: 'user' as const, content: '?' }],
    weight: 1,
    tags: [],
    expect: 'yes',
  };
  const judging = { row, choice: said(text), judgement: { tier: 'small', messages: row.messages, tools: [] } };
  const result = await judgeAnswer(checks.get('task') ?? [], judging, { findings, ...(!alone && { consult }) });
  const { pass, gate, ...rest } = result;
  return { pass, gate, ...rest, asked };
}

describe('judgeAnswer', () => {
  it.each<[string, Case, object]>([
    ['passes where nothing judges', { oracle: [] }, { pass: true, oracle: 'none', gate: undefined, asked: 0 }],
    ['names all that judged', { oracle: [SHORT, EXACT] }, { pass: true, oracle: 'length, exact', gate: true }],
    [
      'fails by the first that fails, and climbs only by what runs in production',
      { oracle: [SHORT, EXACT], text: 'no' },
      { pass: false, oracle: 'exact', detail: 'not the expected text', gate: true },
    ],
    [
      'climbs by what runs in production',
      { oracle: [SHORT, EXACT], text: 'nein' },
      { pass: false, oracle: 'length', gate: false },
    ],
    [
      'gates nothing on a static route',
      { oracle: [SHORT], route: 'static', text: 'nein' },
      { pass: false, gate: undefined },
    ],
    [
      'gates what is of high consequence even there',
      { oracle: [SHORT], route: 'static', consequence: 'high', text: 'nein' },
      { pass: false, gate: false },
    ],
    ['asks the judge last', { oracle: [JUDGE, EXACT], score: 1 }, { pass: true, oracle: 'judge, exact', asked: 1 }],
    [
      'and not about what has failed',
      { oracle: [JUDGE, EXACT], score: 1, text: 'no' },
      { pass: false, oracle: 'exact', asked: 0 },
    ],
    [
      'but in a cascade, where it decides on the climb',
      { oracle: [JUDGE, EXACT], score: 0, text: 'no', route: 'cascade' },
      { pass: false, gate: false, asked: 1 },
    ],
    [
      'and not even there about what another check sends up',
      { oracle: [JUDGE, SHORT], score: 1, text: 'nein', route: 'cascade' },
      { pass: false, gate: false, asked: 0 },
    ],
    [
      'takes its word',
      { oracle: [JUDGE], score: 0.2 },
      { pass: false, oracle: 'judge', detail: 'graded 0.2, below 0.5' },
    ],
    [
      'keeps what it said',
      { oracle: [JUDGE], score: 0.2 },
      { findings: { [canonicalHash(JUDGE)]: { pass: false, detail: 'graded 0.2, below 0.5' } } },
    ],
    [
      'does not ask again what it knows',
      { oracle: [JUDGE], score: 1, findings: { [canonicalHash(JUDGE)]: { pass: false, detail: 'known' } } },
      { pass: false, detail: 'known', asked: 0 },
    ],
    [
      'waits for a judge that gave no answer',
      { oracle: [JUDGE], route: 'cascade' },
      { pass: undefined, oracle: 'judge', gate: undefined },
    ],
    ['waits for one that may not be asked', { oracle: [JUDGE], alone: true }, { pass: undefined, asked: 0 }],
    [
      'lets sureness decide on the climb alone',
      { oracle: [EXACT, SURE], margin: 0.5 },
      { pass: true, gate: false, oracle: 'exact' },
    ],
    ['unless nothing else judges', { oracle: [SURE], margin: 0.5 }, { pass: false, gate: false, oracle: 'confidence' }],
    ['does without it where no margin is known', { oracle: [EXACT, SURE] }, { pass: true, gate: true }],
    ['waits for a person', { oracle: [{ kind: 'human' }] }, { pass: undefined, oracle: 'human', gate: undefined }],
    [
      "takes a person's word",
      { oracle: [{ kind: 'human' }], ports: { humanVerdicts: new Map([['small row', false]]) } },
      { pass: false, oracle: 'human', detail: 'a person found it wrong' },
    ],
  ])('%s', async (_name, given, expected) => {
    expect(await judged(given)).toMatchObject(expected);
  });

  it('reports a code oracle that breaks, with the row', async () => {
    const faults: string[][] = [];
    const code = new Map([['m#f', () => Promise.reject(new Error('no idea'))]]);
    const onFault = (...fault: string[]) => void faults.push(fault);
    const oracle: OracleSpec[] = [{ kind: 'code', module: 'm', export: 'f' }];
    expect(await judged({ oracle, ports: { code, onFault } })).toMatchObject({ oracle: 'code' });
    expect(faults).toEqual([['row', 'm#f: no idea']]);
  });
});
