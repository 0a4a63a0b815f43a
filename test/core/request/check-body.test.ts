import { describe, expect, it } from 'vitest';
import { CALL, PLAIN, parsed, refused, SCHEMA_FORMAT, TOOL } from './asking';

describe('a field of a wrong shape', () => {
  const message = (fields: Record<string, unknown>) => ({ messages: [{ role: 'user', content: 'x', ...fields }] });
  const part = (fields: unknown) => message({ content: [{ type: 'text', text: 'x' }, fields] });
  const called = (call: unknown) => message({ role: 'assistant', tool_calls: [call] });

  it.each<[Record<string, unknown>, string, string]>([
    [{ model: undefined }, 'model', 'model is missing; it must be "auto"'],
    [{ model: null }, 'model', 'model is missing; it must be "auto"'],
    [{ model: 5 }, 'model', 'model is 5; it must be a text.'],
    [{ messages: undefined }, 'messages', 'messages is missing'],
    [{ messages: [] }, 'messages', 'messages is an empty list; it must be a list of at least one message.'],
    [{ messages: 'tell me a story' }, 'messages', 'messages is a text;'],
    [{ messages: ['hi'] }, 'messages[0]', 'messages[0] is "hi"; it must be an object with role and content.'],
    [message({ role: undefined }), 'messages[0].role', 'messages[0].role is missing; it must be one of system, dev'],
    [message({ role: 'robot' }), 'messages[0].role', 'messages[0].role is "robot"'],
    [message({ content: 5 }), 'messages[0].content', 'is 5; it must be a text or a list of parts.'],
    [message({ content: null }), 'messages[0].content', 'is missing'],
    [message({ content: [] }), 'messages[0].content', 'is an empty list'],
    [part('hi'), 'messages[0].content[1]', 'must be an object with a type'],
    [part({ text: 'x' }), 'messages[0].content[1].type', 'is missing'],
    [
      part({ type: 'video' }),
      'messages[0].content[1].type',
      'is "video"; it must be one of text, refusal, input_audio',
    ],
    [part({ type: 'constructor' }), 'messages[0].content[1].type', 'is "constructor"'],
    [part({ type: 'text' }), 'messages[0].content[1].text', 'is missing; it must be a text.'],
    [part({ type: 'image_url', image_url: 'http://x' }), 'messages[0].content[1].image_url', 'an object with a url'],
    [part({ type: 'image_url', image_url: {} }), 'messages[0].content[1].image_url.url', 'is missing'],
    [part({ type: 'input_audio' }), 'messages[0].content[1].input_audio', 'is missing; it must be an object.'],
    [part({ type: 'file', file: [] }), 'messages[0].content[1].file', 'is an empty list'],
    [message({ role: 'tool' }), 'messages[0].tool_call_id', 'is missing'],
    [message({ role: 'assistant', tool_calls: {} }), 'messages[0].tool_calls', 'is an object'],
    [called('x'), 'messages[0].tool_calls[0]', 'an object with id, type and function'],
    [called({ ...CALL, id: '' }), 'messages[0].tool_calls[0].id', 'a text that is not empty'],
    [called({ ...CALL, type: 'custom' }), 'messages[0].tool_calls[0].type', 'is "custom"; it must be "function".'],
    [
      called({ ...CALL, function: { name: 'f', arguments: {} } }),
      'messages[0].tool_calls[0].function.arguments',
      'JSON',
    ],
    [called({ ...CALL, function: { arguments: '' } }), 'messages[0].tool_calls[0].function.name', 'is missing'],
    [{ n: 0 }, 'n', 'n is 0; it must be a whole number from 1 to 16.'],
    [{ n: 17 }, 'n', 'n is 17'],
    [{ n: 1.5 }, 'n', 'n is 1.5'],
    [{ n: '2' }, 'n', 'n is "2"'],
    [{ temperature: 2.1 }, 'temperature', 'it must be a number from 0 to 2.'],
    [{ temperature: 'hot' }, 'temperature', 'is "hot"'],
    [{ top_p: -0.1 }, 'top_p', 'it must be a number from 0 to 1.'],
    [{ max_tokens: 0 }, 'max_tokens', 'it must be a whole number of at least 1.'],
    [{ max_completion_tokens: -1 }, 'max_completion_tokens', 'is -1'],
    [{ top_logprobs: 21 }, 'top_logprobs', 'from 0 to 20'],
    [{ stream: 'yes' }, 'stream', 'stream is "yes"; it must be true or false.'],
    [{ stream_options: true }, 'stream_options', 'an object with include_usage'],
    [{ stream_options: { include_usage: 1 } }, 'stream_options.include_usage', 'is 1'],
    [{ logprobs: 1 }, 'logprobs', 'logprobs is 1'],
    [{ parallel_tool_calls: 'no' }, 'parallel_tool_calls', 'is "no"'],
    [{ stop: [1] }, 'stop', 'stop is a list; it must be a text or a list of texts.'],
    [{ metadata: 'x' }, 'metadata', 'metadata is "x"; it must be an object.'],
    [{ tools: {} }, 'tools', 'tools is an object; it must be a list of tools.'],
    [{ tools: [null] }, 'tools[0]', 'tools[0] is missing'],
    [{ tools: [{ type: 'custom' }] }, 'tools[0].type', 'is "custom"'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].function', 'is missing'],
    [{ tools: [{ type: 'function', function: { name: 'a b' } }] }, 'tools[0].function.name', 'a name of 1 to 64'],
    [{ tools: [{ ...TOOL, function: { name: 'f', parameters: 'x' } }] }, 'tools[0].function.parameters', 'is "x"'],
    [{ tools: [{ ...TOOL, function: { name: 'f', strict: 1 } }] }, 'tools[0].function.strict', 'is 1'],
    [{ tools: [TOOL, TOOL] }, 'tools[1].function.name', 'a name that no other tool has'],
    [{ tool_choice: 'required' }, 'tool_choice', 'where the request has no tools'],
    [{ tools: [TOOL], tool_choice: 'maybe' }, 'tool_choice', 'is "maybe"'],
    [{ tools: [TOOL], tool_choice: { type: 'allowed_tools' } }, 'tool_choice', 'is an object'],
    [
      { tools: [TOOL], tool_choice: { type: 'function', function: { name: 'other' } } },
      'tool_choice.function.name',
      'is "other"; it must be the name of one of the tools.',
    ],
    [{ response_format: 'json' }, 'response_format', 'is "json"'],
    [
      { response_format: { type: 'xml' } },
      'response_format.type',
      'is "xml"; it must be one of text, json_object, json',
    ],
    [{ response_format: { type: 'json_schema' } }, 'response_format.json_schema', 'is missing'],
    [
      { response_format: { type: 'json_schema', json_schema: { schema: {} } } },
      'response_format.json_schema.name',
      'is missing',
    ],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'n' } } },
      'response_format.json_schema.schema',
      'is missing; it must be an object.',
    ],
  ])('%j is refused at %s', (fields, param, said) => {
    const error = refused({ ...PLAIN, ...fields });
    expect(error).toMatchObject({ code: 'invalid_request', status: 400, param });
    expect(error.message).toContain(said);
  });

  it.each<[Record<string, unknown>]>([
    [{ tools: [TOOL], tool_choice: 'required' }],
    [{ tools: [TOOL], tool_choice: { type: 'function', function: { name: 'look_up' } } }],
    [{ tool_choice: 'auto' }],
    [{ n: 16, temperature: 2, top_p: 0, top_logprobs: 0, max_tokens: 1 }],
    [{ stop: 'end' }],
    [{ stop: ['a', 'b'] }],
    [{ response_format: { type: 'text' } }],
    [{ response_format: SCHEMA_FORMAT }],
  ])('%j is taken', (fields) => {
    expect(parsed({ ...PLAIN, ...fields }).body).toEqual({ ...PLAIN, ...fields });
  });

  it('never shows a text of more than one word', () => {
    const secret = 'my account number is 12345';
    for (const fields of [
      { model: secret },
      { messages: secret },
      { messages: [{ role: secret }] },
      { messages: [{ role: 'user', content: [{ type: secret }] }] },
      { tools: [{ type: 'function', function: { name: secret } }] },
      { tool_choice: secret },
      { metadata: { task: secret } },
      { stop: [secret, 1] },
    ]) {
      expect(refused({ ...PLAIN, ...fields }).message).not.toContain('account');
    }
    expect(refused(`{"model": ${secret}`).message).not.toContain('account');
  });
});
