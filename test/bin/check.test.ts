import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { certificateBinding } from '../../lib/core/policy/certificate';
import { parsePolicy } from '../../lib/core/policy/parse';
import type { Task } from '../../lib/core/types-policy';
import { aPolicy, SET } from './a-policy';
import { run, scratch } from './command-line';

const folder = scratch();
afterAll(() => folder.remove());

const EXAMPLE = join(import.meta.dirname, '../../examples/policies/hybrid.yaml');
const GOOD = folder.file('good.yaml', aPolicy());
const BAD = folder.file('bad.yaml', aPolicy({ ladder: '[smal, small, small]', owner: '7' }));
const NO_SCHEMA = folder.file(
  'no-schema.yaml',
  aPolicy({
    oracle: `
      - { kind: length, min: 1 }
      - { kind: json-schema, schema: { type: objekt } }
      - kind: json-schema
        schema: { $ref: "#/nowhere" }`,
  }),
);

describe('tierwise check', () => {
  it('says in one line that a policy is valid, and how large', async () => {
    expect(await run(['check', GOOD], SET)).toEqual({
      code: 0,
      out: `${GOOD}: policy desk is valid (2 tiers, 1 task).\n`,
      err: '',
    });
  });

  it('lists every fault with file, line, path, what was given and what is allowed', async () => {
    const { code, out, err } = await run(['check', BAD], SET);
    expect([code, out]).toEqual([1, '']);
    expect(err.trimEnd().split('\n')).toEqual([
      `${BAD} has 3 faults:`,
      `  ${BAD}:3 owner: must be a text; given 7`,
      `  ${BAD}:12 tasks.triage.ladder[0]: no tier is called "smal"; did you mean "small"? allowed: small, large`,
      `  ${BAD}:12 tasks.triage.ladder[2]: "small" is repeated`,
    ]);
  });

  it('reports each oracle that does not compile where it stands', async () => {
    const { code, err } = await run(['check', NO_SCHEMA], SET);
    expect(code).toBe(1);
    expect(err.trimEnd().split('\n')).toEqual([
      `${NO_SCHEMA} has 2 faults:`,
      expect.stringMatching(
        /:15 tasks\.triage\.oracle\[1\]: the json-schema oracle does not compile: schema is invalid/,
      ),
      expect.stringMatching(/:16 tasks\.triage\.oracle\[2\]: the json-schema oracle does not compile: can't resolve/),
    ]);
  });

  it('only warns of a variable that is not set here', async () => {
    const { code, out, err } = await run(['check', GOOD]);
    expect([code, out]).toEqual([0, `${GOOD}: policy desk is valid (2 tiers, 1 task), with 1 warning.\n`]);
    expect(err).toMatch(/^warning: \S+good\.yaml:5 tiers\.small\.baseUrl: the variable SMALL_URL is not set; .*\n$/);
  });

  it('warns of a certificate that is void, says what has changed, and is valid all the same', async () => {
    const certificate =
      'certificate: { tier: small, risk: 0.05, confidence: 0.95, oracle: o, models: { small: old-model, large: large-model }, prompts: "sha256:44136fa355b3678a" }';
    const file = folder.file('void.yaml', aPolicy().replace('    route:', `    ${certificate}\n    route:`));
    const { code, out, err } = await run(['check', file], SET);
    expect([code, out]).toEqual([0, `${file}: policy desk is valid (2 tiers, 1 task), with 2 warnings.\n`]);
    expect(err.trimEnd().split('\n')).toEqual([
      `warning: ${file}:11 tasks.triage.certificate.oracle: the oracles are not the ones that judged: the certificate is void; profile the task again`,
      `warning: ${file}:11 tasks.triage.certificate.models: the models have changed: small was old-model and is small-model: the certificate is void; profile the task again`,
    ]);
  });

  it('warns of a certificate that promises less than the task asks for now, or rests on a model alone', async () => {
    const read = parsePolicy(aPolicy(), { variables: SET, unset: 'fault' });
    if (!read.ok) throw new Error(JSON.stringify(read.faults));
    const { oracle, models, prompts } = certificateBinding(read.policy, read.policy.tasks.triage as Task);
    const certificate = { tier: 'small', risk: 0.05, confidence: 0.9, oracle, models, prompts, judge: 'unvalidated' };
    const asked = `    certificate: ${JSON.stringify(certificate)}\n    target: { passRate: 0.99 }\n    route:`;
    const file = folder.file('short.yaml', aPolicy().replace('    route:', asked));
    const { code, err } = await run(['check', file], SET);
    expect(code).toBe(0);
    expect(err.trimEnd().split('\n')).toEqual([
      `warning: ${file}:11 tasks.triage.certificate.risk: the certificate allows 5 % of failures, and target asks for 99 % at 95 %: profile the task again`,
      `warning: ${file}:11 tasks.triage.certificate.confidence: the certificate holds at 90 %, and target asks for 99 % at 95 %: profile the task again`,
      `warning: ${file}:11 tasks.triage.certificate.judge: the certificate rests on a judge model that people have not validated: have people judge a sheet (tierwise profile --review, --human)`,
    ]);
  });

  it('reads standard input, and calls it so', async () => {
    expect((await run(['check', '-'], SET, aPolicy())).out).toMatch(/^standard input: policy desk is valid/);
    expect((await run(['check', '-'])).err).toContain('standard input:1: the document is empty');
  });

  it('prints the audit of every task, and nothing that only a machine can read', async () => {
    const { code, out } = await run(['check', '--audit', EXAMPLE]);
    expect(code).toBe(0);
    expect(out).toMatch(/^task +owner +consequence +pass rate +oracles/);
    expect(out).toMatch(/\nfield-extraction +finance-systems +medium +95 % at 95 % +json-schema\+exact/);
    expect(out).not.toContain('[object');
  });

  it('fails where the audit is incomplete, and names what is missing', async () => {
    const file = folder.file('unaudited.yaml', aPolicy({ oracle: '[]' }));
    const { code, out, err } = await run(['check', '--audit', file], SET);
    expect(code).toBe(1);
    expect(out).toContain('missing: oracle');
    expect(err).toContain(`${file}: the audit is incomplete; missing are:\n  triage: oracle`);
  });

  it('prints one JSON document, for good and bad', async () => {
    const good = await run(['check', GOOD, '--audit', '--json']);
    expect([good.code, good.err]).toEqual([0, '']);
    expect(JSON.parse(good.out)).toMatchObject({
      ok: true,
      file: GOOD,
      policy: 'desk',
      tiers: ['small', 'large'],
      tasks: ['triage'],
      warnings: [{ path: 'tiers.small.baseUrl', line: 5 }],
      audit: [{ task: 'triage', complete: true }],
    });
    const bad = await run(['check', BAD, '--json'], SET);
    expect([bad.code, bad.err]).toEqual([1, '']);
    expect(JSON.parse(bad.out)).toMatchObject({
      ok: false,
      file: BAD,
      faults: [{ path: 'owner', line: 3 }, { path: 'tasks.triage.ladder[0]', allowed: 'small, large' }, {}],
    });
  });

  it.each([
    ['a file that is not there', ['check', 'nowhere.yaml'], 'nowhere.yaml: no such file.'],
    ['a folder', ['check', folder.path], `${folder.path}: is a folder; name a file.`],
    ['no file', ['check'], "missing required argument 'file'"],
  ])('says what is wrong with %s', async (_name, args, message) => {
    const human = await run(args);
    expect([human.code, human.out]).toEqual([1, '']);
    expect(human.err).toContain(message);
    const machine = await run([...args, '--json']);
    expect(machine.code).toBe(1);
    expect(JSON.parse(machine.out)).toEqual({ ok: false, error: expect.stringContaining(message) });
  });
});
