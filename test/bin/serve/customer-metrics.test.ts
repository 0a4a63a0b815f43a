import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeyFile } from '../../../bin/commands/key/key-file';
import { registerServe } from '../../../bin/commands/serve';
import { newKey } from '../../../lambda/router/access/new-key';
import { LIST_PRICES } from '../../../lib/constructs/watch/own-prices';
import { CUSTOMER_SIGNALS } from '../../../lib/core/telemetry/signals';
import type { Host } from '../../fixtures/hosts/host';
import { startOpenAiHost } from '../../fixtures/hosts/openai-host';
import { answering } from '../../fixtures/hosts/script';
import { startServedProcess } from '../../lambda/router/secrecy/served-process';
import { aPolicy } from '../a-policy';
import { scratch, tierwise } from '../command-line';
import { runCommand } from '../run-command';

const folder = scratch();
const HELLO = [{ role: 'user' as const, content: 'Which label?' }];
let host: Host;
let policy: string[];

beforeAll(async () => {
  host = await startOpenAiHost(() => answering({ text: 'billing' }));
  policy = ['--policy', folder.file('policy.yaml', aPolicy().replace(`\${SMALL_URL}`, `${host.url}/v1`))];
});
afterAll(async () => {
  await host.close();
  folder.remove();
});

interface Line {
  readonly _aws: { readonly CloudWatchMetrics: readonly { readonly Dimensions: readonly string[][] }[] };
  readonly [member: string]: unknown;
}

/** Serves two requests, and gives the lines that are about customers. */
async function customersIn(args: readonly string[], apiKey: string): Promise<Line[]> {
  const server = await startServedProcess([...policy, '--metrics', ...args], {});
  const defaultHeaders = { 'x-tierwise-customer': 'whoever' };
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey, maxRetries: 0, defaultHeaders });
  for (const model of ['auto', 'auto:triage']) await client.chat.completions.create({ model, messages: HELLO });
  await server.stop();
  const lines = server.out().split('\n');
  const metrics = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line);
  expect(metrics.filter(({ requestId }) => requestId !== undefined).length).toBeGreaterThanOrEqual(2);
  return metrics.filter(({ Customer }) => Customer !== undefined);
}

describe('serve --customer-metrics', () => {
  it('prints the metrics of the customer whose key it is, whoever the caller says to be', async () => {
    const keys = join(folder.path, 'keys');
    const { record, secret } = newKey({ customer: 'acme', operator: false }, Date.now());
    await openKeyFile(keys).add(record);
    const lines = await customersIn(['--customer-metrics', '--keys', keys], secret);
    expect(lines).toMatchObject([
      { Customer: 'acme', Router: 'tierwise', Requests: 1, Refusals: 0 },
      { Customer: 'acme', Router: 'tierwise', Requests: 1, Refusals: 0 },
    ]);
    for (const { _aws } of lines)
      expect(_aws.CloudWatchMetrics).toMatchObject([{ Dimensions: [['Router', 'Customer']] }]);
    expect(await customersIn(['--keys', keys], secret)).toEqual([]);
  }, 60_000);

  it('prints none where callers need no key', async () => {
    expect(await customersIn(['--customer-metrics'], 'unused')).toEqual([]);
  }, 60_000);

  it('is of no use without --metrics, and says so', async () => {
    const { error } = await runCommand(registerServe, ['serve', ...policy, '--customer-metrics'], {
      SMALL_URL: 'http://127.0.0.1:1/v1',
    });
    expect(error?.message).toContain('give both');
  });

  it('says what it tells and what that costs', async () => {
    const { out } = await tierwise(['serve', '--help']);
    expect(out).toContain(`tells ${CUSTOMER_SIGNALS.map(({ name }) => name).join(', ')}.`);
    expect(out).toContain(`USD ${LIST_PRICES.metricMonth.toFixed(2)} a month`);
  });
});
