import { describe, expect, it } from 'vitest';
import { metricsUrl } from '../../../../lambda/router/health/load-poller';
import { readLoad } from '../../../../lambda/router/health/load-reading';
import { aTier } from '../../../builders';

const VLLM = `# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="meta-llama/Llama-3.1-8B-Instruct"} 12.0
vllm:num_requests_running{engine="1",model_name="meta-llama/Llama-3.1-8B-Instruct"} 3.0
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{engine="0",model_name="meta-llama/Llama-3.1-8B-Instruct"} 4.0
vllm:num_requests_waiting{engine="1",model_name="meta-llama/Llama-3.1-8B-Instruct"} 0.0
# TYPE vllm:num_requests_waiting_by_reason gauge
vllm:num_requests_waiting_by_reason{engine="0",reason="capacity"} 3.0
vllm:num_requests_waiting_by_reason{engine="0",reason="deferred"} 1.0
# TYPE vllm:kv_cache_usage_perc gauge
vllm:kv_cache_usage_perc{engine="0"} 0.4375
vllm:kv_cache_usage_perc{engine="1"} 0.25
# TYPE vllm:request_queue_time_seconds histogram
vllm:request_queue_time_seconds_bucket{le="0.3"} 100.0
vllm:request_success_total{finished_reason="stop"} 5000.0
`;

describe('the load of a host', () => {
  it.each<[string, string, ReturnType<typeof readLoad>]>([
    ['of vLLM, summed over its engines', VLLM, { waiting: 4, running: 15, cacheUsage: 0.4375 }],
    [
      'of an older vLLM, with carriage returns and times',
      'vllm:num_requests_running 2 1700000000000\r\nvllm:num_requests_waiting 1\r\nvllm:gpu_cache_usage_perc 0.5\r\n',
      { running: 2, waiting: 1, cacheUsage: 0.5 },
    ],
    [
      'of a vLLM that tells who waits by reason alone',
      'vllm:num_requests_running 2\nvllm:num_requests_waiting_by_reason{reason="a"} 1\nvllm:num_requests_waiting_by_reason{reason="b"} 2\n',
      { running: 2, waiting: 3 },
    ],
    ['under names that a collector rewrote', 'vllm_num_requests_waiting 7\n', { waiting: 7 }],
    ['with labels that hold braces', 'vllm:num_requests_waiting{model_name="a}\\"b{"} 7\n', { waiting: 7 }],
    [
      'of SGLang',
      'sglang:num_running_reqs{m="x"} 8\nsglang:num_queue_reqs{m="x"} 4\nsglang:token_usage{m="x"} 0.28\n',
      { running: 8, waiting: 4, cacheUsage: 0.28 },
    ],
    ['of TGI', 'tgi_queue_size 3\ntgi_batch_current_size 5\n', { waiting: 3, running: 5 }],
    ['of llama.cpp', 'llamacpp:requests_processing 1\nllamacpp:requests_deferred 0\n', { running: 1, waiting: 0 }],
    ['as one number', '{"server_load": 9}', { underWay: 9 }],
    ['where some of it is no number', 'vllm:num_requests_waiting NaN\nvllm:num_requests_running 2\n', { running: 2 }],
    ['of other metrics', 'process_cpu_seconds_total 5\n', undefined],
    ['of other JSON', '{"status": "ok"}', undefined],
    ['of broken JSON', '{"server_load": ', undefined],
    ['of nothing', '', undefined],
  ])('%s', (_, text, load) => {
    expect(readLoad(text)).toEqual(load);
  });

  it('is read from the origin of the tier, and from nowhere else', () => {
    const urlOf = (metrics: string, baseUrl = 'https://vllm.internal:8000/v1') =>
      metricsUrl(aTier({ id: 'tier', baseUrl, queue: { metrics } }));
    expect(urlOf('/metrics')).toBe('https://vllm.internal:8000/metrics');
    expect(urlOf('load')).toBe('https://vllm.internal:8000/load');
    expect(urlOf('https://elsewhere.example/metrics')).toBeUndefined();
    expect(urlOf('//elsewhere.example/metrics')).toBeUndefined();
    expect(metricsUrl(aTier({ id: 'tier' }))).toBeUndefined();
  });
});
