import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { runTierwise } from '../../bin/tierwise';
import packageJson from '../../package.json' with { type: 'json' };
import { aPolicy } from './a-policy';
import { run, tierwise } from './command-line';

const COMMANDS = ['serve', 'check', 'route', 'publish', 'history', 'rollback'];

describe.concurrent('tierwise', () => {
  it('tells its version', async () => {
    expect(await tierwise(['--version'])).toEqual({ code: 0, out: `${packageJson.version}\n`, err: '' });
  });

  it('lists its commands, and fails where none is named', async () => {
    const asked = await tierwise(['--help']);
    expect([asked.code, asked.err]).toEqual([0, '']);
    for (const command of COMMANDS) expect(asked.out).toMatch(new RegExp(`\\n  ${command} `));
    expect(await tierwise([])).toEqual({ code: 1, out: '', err: asked.out });
  });

  it.each(COMMANDS)('explains %s, which takes --json', async (command) => {
    const { code, out, err } = await run([command, '--help']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`Usage: tierwise ${command} [options]`);
    expect(out).toContain('--json');
  });

  it.each([
    ['a command', ['chek', 'x.yaml'], "unknown command 'chek'", 'Did you mean check?'],
    ['an option', ['check', 'x.yaml', '--audits'], "unknown option '--audits'", 'Did you mean --audit?'],
  ])('suggests %s that was meant', async (_name, args, message, suggestion) => {
    const [human, machine] = await Promise.all([tierwise(args), tierwise([...args, '--json'])]);
    expect([human.code, human.out]).toEqual([1, '']);
    expect(human.err).toContain(message);
    expect(human.err).toContain(suggestion);
    expect(machine.code).toBe(1);
    expect(JSON.parse(machine.out)).toEqual({ ok: false, error: `${message}\n(${suggestion})` });
  });

  it.each([
    ['serve', ['serve', '--polisy', 'x.yaml']],
    ['tier disable', ['tier', 'disable', 'small']],
    ['tier enable', ['tier', 'enable']],
    ['key create', ['key', 'create']],
    ['key revoke', ['key', 'revoke']],
    ['baseline adopt', ['baseline', 'adopt']],
    ['tier', ['tier', 'disabel']],
  ])('points to the help of %s, where that is what was mistaken', async (command, args) => {
    const { code, err } = await run(args);
    expect(code).toBe(1);
    expect(err).toContain(`(see \`tierwise ${command} --help\`)`);
  });

  it.each([
    [['foo'], "error: unknown command 'foo'\n"],
    [['tier', 'disabel', 'small'], "error: unknown command 'disabel'\n"],
  ])('says the same of %j with --help as without, for there is no such command', async (args, message) => {
    const without = await run(args);
    expect([without.code, without.out]).toEqual([1, '']);
    expect(without.err).toContain(message);
    for (const help of ['--help', '-h']) expect(await run([...args, help])).toEqual(without);
  });

  it.each([
    ['a command below another', ['tier', 'disable', '--help'], 'Usage: tierwise tier disable [options] <id>'],
    ['a group of commands', ['tier', '-h'], 'Usage: tierwise tier [options] [command]'],
    ['a command with arguments', ['check', 'x.yaml', '--help'], 'Usage: tierwise check [options]'],
    ['a word for it', ['help', 'check'], 'Usage: tierwise check [options]'],
  ])('explains %s', async (_name, args, usage) => {
    const { code, out, err } = await run(args);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(usage);
  });

  it('repeats nothing of an argument that moves the cursor of a terminal', async () => {
    const { code, err } = await run(['\u001b[2Jreport']);
    expect(code).toBe(1);
    expect(err).toContain('?[2Jreport');
    expect(err).not.toContain('\u001b');
  });

  it('puts one JSON document on stdout and nothing else, read from standard input and written to a pipe', async () => {
    const { code, out, err } = await tierwise(['check', '-', '--json'], {}, aPolicy());
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(out)).toMatchObject({ ok: true, file: '-', policy: 'desk' });
  });

  it('does not mind a reader that has seen enough', async () => {
    const command = resolve(import.meta.dirname, '../../dist/bin/tierwise.mjs');
    const child = spawn(process.execPath, [command, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect([code, err]).toEqual([0, '']);
  });

  it('takes the blame for what the user cannot mend, and tells where to look further', async () => {
    const failing = async (args: readonly string[], environment = {}): Promise<unknown[]> => {
      const printed = { out: [] as string[], err: [] as string[] };
      const code = await runTierwise(args, {
        out: (line) => printed.out.push(line),
        err: (line) => printed.err.push(line),
        readStdin: () => Promise.reject(new Error('the disk is on fire')),
        environment,
      });
      return [code, printed.out, printed.err];
    };
    const hint = 'Set TIERWISE_DEBUG=1 to see where.';
    expect(await failing(['check', '-'])).toEqual([2, [], ['tierwise failed: the disk is on fire', hint]]);
    const document = '{"ok":false,"error":"the disk is on fire"}';
    expect(await failing(['check', '-', '--json'])).toEqual([2, [document], [hint]]);
    const traced = await failing(['check', '-', '--json'], { TIERWISE_DEBUG: '1' });
    expect(traced).toEqual([2, [document], [expect.stringContaining('tierwise.test.ts')]]);
  });

  it.each([
    ['without a region', {}, 'needs a region; set AWS_REGION'],
    ['without credentials', { AWS_REGION: 'eu-central-1' }, 'cannot be asked without AWS credentials'],
    [
      'that cannot be reached',
      { AWS_REGION: 'x', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
      'cannot be reached: connect ECONNREFUSED',
    ],
  ])('says what to change about a DynamoDB %s', async (_name, variables, message) => {
    // No machine of the cloud is asked for what the environment does not say.
    const { code, out, err } = await tierwise(['history', '--store', 'dynamodb'], {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      ...variables,
    });
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(`DynamoDB (tables tierwise-*) ${message}`);
  });
});
