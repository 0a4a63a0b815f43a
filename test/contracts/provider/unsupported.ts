import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatBody } from '../../../lib/core/types-chat';
import { aBody } from '../../builders';
import { answering, type SeenRequest } from '../../fixtures/hosts/script';
import type { SeenCall } from '../../fixtures/hosts/seen-call';
import type { ProviderBench } from './bench';
import { WEATHER } from './tool-definitions';

export function unsupportedContract(bench: ProviderBench): void {
  const { harness, hostWith, callTo } = bench;

  describe('what it cannot honour', () => {
    const ADVISORY = ['user', 'store', 'metadata', 'service_tier', 'prompt_cache_key', 'safety_identifier'];

    const unsupported = (body: Partial<ChatBody>) =>
      harness.provider.unsupported(aBody(body), harness.tierAt('http://127.0.0.1:9'));

    it('names nothing of a body that asks for nothing special', () => {
      const plain = {
        n: 1,
        frequency_penalty: 0,
        presence_penalty: 0,
        logprobs: false,
        logit_bias: null,
        seed: null,
      };
      expect(unsupported({ ...plain, stream: true, stream_options: { include_usage: true } })).toEqual([]);
      expect(unsupported(Object.fromEntries(ADVISORY.map((field) => [field, 'x'])) as Partial<ChatBody>)).toEqual([]);
    });

    it('names a field or sends it, for every body', async () => {
      let last: SeenRequest | undefined;
      const host = await hostWith((seen) => {
        last = seen;
        return answering({ text: 'Yes.' });
      });
      const arbitrary: fc.Arbitrary<Partial<ChatBody>> = fc.record(
        {
          temperature: fc.double({ min: 0, max: 2, noNaN: true }),
          top_p: fc.double({ min: 0.01, max: 1, noNaN: true }),
          max_tokens: fc.integer({ min: 1, max: 4000 }),
          stop: fc.array(fc.string({ minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
          tools: fc.constant([WEATHER]),
          tool_choice: fc.constantFrom('none' as const, 'auto' as const, 'required' as const),
          parallel_tool_calls: fc.boolean(),
          response_format: fc.constantFrom(
            { type: 'text' as const },
            { type: 'json_object' as const },
            { type: 'json_schema' as const, json_schema: { name: 'any', schema: { type: 'object' } } },
          ),
          seed: fc.integer(),
          n: fc.integer({ min: 1, max: 3 }),
          logprobs: fc.boolean(),
          frequency_penalty: fc.constantFrom(0, 0.5),
          reasoning_effort: fc.constantFrom('low', 'high'),
          user: fc.string(),
          unheard_of: fc.jsonValue(),
        },
        { requiredKeys: [] },
      );
      await fc.assert(
        fc.asyncProperty(arbitrary, async (body) => {
          const named = unsupported(body);
          await harness.provider.complete(callTo(host.url, body));
          const seen = harness.read(last as SeenRequest);
          for (const field of Object.keys(body)) {
            const value = body[field];
            const silent = named.includes(field) || ADVISORY.includes(field) || value === null;
            expect(silent || arrived(field, body, seen, last as SeenRequest), field).toBe(true);
          }
        }),
        { numRuns: 60 },
      );
    });

    function arrived(field: string, body: Partial<ChatBody>, seen: SeenCall, { body: wire }: SeenRequest): boolean {
      const value = body[field];
      if (harness.passesUnknownFields && field !== 'tools')
        return JSON.stringify(wire[field]) === JSON.stringify(value);
      switch (field) {
        case 'temperature':
          return seen.temperature === value;
        case 'top_p':
          return seen.topP === value;
        case 'max_tokens':
          return seen.maxTokens === value;
        case 'stop':
          return JSON.stringify(seen.stop) === JSON.stringify(value);
        case 'tools':
          return seen.tools.length === body.tools?.length;
        // Without tools there is nothing to choose.
        case 'tool_choice':
          return seen.toolChoice === value || (!body.tools && value !== 'required') || seen.tools.length === 0;
        case 'parallel_tool_calls':
          return value === true || !body.tools || seen.oneToolAtATime || seen.toolChoice === 'none';
        case 'response_format':
          return body.response_format?.type === 'text' || seen.schema !== undefined;
        case 'n':
          return value === 1;
        case 'logprobs':
          return value === false;
        case 'frequency_penalty':
          return value === 0;
        default:
          return false;
      }
    }
  });
}
