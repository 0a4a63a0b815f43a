import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../bin/commands/command';
import { scratch } from '../command-line';
import { aCorpus, aPolicyText, sorting } from './a-corpus';
import { type FakeHost, fakeHost } from './fake-host';
import { profile } from './run-profile';

const folder = scratch();
const hosts: FakeHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});
afterAll(() => folder.remove());

let runs = 0;

async function inputs(edit: (text: string) => string = (text) => text): Promise<{ args: string[]; host: FakeHost }> {
  const host = await fakeHost(sorting);
  hosts.push(host);
  runs += 1;
  const policy = folder.file(`policy-${runs}.yaml`, edit(aPolicyText(host.baseUrl)));
  const corpus = folder.file(`c-${runs}.jsonl`, aCorpus(60));
  const out = `${folder.path}/out-${runs}`;
  return {
    args: ['--policy', policy, '--corpus', corpus, '--out', out, '--tiers', 'large', '--concurrency', '1'],
    host,
  };
}

/** A call costs some 0.0012 USD and may cost 0.02 and more. */
describe('a cap that has no room', () => {
  it('says for which call, what that may cost at worst and why, and which cap would let it', async () => {
    const { args, host } = await inputs();
    const { error } = await profile([...args, '--max-cost', '0.02']);
    expect(error).toBeInstanceOf(UserError);
    const { message, details } = error as UserError;
    expect(message).toMatch(
      /^--max-cost 0\.02: the cap has no room for another call\. The next one, to large on task sort, may cost \$0\.02\d+, since an answer may have 1,000 tokens \(maxOutputTokens\); going by what such calls have cost, or are expected to, \$0\.00\d+ is set aside for it\. The least --max-cost that lets it is 0\.02\d*\. What was answered is kept in /,
    );
    const least = details.leastMaxCost as number;
    expect(least).toBeGreaterThan(0.02);
    const asked = host.asked.length;
    const again = await profile([...args, '--resume', '--max-cost', String(least)]);
    expect(again.error).toBeInstanceOf(UserError);
    expect(host.asked.length).toBeGreaterThan(asked);
  });

  it('says that a tier has no limit on its answers', async () => {
    const { args } = await inputs((text) => text.replaceAll('maxOutputTokens: 1000, ', ''));
    const { error } = await profile([...args, '--max-cost', '0.0000001']);
    expect(String(error)).toContain(
      'since large has no maxOutputTokens and an answer may fill its window of 32,768 tokens; going by',
    );
  });
});
