import { describe, expect, it } from 'vitest';
import { aBody } from '../../builders';
import { answering } from '../../fixtures/hosts/script';
import type { ProviderBench } from './bench';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export function requestsContract(bench: ProviderBench): void {
  const { harness, hostWith, callTo, ask, seenCall } = bench;

  describe('requests', () => {
    it('sends system text, turns, limits and sampling', async () => {
      const seen = await seenCall({
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'One?' },
          { role: 'user', content: [{ type: 'text', text: 'Two?' }] },
          { role: 'assistant', content: 'Yes.' },
          { role: 'user', content: 'Three?' },
        ],
        max_tokens: 17,
        temperature: 0.3,
        top_p: 0.9,
        stop: ['END', 'STOP'],
      });
      expect(seen).toMatchObject({
        system: 'Be brief.',
        turns: [
          { role: 'user', blocks: [{ text: 'One?' }, { text: 'Two?' }] },
          { role: 'assistant', blocks: [{ text: 'Yes.' }] },
          { role: 'user', blocks: [{ text: 'Three?' }] },
        ],
        maxTokens: 17,
        temperature: 0.3,
        topP: 0.9,
        stop: ['END', 'STOP'],
      });
    });

    it('sends max_completion_tokens as the limit', async () => {
      expect((await seenCall({ max_completion_tokens: 23 })).maxTokens).toBe(23);
    });

    it('sends images in the body, and addresses where the dialect takes them', async () => {
      const data = `data:image/png;base64,${PIXEL}`;
      const address = 'https://example.com/cat.png';
      const urls = harness.imageAddresses ? [data, address] : [data];
      const parts = urls.map((url) => ({ type: 'image_url', image_url: { url } }) as const);
      const body = {
        messages: [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }, ...parts] }],
      } as const;
      expect(harness.provider.unsupported(aBody(body), harness.tierAt('http://127.0.0.1:9'))).toEqual([]);
      const seen = await seenCall(body);
      expect(seen.turns[0]?.blocks).toEqual([{ text: 'What is it?' }, ...urls.map((image) => ({ image }))]);
    });

    it('sends a JSON schema to answer in', async () => {
      const schema = { type: 'object', properties: { label: { type: 'string' } }, additionalProperties: false };
      const seen = await seenCall({
        response_format: { type: 'json_schema', json_schema: { name: 'label', schema, strict: true } },
      });
      expect(seen.schema).toEqual(schema);
    });

    it('sends the headers of the tier', async () => {
      const host = await hostWith([answering({ text: 'Yes.' })]);
      const tier = harness.tierAt(host.url, { headers: { 'X-Team': 'support' } });
      await ask('complete', callTo(host.url, {}, { tier }));
      await ask('stream', callTo(host.url, {}, { tier }));
      expect(host.seen.map(({ headers }) => headers['x-team'])).toEqual(['support', 'support']);
    });
  });
}
