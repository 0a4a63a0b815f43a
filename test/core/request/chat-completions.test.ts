import { describe, expect, it } from 'vitest';
import { parseChatCompletions } from '../../../lib/core/request/chat-completions';
import { CALL, MESSAGES, PLAIN, parsed, policy, refused, SCHEMA_FORMAT, TOOL } from './asking';

describe('a request that is well formed', () => {
  it('becomes the noun, with nothing in it that was not said', () => {
    expect(parsed(PLAIN)).toEqual({
      id: 'req-1',
      caller: {},
      receivedAtMs: 5,
      dialect: 'chat-completions',
      hints: {},
      body: PLAIN,
      needs: [],
      stream: false,
      includeUsage: false,
      choices: 1,
    });
  });

  it('says what the caller set', () => {
    const body = { ...PLAIN, stream: true, stream_options: { include_usage: true }, n: 3, max_tokens: 20 };
    expect(parsed(body)).toMatchObject({ stream: true, includeUsage: true, choices: 3, maxOutputTokens: 20 });
    expect(parsed({ ...body, max_completion_tokens: 40 }).maxOutputTokens).toBe(40);
    expect(parsed({ ...body, max_completion_tokens: null }).maxOutputTokens).toBe(20);
    // Hosts differ in which of the two they go by.
    expect(parsed({ ...body, max_completion_tokens: 4 }).maxOutputTokens).toBe(20);
  });

  it('keeps unknown fields and nulls as they are', () => {
    const body = { ...PLAIN, seed: 7, temperature: null, vendor_thing: { deep: [1, null] }, user: 'u' };
    expect(parsed(body).body).toEqual(body);
  });

  it('takes null for absent wherever a field may be absent', () => {
    const names = ['stream', 'stream_options', 'n', 'temperature', 'top_p', 'max_tokens', 'max_completion_tokens'];
    const more = ['stop', 'tools', 'tool_choice', 'response_format', 'logprobs', 'top_logprobs', 'metadata'];
    const nulls = Object.fromEntries([...names, ...more, 'parallel_tool_calls'].map((name) => [name, null]));
    expect(parsed({ ...PLAIN, ...nulls })).toMatchObject({ choices: 1, stream: false, needs: [], hints: {} });
  });

  it.each<[string, unknown]>([
    ['every role', ['system', 'developer', 'user', 'assistant'].map((role) => ({ role, content: 'hi' }))],
    [
      'tool calls and their results',
      [
        ...MESSAGES,
        { role: 'assistant', content: null, tool_calls: [CALL] },
        { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: 'found' }] },
      ],
    ],
    ['an assistant who said nothing', [...MESSAGES, { role: 'assistant', tool_calls: [] }]],
    [
      'every type of part',
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: '' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail: 'low' } },
            { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
            { type: 'file', file: { file_id: 'f' } },
          ],
        },
        { role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] },
      ],
    ],
  ])('may hold %s', (_, messages) => {
    expect(parsed({ model: 'auto', messages }).body.messages).toEqual(messages);
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ['tools', { tools: [TOOL] }, ['tools']],
    ['tools that may not be called', { tools: [TOOL], tool_choice: 'none' }, []],
    ['no tools', { tools: [] }, []],
    ['earlier tool calls', { messages: [{ role: 'assistant', tool_calls: [CALL] }], tool_choice: 'none' }, ['tools']],
    ['earlier tool results', { messages: [{ role: 'tool', tool_call_id: 'c', content: 'x' }] }, ['tools']],
    ['a schema', { response_format: SCHEMA_FORMAT }, ['json_schema']],
    ['any JSON object', { response_format: { type: 'json_object' } }, []],
    [
      'an image',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'u' } }] }] },
      ['images'],
    ],
    ['logprobs', { logprobs: true, top_logprobs: 5 }, ['logprobs']],
    ['no logprobs', { logprobs: false }, []],
  ])('needs what it asks for: %s', (_, fields, needs) => {
    expect(parsed({ ...PLAIN, ...fields }).needs).toEqual(needs);
  });

  it('keeps the client’s own id where it can be kept', () => {
    expect(parsed(PLAIN, { 'x-request-id': 'mine-1' }).clientRequestId).toBe('mine-1');
    expect(parsed(PLAIN, { 'x-request-id': 'm'.repeat(129) }).clientRequestId).toBeUndefined();
    expect(parsed(PLAIN, { 'x-request-id': 'a\u0007b' }).clientRequestId).toBeUndefined();
  });
});

describe('a body that is not one', () => {
  it.each<[string, string, string]>([
    ['nothing', '', 'The body is not JSON: it is empty.'],
    ['half of one', '{"model": "auto", "messages": [', 'The body is not JSON: it ends too soon.'],
    ['broken JSON', '{"model": "auto" "messages"', 'The body is not JSON: it breaks at character 18.'],
    ['no JSON', 'tell me a story', 'The body is not JSON: something else stands where a value should begin.'],
    ['a list', '[]', 'The body is an empty list; it must be a JSON object.'],
    ['null', 'null', 'The body is null; it must be a JSON object.'],
    ['a text', '"tell me a story"', 'The body is a text; it must be a JSON object.'],
    [
      'deep nesting',
      `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      'The body is nested more than 500 levels deep.',
    ],
    // Copied member by member it would become a prototype, whose members no check has seen.
    [
      'a prototype',
      `{"model":"auto","messages":${JSON.stringify(MESSAGES)},"__proto__":{"tools":5}}`,
      'no field "__proto__"',
    ],
    [
      'a prototype within',
      '{"model":"auto","messages":[{"role":"user","content":"hi","\\u005f_proto__":{"tool_calls":5}}]}',
      'no field "__proto__"',
    ],
  ])('is refused: %s', (_, body, message) => {
    const roomy = { ...policy, maxBodyBytes: 1_000_000 };
    const parse = () => parseChatCompletions({ headers: {}, body }, roomy, { id: 'r', caller: {}, receivedAtMs: 0 });
    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });

  it('is refused where it has more bytes than the policy takes, whatever its characters', () => {
    const filled = (character: string, count: number) =>
      JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: character.repeat(count) }] });
    const frame = filled('', 0).length;
    expect(() => parsed(filled('a', 20_000 - frame))).not.toThrow();
    expect(refused(filled('a', 20_001 - frame))).toMatchObject({ code: 'request_too_large', status: 413 });
    expect(() => parsed(filled('é', 9_900))).not.toThrow();
    expect(refused(filled('é', 10_000)).message).toBe('The body is larger than the 20000 bytes this router takes.');
  });
});
