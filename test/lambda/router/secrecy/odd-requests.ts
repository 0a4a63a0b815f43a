import { MARKERS } from './planted';

export interface OddRequest {
  readonly name: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
}

const user = (content: unknown): object => ({ role: 'user', content });
const chat = (more: object): string => JSON.stringify({ model: 'auto', messages: [user('x')], ...more });
const saying = (...messages: readonly unknown[]): string => chat({ messages });

const { prompt, tierKey, tierHeader } = MARKERS;

/** What the router itself refuses, with a marker where it could be repeated. */
export const ODD_REQUESTS: readonly OddRequest[] = [
  { name: 'is no JSON', body: `{"model": "auto", "messages": ${prompt}` },
  { name: 'is a text', body: JSON.stringify(prompt) },
  { name: 'has messages that are a text', body: chat({ messages: prompt }) },
  { name: 'has a message that is a text', body: saying(prompt) },
  { name: 'has a role that is a prompt', body: saying({ role: prompt, content: '' }) },
  { name: 'has content that is an object', body: saying(user({ [prompt]: 1 })) },
  { name: 'has a part of an odd kind', body: saying(user([{ type: prompt }])) },
  { name: 'has an odd model', body: chat({ model: prompt }) },
  { name: 'has an odd temperature', body: chat({ temperature: prompt }) },
  { name: 'has an odd tool', body: chat({ tools: [{ type: prompt }] }) },
  { name: 'has a hint that is a prompt', body: chat({ metadata: { task: prompt } }) },
  { name: 'is too large', body: saying(user(prompt.repeat(300_000))) },
  { name: 'is too long for every tier', body: saying(user(prompt.repeat(9000))) },
  { name: 'has a key that nobody knows', body: '{}', headers: { authorization: `Bearer ${tierKey}` } },
  { name: 'has two keys', body: '{}', headers: { authorization: `Bearer ${tierKey}`, 'x-api-key': tierHeader } },
  { name: 'has a key of another scheme', body: '{}', headers: { authorization: `Basic ${tierKey}` } },
  { name: 'has odd hints', body: '{}', headers: { 'x-tierwise-task': prompt, 'x-tierwise-residency': prompt } },
  { name: 'has its prompt in the query', body: '{}', path: `/v1/nothing?q=${encodeURIComponent(prompt)}` },
];
