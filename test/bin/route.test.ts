import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { aPolicy, SET } from './a-policy';
import { run, scratch } from './command-line';

const folder = scratch();
afterAll(() => folder.remove());

const EXAMPLES = join(import.meta.dirname, '../../examples/policies');
const POLICY = folder.file('policy.yaml', aPolicy());
const HELLO = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'I was charged twice.' }] });
const IMAGE = JSON.stringify({
  model: 'auto',
  messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }] }],
});

describe('tierwise route', () => {
  it('shows the tier, who comes next and what the choice rests on', async () => {
    const { code, out, err } = await run(['route', '--policy', POLICY], SET, HELLO);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^Tier small \(start\), then large\.\n/);
    expect(out).toMatch(/\n {2}task +triage\n {2}route +direct\n {2}score +[\d.]+ of 100\n/);
    expect(out).toMatch(
      /\n {2}expected +\d+ tokens in, \d+ out, \$0\.0+\d{1,3}\n {2}policy +desk, version file-[0-9a-f]{12}\n/,
    );
    expect(out).toMatch(/\nDimensions, 0 to 10; those not listed are 0\n( {2}\w+ +\d+\.\d\n)+$/);
    expect(out).not.toContain('Excluded');
  });

  it('says why a tier is left out', async () => {
    const { out } = await run(['route', '--policy', POLICY], SET, IMAGE);
    expect(out).toMatch(/^Tier large \(guarded\), and no other\.\n/);
    expect(out).toMatch(/\nExcluded\n {2}small +capability +the request needs images; it offers none/);
  });

  it('shows a refusal as a decision, with the code a caller would get', async () => {
    const args = ['route', '--policy', POLICY, '--header', 'x-tierwise-residency: vpc'];
    const { code, out } = await run(args, SET, IMAGE);
    expect(code).toBe(0);
    expect(out).toMatch(/^Refused: .+ \(unsupported\)\n/);
    const machine = await run([...args, '--json'], SET, IMAGE);
    expect(JSON.parse(machine.out)).toMatchObject({ tier: null, ladder: [], refusal: { code: 'unsupported' } });
  });

  it.each(['api-only', 'hybrid', 'self-hosted'])('prints the decision of %s as one JSON document', async (name) => {
    const file = folder.file('request.json', HELLO);
    const policy = join(EXAMPLES, `${name}.yaml`);
    const variables = { SMALL_URL: 'http://127.0.0.1:9/v1', LARGE_URL: 'http://127.0.0.1:9/v1' };
    const args = ['route', '--policy', policy, '--request', file, '--header', 'X-Tierwise-Task: ticket-triage'];
    const { code, out, err } = await run([...args, '--json'], variables);
    expect([code, err]).toEqual([0, '']);
    const decision = JSON.parse(out);
    expect(decision).toMatchObject({ task: 'ticket-triage', route: 'direct', reason: 'start', excluded: [], pass: {} });
    expect(decision.ladder[0]).toBe(decision.tier);
    expect(Object.keys(decision.dimensions)).toHaveLength(15);
    expect(Object.keys(decision.expected)).toEqual(['inputTokens', 'outputTokens', 'costUsd']);
    expect(decision.policy).toMatch(/^file-/);
  });

  it('does not decide with a variable unset', async () => {
    const { code, out, err } = await run(['route', '--policy', POLICY], {}, HELLO);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(`${POLICY}:5 tiers.small.baseUrl: the variable SMALL_URL is not set`);
  });

  it.each([
    ['a body that is not JSON', [], '{"model":', 'standard input: The body is not JSON'],
    [
      'a model nobody knows',
      [],
      HELLO.replace('auto', 'gpt-99'),
      'standard input: There is no model "gpt-99" here; allowed',
    ],
    ['a hint nobody knows', ['--header', 'x-tierwise-residency:mars'], HELLO, 'it must be one of vpc, region'],
    [
      'a hint given twice, which HTTP joins',
      ['--header', 'x-tierwise-residency:vpc', '--header', 'X-Tierwise-Residency: any'],
      HELLO,
      'x-tierwise-residency is "vpc, any"; it must be one of vpc, region',
    ],
    ['an empty hint', ['--header', 'x-tierwise-residency:'], HELLO, 'x-tierwise-residency is empty; it must be one of'],
    ['an empty header', ['--header', ''], HELLO, '--header is empty: write it as name:value'],
    ['a header without a value', ['--header', 'x-tierwise-task'], HELLO, 'write it as name:value'],
    ['a request file that is not there', ['--request', 'nowhere.json'], '', 'nowhere.json: no such file.'],
    ['two things on standard input', ['--policy', '-'], '', 'cannot both come from standard input'],
  ])('says what is wrong with %s', async (_name, args, input, message) => {
    const human = await run(['route', '--policy', POLICY, ...args], SET, input);
    expect([human.code, human.out]).toEqual([1, '']);
    expect(human.err).toContain(message);
    const machine = await run(['route', '--policy', POLICY, ...args, '--json'], SET, input);
    expect([machine.code, machine.err]).toEqual([1, '']);
    expect(JSON.parse(machine.out)).toMatchObject({ ok: false, error: expect.stringContaining(message) });
  });
});
