/** What a tier's host tells of its load. */
export interface LoadReading {
  readonly waiting?: number;
  readonly running?: number;
  /** Waiting and running together, of a host that tells no more. */
  readonly underWay?: number;
  /** Share of the key-value cache in use, 0 to 1; the fullest where there are several. */
  readonly cacheUsage?: number;
}

type Gauge = 'waiting' | 'waitingByReason' | 'running' | 'cacheUsage';

/** Names with `_` for `:`, as some collectors rewrite them: vLLM, SGLang, TGI, llama.cpp. */
const GAUGES: Readonly<Record<string, Gauge>> = {
  vllm_num_requests_waiting: 'waiting',
  vllm_num_requests_waiting_by_reason: 'waitingByReason',
  vllm_num_requests_running: 'running',
  vllm_kv_cache_usage_perc: 'cacheUsage',
  vllm_gpu_cache_usage_perc: 'cacheUsage',
  sglang_num_queue_reqs: 'waiting',
  sglang_num_running_reqs: 'running',
  sglang_token_usage: 'cacheUsage',
  tgi_queue_size: 'waiting',
  tgi_batch_current_size: 'running',
  llamacpp_requests_deferred: 'waiting',
  llamacpp_requests_processing: 'running',
};

const NAMES = Object.keys(GAUGES).map((name) => name.replace(/^(vllm|sglang|llamacpp)_/, '$1[:_]'));
/** Of a line: name, labels, value. Whole pages of other metrics are passed over by the engine of the expression. */
const SAMPLE = new RegExp(`^(${NAMES.join('|')})(?:\\{[^\\n]*\\})?[ \\t]+(\\S+)`, 'gm');

/**
 * Reads Prometheus text, or the JSON of vLLM's `/load`. Engines and models of one host are added up. Undefined where it
 * tells neither who waits nor who runs.
 */
export function readLoad(text: string): LoadReading | undefined {
  return text.trimStart().startsWith('{') ? readServerLoad(text) : readPrometheus(text);
}

function readServerLoad(text: string): LoadReading | undefined {
  try {
    const told = JSON.parse(text) as { readonly server_load?: unknown };
    const underWay = told.server_load;
    return typeof underWay === 'number' && underWay >= 0 ? { underWay } : undefined;
  } catch {
    return undefined;
  }
}

function readPrometheus(text: string): LoadReading | undefined {
  const sums: Partial<Record<Gauge, number>> = {};
  for (const [, name = '', written] of text.matchAll(SAMPLE)) {
    const gauge = GAUGES[name.replace(':', '_')] as Gauge;
    const value = Number(written);
    if (!Number.isFinite(value) || value < 0) continue;
    const before = sums[gauge] ?? 0;
    sums[gauge] = gauge === 'cacheUsage' ? Math.max(before, value) : before + value;
  }
  const { running, cacheUsage } = sums;
  const waiting = sums.waiting ?? sums.waitingByReason;
  if (waiting === undefined && running === undefined) return undefined;
  return {
    ...(waiting !== undefined && { waiting }),
    ...(running !== undefined && { running }),
    ...(cacheUsage !== undefined && { cacheUsage }),
  };
}
