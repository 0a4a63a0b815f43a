import { describe, expect, it } from 'vitest';
import { unsupportedByAnthropic } from '../../../../../lambda/router/providers/anthropic/unsupported';
import { unsupportedByBedrock } from '../../../../../lambda/router/providers/bedrock/unsupported';
import type { ChatBody } from '../../../../../lib/core/types-chat';
import { aBody, aTier } from '../../../../builders';

const TOOLS = [{ type: 'function', function: { name: 'weather' } }];
const called = (text: string) => ({
  role: 'assistant',
  tool_calls: [{ id: 'c', type: 'function', function: { name: 'weather', arguments: text } }],
});
const CALLED = [
  { role: 'user', content: 'Weather?' },
  called('{}'),
  { role: 'tool', tool_call_id: 'c', content: 'dry' },
];

const image = (url: string, more: object = {}) => ({
  messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url, ...more } }] }],
});
const said = (message: object) => ({ messages: [{ role: 'user', content: 'Hi' }, message] });

/** What is asked, and what Messages and Converse cannot honour of it. */
const TABLE: [string, object, string[], string[]][] = [
  ['nothing', {}, [], []],
  ['seed', { seed: 1 }, ['seed'], ['seed']],
  ['seed null', { seed: null }, [], []],
  ['more than one choice', { n: 2 }, ['n'], ['n']],
  ['one choice', { n: 1 }, [], []],
  ['logprobs', { logprobs: true, top_logprobs: 3 }, ['logprobs', 'top_logprobs'], ['logprobs', 'top_logprobs']],
  ['no logprobs', { logprobs: false, top_logprobs: 0 }, [], []],
  ['a logit bias', { logit_bias: { 50256: -100 } }, ['logit_bias'], ['logit_bias']],
  ['an empty logit bias', { logit_bias: {} }, [], []],
  ['a penalty', { presence_penalty: 0.1 }, ['presence_penalty'], ['presence_penalty']],
  ['reasoning effort', { reasoning_effort: 'high' }, ['reasoning_effort'], ['reasoning_effort']],
  ['text as modality', { modalities: ['text'] }, [], []],
  ['audio as modality', { modalities: ['text', 'audio'] }, ['modalities'], ['modalities']],
  ['an unknown field', { top_k: 5 }, ['top_k'], ['top_k']],
  ['an advisory field', { metadata: { a: 'b' }, user: 'u' }, [], []],
  ['a temperature of 1', { temperature: 1 }, [], []],
  ['a temperature above 1', { temperature: 1.2 }, ['temperature'], ['temperature']],
  ['stop sequences', { stop: ['a', 'b'] }, [], []],
  ['a stop sequence of white space', { stop: '\n\n' }, ['stop'], []],
  [
    'a JSON object without a schema',
    { response_format: { type: 'json_object' } },
    ['response_format'],
    ['response_format'],
  ],
  ['text as format', { response_format: { type: 'text' } }, [], []],
  ['tools forbidden', { tools: TOOLS, tool_choice: 'none' }, [], ['tool_choice']],
  ['no tools to forbid', { tool_choice: 'none' }, [], []],
  ['one tool call at most', { tools: TOOLS, parallel_tool_calls: false }, [], ['parallel_tool_calls']],
  ['parallel tool calls', { tools: TOOLS, parallel_tool_calls: true }, [], []],
  [
    'a choice among some tools',
    { tools: TOOLS, tool_choice: { type: 'allowed_tools' } },
    ['tool_choice'],
    ['tool_choice'],
  ],
  ['a custom tool', { tools: [{ type: 'custom' }] }, ['tools.custom'], ['tools.custom']],
  ['a history of tool calls with tools', { messages: CALLED, tools: TOOLS }, [], []],
  ['one without tools', { messages: CALLED }, ['messages.tool_calls'], ['messages.tool_calls']],
  ['an image in the body', image('data:image/png;base64,AAAA'), [], []],
  ['an image at an address', image('https://example.com/a.png'), [], ['messages.image_url']],
  ['an image without TLS', image('http://example.com/a.png'), ['messages.image_url'], ['messages.image_url']],
  ['an image of another kind', image('data:image/tiff;base64,AAAA'), ['messages.image_url'], ['messages.image_url']],
  [
    'an image detail',
    image('data:image/png;base64,AAAA', { detail: 'low' }),
    ['messages.image_url.detail'],
    ['messages.image_url.detail'],
  ],
  [
    'audio',
    said({ role: 'user', content: [{ type: 'input_audio' }] }),
    ['messages.input_audio'],
    ['messages.input_audio'],
  ],
  ['a file', said({ role: 'user', content: [{ type: 'file' }] }), ['messages.file'], ['messages.file']],
  ['a name', said({ role: 'user', content: 'Hi', name: 'Ann' }), ['messages.name'], ['messages.name']],
  [
    'the name of a tool beside its result',
    { messages: [...CALLED.slice(0, 2), { ...CALLED[2], name: 'weather' }], tools: TOOLS },
    [],
    [],
  ],
  [
    'arguments that are no JSON object',
    { messages: [CALLED[0], called('{"city": "Par')], tools: TOOLS },
    ['messages.tool_calls.arguments'],
    ['messages.tool_calls.arguments'],
  ],
  ['no arguments at all', { messages: [CALLED[0], called('')], tools: TOOLS }, [], []],
  ...['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__'].map(
    (name): [string, object, string[], string[]] => [
      `a field called ${name}`,
      JSON.parse(`{"${name}": {"a": 1}}`),
      [name],
      [name],
    ],
  ),
  ['earlier reasoning and refusal', said({ role: 'assistant', refusal: 'No.', reasoning_content: 'Hm' }), [], []],
  [
    'an old function call',
    said({ role: 'assistant', function_call: {} }),
    ['messages.function_call'],
    ['messages.function_call'],
  ],
  [
    'a field of a part',
    said({ role: 'user', content: [{ type: 'text', text: 'a', cache_control: {} }] }),
    ['messages.cache_control'],
    ['messages.cache_control'],
  ],
];

describe('what dialects of content blocks cannot honour', () => {
  it.each(TABLE)('%s', (_, asked, byAnthropic, byBedrock) => {
    const body = aBody(asked as Partial<ChatBody>);
    const tier = aTier({ id: 'test' });
    expect(unsupportedByAnthropic(body, tier)).toEqual(byAnthropic);
    expect(unsupportedByBedrock(body, tier)).toEqual(byBedrock);
  });
});
