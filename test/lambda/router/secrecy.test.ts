import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeyFile } from '../../../bin/commands/key/key-file';
import { newKey } from '../../../lambda/router/access/new-key';
import { scratch } from '../../bin/command-line';
import { startAnthropicHost } from '../../fixtures/hosts/anthropic-host';
import { startBedrockHost } from '../../fixtures/hosts/bedrock-host';
import type { Host } from '../../fixtures/hosts/host';
import { startOpenAiHost } from '../../fixtures/hosts/openai-host';
import { DEEDS, reply } from './secrecy/deeds';
import { ODD_REQUESTS } from './secrecy/odd-requests';
import { bodyOf, MARKERS, PLANTED } from './secrecy/planted';
import { ORACLES, PROVIDERS, policyOf, TIERS } from './secrecy/policy';
import { type ServedProcess, startServedProcess } from './secrecy/served-process';

const folder = scratch();
const storeFolder = join(folder.path, 'store');

interface Leak {
  readonly where: string;
  readonly marker: string;
}

function told(leaks: readonly Leak[]): string[] {
  return leaks.map(({ where, marker }) => `${marker} in the ${where}`);
}

describe('what somebody has said or is trusted with', () => {
  const leaks: Leak[] = [];
  let hosts: Host[] = [];
  let server: ServedProcess;
  let key = '';
  let refused = 0;

  beforeAll(async () => {
    hosts = await Promise.all([startOpenAiHost(reply), startAnthropicHost(reply), startBedrockHost(reply)]);
    const keyFile = join(folder.path, 'keys');
    const { record, secret } = newKey({ customer: 'acme', operator: false }, Date.now());
    await openKeyFile(keyFile).add(record);
    key = secret;
    const args = ['--policy', folder.file('policy.json', policyOf(hosts)), '--store', storeFolder, '--keys', keyFile];
    const variables = { TIER_KEY: MARKERS.tierKey, TIER_HEADER: MARKERS.tierHeader };
    server = await startServedProcess([...args, '--metrics'], variables);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(hosts.map((host) => host.close()));
    folder.remove();
  });

  function look(where: string, text: string): void {
    for (const marker of new Set(text.match(PLANTED) ?? [])) leaks.push({ where, marker });
    if (text.includes(key)) leaks.push({ where, marker: 'the caller’s key' });
  }

  /** Sends it, and looks through what comes back that is not itself an answer. */
  async function ask(name: string, body: string, headers: object = {}, path = '/v1/chat/completions'): Promise<void> {
    const response = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, cookie: MARKERS.callerHeader, ...headers },
      body,
    });
    look(`headers of ${name}`, JSON.stringify([...response.headers]));
    const text = await response.text().catch(() => '');
    if (response.status !== 200) refused += 1;
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
    const errors = isStream ? text.split('\n').filter((line) => line.startsWith('data: {"error"')) : [text];
    if (response.status !== 200 || isStream) for (const one of errors) look(`error of ${name}`, one);
  }

  it.each(Object.keys(DEEDS))('stays secret where a host %s', async (deed) => {
    const asked = PROVIDERS.flatMap((provider) =>
      [false, true].map((stream) => {
        const model = `tier:${TIERS[provider]}`;
        const body = JSON.stringify(bodyOf(deed, { model, stream }));
        return ask(`${deed}, ${provider}${stream ? ', streamed' : ''}`, body);
      }),
    );
    await Promise.all(asked);
    expect(told(leaks.splice(0))).toEqual([]);
  });

  it.each(Object.keys(ORACLES))('stays secret where the check %s fails', async (oracle) => {
    const asked = ['low', 'high'].flatMap((consequence) =>
      [false, true].map((stream) => {
        const model = `auto:${oracle}-${consequence}`;
        const { tools: _tools, ...body } = bodyOf('answers', { model, stream }) as { tools: unknown };
        return ask(`${oracle}, ${consequence}`, JSON.stringify(body));
      }),
    );
    await Promise.all(asked);
    expect(told(leaks.splice(0))).toEqual([]);
  });

  it.each(ODD_REQUESTS)('stays secret where a request $name', async ({ name, body, headers, path }) => {
    await ask(name, body, headers, path);
    expect(told(leaks.splice(0))).toEqual([]);
  });

  it('stays secret where a caller leaves', async () => {
    const leaving = ['stalls', 'is-silent'].map(async (deed) => {
      const left = new AbortController();
      const body = JSON.stringify(bodyOf(deed, { model: 'tier:open', stream: true }));
      const init = { method: 'POST', headers: { authorization: `Bearer ${key}` }, body, signal: left.signal };
      setTimeout(() => left.abort(), 100);
      await fetch(`${server.url}/v1/chat/completions`, init)
        .then(
          (response) => response.text(),
          () => '',
        )
        .catch(() => '');
    });
    await Promise.all(leaving);
  });

  it('and is in no line of the log, and in no record, once all is over', async () => {
    expect(await server.stop()).toBe(0);
    look('standard error', server.err());
    look('standard output', server.out());
    const files = filesIn(storeFolder);
    for (const file of files) look(`store ${file.slice(storeFolder.length)}`, readFileSync(file, 'utf8'));
    expect(told(leaks)).toEqual([]);
    // It was looked for where it could have been: there are lines and records, and the hosts saw all of it.
    expect(server.out()).toContain('_aws');
    expect(files.length).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(100);
    const seen = JSON.stringify(hosts[0]?.seen);
    for (const marker of JSON.stringify(MARKERS).match(PLANTED) ?? []) {
      if (marker.includes('answer') || marker.includes('cookie')) continue;
      expect(seen).toContain(marker);
    }
  });
});

function filesIn(path: string): string[] {
  return readdirSync(path)
    .map((name) => join(path, name))
    .flatMap((one) => (statSync(one).isDirectory() ? filesIn(one) : [one]));
}
