import type { Duration } from 'aws-cdk-lib';

/** Port of vLLM, and of the load balancer's targets. */
export const VLLM_PORT = 8000;

/** What the command line of `vllm serve` is made of. */
export interface CommandLineOptions {
  /** Arguments that name the weights and how to load them. */
  readonly weights: string[];
  /** Names the model answers to. Answers carry the first. */
  readonly servedNames: string[];
  readonly gpus: number;
  readonly contextWindow: number;
  readonly gpuMemoryUtilization: number;
  readonly maxRunning: number;
  readonly maxWaiting: number;
  readonly maxQueuedTokens?: number;
  readonly shutdownTimeout: Duration;
  /** `name=path` for each adapter. */
  readonly adapters: string[];
  readonly maxAdapterRank: number;
  readonly toolCallParser?: string;
  readonly reasoningParser?: string;
  readonly extraArguments: string[];
}

export function commandLineOf(options: CommandLineOptions): string[] {
  return [
    ...options.weights,
    ...['--served-model-name', ...options.servedNames],
    ...['--host', '0.0.0.0'],
    ...['--port', `${VLLM_PORT}`],
    ...['--tensor-parallel-size', `${options.gpus}`],
    ...['--max-model-len', `${options.contextWindow}`],
    ...['--gpu-memory-utilization', `${options.gpuMemoryUtilization}`],
    ...queueArguments(options),
    '--enable-server-load-tracking',
    '--enable-prompt-tokens-details',
    '--disable-fastapi-docs',
    ...['--shutdown-timeout', `${options.shutdownTimeout.toSeconds()}`],
    ...adapterArguments(options),
    ...(options.toolCallParser ? ['--enable-auto-tool-choice', '--tool-call-parser', options.toolCallParser] : []),
    ...(options.reasoningParser ? ['--reasoning-parser', options.reasoningParser] : []),
    ...options.extraArguments,
  ];
}

/** Without a bound, vLLM queues without end; with it, it answers 503 and the router goes elsewhere. */
function queueArguments({ maxRunning, maxWaiting, maxQueuedTokens }: CommandLineOptions): string[] {
  return [
    ...['--max-num-seqs', `${maxRunning}`],
    // vLLM counts what runs and what waits together.
    ...['--max-num-queued-reqs', `${maxRunning + maxWaiting}`],
    ...(maxQueuedTokens === undefined ? [] : ['--max-num-queued-tokens', `${maxQueuedTokens}`]),
  ];
}

function adapterArguments({ adapters, maxAdapterRank }: CommandLineOptions): string[] {
  if (adapters.length === 0) return [];
  return [
    '--enable-lora',
    ...['--max-loras', `${adapters.length}`],
    ...['--max-lora-rank', `${maxAdapterRank}`],
    ...['--lora-modules', ...adapters],
  ];
}

/** Flags that the tier sets, and the prop that changes each. */
const OWN_FLAGS: Readonly<Record<string, string>> = {
  '--model': 'weights',
  '--revision': 'weights',
  '--load-format': 'weights',
  '--model-loader-extra-config': 'weights',
  '--served-model-name': 'model and modelVersion',
  '--tensor-parallel-size': 'tensorParallel',
  '-tp': 'tensorParallel',
  '--max-model-len': 'contextWindow',
  '--gpu-memory-utilization': 'gpuMemoryUtilization',
  '--max-num-seqs': 'maxRunning',
  '--max-num-queued-reqs': 'maxWaiting',
  '--max-num-queued-tokens': 'maxQueuedTokens',
  '--shutdown-timeout': 'drainTimeout',
  '--enable-lora': 'adapters',
  '--lora-modules': 'adapters',
  '--max-loras': 'adapters',
  '--max-lora-rank': 'maxAdapterRank',
  '--tool-call-parser': 'toolCallParser',
  '--reasoning-parser': 'reasoningParser',
};

/** Flags that no prop changes, and why. */
const FIXED_FLAGS: Readonly<Record<string, string>> = {
  '--host': 'the load balancer and the metrics agent must reach it',
  '--port': 'the load balancer and the metrics agent must reach it',
  '--api-key': 'it would stand in the task definition for all to read; the security groups admit only the router',
};

/** Refuses extra arguments that would undo what the tier has derived: vLLM takes the last of two. */
export function requireForeignFlags(path: string, extraArguments: string[]): void {
  for (const argument of extraArguments) {
    const flag = (argument.split('=', 1)[0] ?? '').replaceAll('_', '-');
    const prop = OWN_FLAGS[flag];
    if (prop) throw new Error(`${path}: extraArguments sets ${flag}, which the tier sets itself; use ${prop} instead`);
    const reason = FIXED_FLAGS[flag];
    if (reason) throw new Error(`${path}: extraArguments sets ${flag}, which is fixed: ${reason}; leave it out`);
  }
}
