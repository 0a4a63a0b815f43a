import type { Load } from './load';

/** One kind of load. Each round puts every phase on every target in turn. */
export interface Phase {
  readonly name: string;
  readonly load: Pick<Load, 'body' | 'concurrency' | 'perSecond'>;
  /** In full mode; a fraction of it in quick mode. */
  readonly seconds: number;
  /** Only what routes can take it: one model server fails and the other must answer. */
  readonly needsFallback?: true;
}

const WORDS = 'Explain how a request is routed between several model servers, and why that saves money. '.repeat(750);

function body(characters: number, orders: string, stream = false): string {
  const content = `${WORDS.slice(0, characters)} #{${orders}}`;
  const streaming = stream ? { stream: true, stream_options: { include_usage: true } } : {};
  return JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }], max_tokens: 4096, ...streaming });
}

export const WARM_UP: Phase['load'] = { body: body(600, ''), concurrency: 16 };
export const WARM_UP_STREAM: Phase['load'] = { body: body(600, 'chunks=32', true), concurrency: 8 };

export const PHASES: readonly Phase[] = [
  { name: 'c=16', load: WARM_UP, seconds: 2 },
  { name: '64 KB prompt', load: { body: body(64_000, ''), concurrency: 4 }, seconds: 2 },
  { name: '200/s', load: { body: body(600, ''), perSecond: 200 }, seconds: 3 },
  {
    name: 'streams 20/s',
    load: { body: body(600, 'chunks=50 firstMs=20 everyMs=10', true), perSecond: 20 },
    seconds: 4,
  },
  { name: 'burst', load: { body: body(600, 'chunks=64', true), concurrency: 16 }, seconds: 2 },
  { name: 'fallback', load: { body: body(600, 'fail=A'), concurrency: 8 }, seconds: 2, needsFallback: true },
];
