/** What comes in, at random: requests, policies and hosts' answers. Any fault of the router ends it with the input. */

import { fuzzPolicies, fuzzRequests } from '../fuzz/fuzz';
import { fuzzHosts } from '../fuzz/fuzz-hosts';
import type { Bench, BenchOptions, BenchReport } from './bench';

const FULL = { requests: 80_000, hosts: 15_000, policies: 5000 };
const QUICK = { requests: 8000, hosts: 1500, policies: 500 };

async function run({ quick, progress }: BenchOptions): Promise<BenchReport> {
  const runs = quick ? QUICK : FULL;
  // Other inputs each time: the tests have the same ones every time.
  const seed = Date.now() % 2 ** 31;
  const rejected: unknown[] = [];
  const onRejection = (error: unknown): void => void rejected.push(error);
  process.on('unhandledRejection', onRejection);
  progress(`fuzz: seed ${seed}, ${runs.requests} requests`);
  const requests = await fuzzRequests({ runs: runs.requests, seed });
  progress(`fuzz: ${runs.hosts} answers of hosts`);
  const hosts = await fuzzHosts({ runs: runs.hosts, seed });
  progress(`fuzz: ${runs.policies} policies`);
  const policies = await fuzzPolicies({ runs: runs.policies, seed });
  process.off('unhandledRejection', onRejection);
  if (rejected.length > 0) throw new Error(`${rejected.length} rejections that nobody handled: ${rejected[0]}`);
  return {
    result: { seed, requests, hosts, policies },
    table: [
      ['', 'inputs', 'came to'],
      ['requests', String(runs.requests), JSON.stringify(requests)],
      ['answers of hosts', String(runs.hosts), JSON.stringify(hosts)],
      ['policies', String(runs.policies), JSON.stringify(policies)],
    ],
    notes: ['No 500, no rejection that nobody handled, every answer one of the contract.'],
  };
}

export const fuzz: Bench = {
  name: 'fuzz',
  about: 'random requests, policies and answers of hosts: no fault of the router',
  run,
};
