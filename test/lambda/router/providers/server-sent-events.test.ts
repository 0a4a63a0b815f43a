import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventParser } from '../../../../lambda/router/providers/server-sent-events';
import { wire } from '../../../fixtures/hosts/wire';

interface Read {
  readonly name: string;
  readonly data: string;
  readonly bytes: string;
}

function read(...reads: readonly Buffer[]): Read[] {
  const parser = new EventParser();
  const batches = [...reads.map((bytes) => parser.push(bytes)), parser.end()];
  return batches.flatMap(({ bytes, events }) =>
    events.map(({ name, data, start, end }) => ({ name, data, bytes: bytes.toString('utf8', start, end) })),
  );
}

const dataOf = (text: string) => read(Buffer.from(text)).map(({ data }) => data);

describe('server-sent events', () => {
  const TABLE: [string, string, string[]][] = [
    ['one event', 'data: {"a":1}\n\n', ['{"a":1}']],
    ['CRLF line ends', 'data: one\r\n\r\ndata: two\r\n\r\n', ['one', 'two']],
    ['mixed line ends', 'data: one\n\r\ndata: two\r\n\n', ['one', 'two']],
    ['no space after the colon', 'data:one\n\n', ['one']],
    ['only the first space taken off', 'data:  one\n\n', [' one']],
    ['data over several lines', 'data: one\ndata: two\n\n', ['one\ntwo']],
    ['a comment of its own', ': keep-alive\n\ndata: one\n\n', ['one']],
    ['a comment inside an event', 'data: one\n: hm\ndata: two\n\n', ['one\ntwo']],
    ['other fields', 'id: 7\nretry: 10\ndata: one\n\n', ['one']],
    ['blank lines between', '\n\n\ndata: one\n\n\n\ndata: two\n\n', ['one', 'two']],
    ['an empty data field', 'data:\n\n', ['']],
    ['a byte order mark', '\uFEFFdata: one\n\n', ['one']],
    ['a last event without its blank line', 'data: one\n\ndata: [DONE]', ['one', '[DONE]']],
    ['nothing', '', []],
  ];

  it.each(TABLE)('reads %s', (_, text, expected) => {
    expect(dataOf(text)).toEqual(expected);
  });

  it('names events and tells which may travel on as they are', () => {
    const text = 'event: ping\ndata: 1\n\ndata: 2\n\ndata: 3\r\n\r\ndata:4\n\n';
    const { events } = new EventParser().push(Buffer.from(text));
    expect(events.map(({ name, plain }) => [name, plain])).toEqual([
      ['ping', false],
      ['', true],
      ['', false],
      ['', false],
    ]);
  });

  it('brings the same events wherever the bytes are cut', () => {
    const streams = ['openai-stream.txt', 'vllm-stream.txt'].map(wire);
    for (const text of [...streams, ...streams.map((stream) => stream.replaceAll('\n', '\r\n'))]) {
      const bytes = Buffer.from(text);
      const whole = read(bytes);
      expect(whole.length).toBeGreaterThan(4);
      for (let at = 0; at <= bytes.length; at += 1) {
        expect(read(bytes.subarray(0, at), bytes.subarray(at))).toEqual(whole);
      }
    }
  });

  it('brings what was written, whatever the data and the cuts', () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replace(/[\r\n\uFEFF]/g, ''));
    const event = fc.array(line, { minLength: 1, maxLength: 3 });
    const cuts = fc.array(fc.nat(400), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 6 }), fc.constantFrom('\n', '\r\n'), cuts, (events, end, at) => {
        const text = events.map((lines) => `${lines.map((data) => `data: ${data}${end}`).join('')}${end}`).join('');
        const bytes = Buffer.from(text);
        const edges = [0, ...at.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const reads = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
        expect(read(...reads).map(({ data }) => data)).toEqual(events.map((lines) => lines.join('\n')));
      }),
    );
  });
});
