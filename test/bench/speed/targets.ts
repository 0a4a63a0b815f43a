import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMAND, type Server, startServer } from './processes';

export interface Target {
  readonly name: 'direct' | 'floor' | 'tierwise';
  readonly server: Server;
}

export interface Targets {
  readonly all: readonly Target[];
  stop(): void;
}

function tier(server: Server, model: string): object {
  return {
    provider: 'openai-compatible',
    baseUrl: `http://127.0.0.1:${server.port}/v1`,
    model,
    location: 'vpc',
    contextWindow: 131_072,
    capabilities: ['tools', 'json_schema'],
    price: { input: 0.05, output: 0.1 },
    retries: 0,
  };
}

/** Two tiers, two rules that are read and do not fit, and no check that would hold an answer back. */
function policy(upstreamA: Server, upstreamB: Server): object {
  const rules = [
    { when: { userTiers: ['gold'] }, tier: 'large' },
    { when: { keywords: ['lawsuit', 'legal action'], tokensAbove: 100_000 }, tier: 'large' },
  ];
  const open = {
    owner: 'bench',
    audit: { inputs: 'anything', acceptable: 'anything', consequence: 'low' },
    route: 'static',
    ladder: ['small', 'large'],
    strategy: ['rules'],
    rules,
    oracle: [{ kind: 'length', min: 1 }],
  };
  const tiers = { small: tier(upstreamA, 'small'), large: tier(upstreamB, 'large') };
  return {
    schema: 1,
    control: { share: 0 },
    policy: 'bench',
    owner: 'bench',
    tiers,
    tasks: { open },
    default: { task: 'open' },
  };
}

/** The model server itself, the bare proxy before it, and the router before it and another one. */
export async function startTargets(): Promise<Targets> {
  const folder = mkdtempSync(join(tmpdir(), 'tierwise-bench-'));
  const servers: Server[] = [];
  const started = async (file: string, args: readonly string[]): Promise<Server> => {
    const server = await startServer(file, args);
    servers.push(server);
    return server;
  };
  const stop = (): void => {
    for (const server of servers) server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const upstreamA = await started('upstream.mjs', ['A']);
    const upstreamB = await started('upstream.mjs', ['B']);
    const file = join(folder, 'policy.json');
    writeFileSync(file, JSON.stringify(policy(upstreamA, upstreamB)));
    const floor = await started('proxy.mjs', [`http://127.0.0.1:${upstreamA.port}`]);
    const tierwise = await started(COMMAND, ['serve', '--policy', file, '--port', '0']);
    const all: Target[] = [
      { name: 'direct', server: upstreamA },
      { name: 'floor', server: floor },
      { name: 'tierwise', server: tierwise },
    ];
    return { all, stop };
  } catch (error) {
    stop();
    throw error;
  }
}
