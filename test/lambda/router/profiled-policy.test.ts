import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerPublish } from '../../../bin/commands/publish';
import { createRuntime, type Runtime } from '../../../lambda/router/runtime';
import { type RunningServer, startServer } from '../../../lambda/router/server';
import { openStore } from '../../../lambda/shared/store/open';
import { profiledPolicy } from '../../../lib/core/policy/profiled-policy';
import { runCommand } from '../../bin/run-command';
import type { Host } from '../../fixtures/hosts/host';
import { startOpenAiHost } from '../../fixtures/hosts/openai-host';
import { answering } from '../../fixtures/hosts/script';

const VARIABLES = { LARGE_MODEL: 'large-model' };
const MESSAGES = [{ role: 'user' as const, content: 'Which label?' }];

function policyOf(host: Host): string {
  const tier = (model: string): string =>
    `{ provider: openai-compatible, baseUrl: "${host.url}/v1", model: ${model}, location: vpc, contextWindow: 32768, capabilities: [logprobs], price: { input: 1, output: 2 }, retries: 0 }`;
  return `# what the desk sends where
schema: 1
policy: desk
owner: desk
tiers:
  small: ${tier('small-model')}
  large: ${tier(`"\${LARGE_MODEL}"`)}
tasks:
  triage:
    owner: desk
    audit: { inputs: a mail, acceptable: a label, consequence: low }
    route: direct
    ladder: [small, large]
    start: large  # until it is profiled
    oracle: [{ kind: labels, labels: [billing, bug] }]
  open:
    owner: desk
    audit: { inputs: anything, acceptable: anything, consequence: low }
    route: direct
    ladder: [small, large]
    start: large
    oracle: [{ kind: length, min: 1 }]
default: { task: open }
`;
}

/** What profiling might have found: triage may begin at the small tier where that is sure, open is refused. */
const PROFILE = {
  policy: { version: 'file-1' },
  tasks: {
    triage: {
      certified: { tier: 'small', risk: 0.05, confidence: 0.95, threshold: 0.6 },
      baseline: { escalationRate: 0.1, low: 0.08, high: 0.12, n: 400, profiledAt: '2026-11-22T08:00:00.000Z' },
    },
    open: { certified: { refused: 'too few rows' }, baseline: { escalationRate: 0, n: 20 } },
  },
};

describe('a policy from a profile, published under a running router', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tierwise-profiled-'));
  const warnings: string[] = [];
  let sure = 0.9;
  let host: Host;
  let runtime: Runtime;
  let server: RunningServer;
  let client: OpenAI;

  beforeAll(async () => {
    host = await startOpenAiHost(({ body }) =>
      answering({ text: 'bug', sure: body.model === 'small-model' ? sure : 0.2 }),
    );
    runtime = await createRuntime({
      router: 'test',
      openStore: () => openStore({ kind: 'directory', path: folder }),
      fallback: { text: policyOf(host), file: 'policy.yaml' },
      variables: VARIABLES,
      refreshMs: 20,
      access: { callers: 'trusted' },
      warn: (message) => warnings.push(message),
    });
    server = await startServer({
      app: runtime.app,
      host: '127.0.0.1',
      port: 0,
      maxBodyBytes: () => 1_000_000,
      newRequestId: runtime.newRequestId,
      afterwards: (served) => void runtime.keep(served),
    });
    client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
  });
  afterAll(async () => {
    await server.close(100);
    await runtime.close();
    await host.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function served(task: string): Promise<Record<string, string | null>> {
    const { response } = await client.chat.completions
      .create({ model: `auto:${task}`, messages: MESSAGES })
      .withResponse();
    const names = ['tier', 'reason', 'attempts', 'policy'];
    return Object.fromEntries(names.map((name) => [name, response.headers.get(`x-tierwise-${name}`)]));
  }

  async function publish(text: string): Promise<void> {
    const { error } = await runCommand(registerPublish, ['publish', '-', '--store', folder], VARIABLES, text);
    expect(error).toBeUndefined();
  }

  it('changes where requests begin within a refresh, with no deployment and no restart', async () => {
    expect(await served('triage')).toMatchObject({ tier: 'large', reason: 'start', attempts: '1' });
    await publish(profiledPolicy(policyOf(host), PROFILE, { variables: VARIABLES }));
    await expect.poll(async () => (await served('triage')).policy, { timeout: 10_000 }).toBe('1');
    expect(await served('triage')).toEqual({ tier: 'small', reason: 'start', attempts: '1', policy: '1' });
    expect(await served('open')).toMatchObject({ tier: 'large', policy: '1' });
    expect(warnings).toEqual([]);
  });

  it('sends up what the certified tier is not sure of, and takes what the tier above says however sure it is', async () => {
    sure = 0.3;
    expect(await served('triage')).toMatchObject({ tier: 'large', reason: 'escalated', attempts: '2' });
  });

  it('is valid as it is published, and its certificate stands', async () => {
    const prepared = runtime.policy()?.prepared.policy;
    expect(prepared?.tasks.triage).toMatchObject({
      start: 'small',
      certificate: { tier: 'small', threshold: 0.6, models: { small: 'small-model', large: 'large-model' } },
      baseline: { escalationRate: 0.1, n: 400 },
    });
    expect(prepared?.tasks.open).not.toHaveProperty('certificate');
  });
});
