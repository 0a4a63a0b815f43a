import { Duration } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import {
  type CommandLineOptions,
  commandLineOf,
  requireForeignFlags,
} from '../../../../lib/constructs/tiers/vllm/command-line';

const OPTIONS: CommandLineOptions = {
  weights: ['--model', 's3://weights/llama/1/'],
  servedNames: ['llama', 'llama@1'],
  gpus: 4,
  contextWindow: 32_768,
  gpuMemoryUtilization: 0.9,
  maxRunning: 64,
  maxWaiting: 32,
  shutdownTimeout: Duration.seconds(120),
  adapters: [],
  maxAdapterRank: 16,
  extraArguments: [],
};

/** What stands after a flag, up to the next. */
function valuesOf(flag: string, options: Partial<CommandLineOptions> = {}): string[] | undefined {
  const words = commandLineOf({ ...OPTIONS, ...options });
  const start = words.indexOf(flag);
  if (start < 0) return undefined;
  const rest = words.slice(start + 1);
  const end = rest.findIndex((word) => word.startsWith('--'));
  return end < 0 ? rest : rest.slice(0, end);
}

describe('commandLineOf', () => {
  it.each([
    ['--model', ['s3://weights/llama/1/']],
    ['--served-model-name', ['llama', 'llama@1']],
    ['--host', ['0.0.0.0']],
    ['--port', ['8000']],
    ['--tensor-parallel-size', ['4']],
    ['--max-model-len', ['32768']],
    ['--gpu-memory-utilization', ['0.9']],
    ['--max-num-seqs', ['64']],
    ['--shutdown-timeout', ['120']],
    ['--enable-server-load-tracking', []],
    ['--enable-prompt-tokens-details', []],
  ])('sets %s', (flag, values) => {
    expect(valuesOf(flag)).toEqual(values);
  });

  it('bounds what runs and waits together, as vLLM counts it', () => {
    expect(valuesOf('--max-num-queued-reqs')).toEqual(['96']);
  });

  it.each(['--max-num-queued-tokens', '--enable-lora', '--tool-call-parser', '--reasoning-parser'])(
    'leaves out %s when it is not asked for',
    (flag) => {
      expect(valuesOf(flag)).toBeUndefined();
    },
  );

  it('bounds waiting tokens', () => {
    expect(valuesOf('--max-num-queued-tokens', { maxQueuedTokens: 200_000 })).toEqual(['200000']);
  });

  it('serves adapters, all of them at the same time', () => {
    const adapters = ['support=/adapters/support', 'legal=org/legal'];
    expect(valuesOf('--lora-modules', { adapters })).toEqual(adapters);
    expect(valuesOf('--max-loras', { adapters })).toEqual(['2']);
    expect(valuesOf('--max-lora-rank', { adapters, maxAdapterRank: 64 })).toEqual(['64']);
    expect(valuesOf('--enable-lora', { adapters })).toEqual([]);
  });

  it('finds tool calls and reasoning', () => {
    expect(valuesOf('--tool-call-parser', { toolCallParser: 'hermes' })).toEqual(['hermes']);
    expect(valuesOf('--enable-auto-tool-choice', { toolCallParser: 'hermes' })).toEqual([]);
    expect(valuesOf('--reasoning-parser', { reasoningParser: 'deepseek_r1' })).toEqual(['deepseek_r1']);
  });

  it('ends with what the user adds', () => {
    expect(commandLineOf({ ...OPTIONS, extraArguments: ['--kv-cache-dtype', 'fp8'] }).slice(-2)).toEqual([
      '--kv-cache-dtype',
      'fp8',
    ]);
  });
});

describe('requireForeignFlags', () => {
  it.each([
    ['--shutdown-timeout', 'drainTimeout'],
    ['--max-model-len=8192', 'contextWindow'],
    ['--max_num_seqs', 'maxRunning'],
    ['-tp', 'tensorParallel'],
    ['--load-format', 'weights'],
  ])('refuses %s and names %s', (argument, prop) => {
    expect(() => requireForeignFlags('Tier', ['--enforce-eager', argument])).toThrow(`use ${prop} instead`);
  });

  it.each(['--host', '--port', '--api-key'])('refuses %s, which nothing changes', (argument) => {
    expect(() => requireForeignFlags('Tier', [argument, 'x'])).toThrow('which is fixed');
  });

  it('lets the rest through', () => {
    expect(() => requireForeignFlags('Tier', ['--kv-cache-dtype', 'fp8', '--enforce-eager'])).not.toThrow();
  });
});
