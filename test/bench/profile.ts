import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { askCorpus } from '../../bin/profile/ask-corpus';
import { corpusFiles } from '../../bin/profile/corpus-files';
import { readCorpus } from '../../bin/profile/read-corpus';
import { prepareUndertaking } from '../../bin/profile/undertaking';
import { writeWhole } from '../../bin/profile/write-whole';
import type { TierProvider } from '../../lib/core/execution/provider';
import { parsePolicy } from '../../lib/core/policy/parse';
import type { Policy } from '../../lib/core/types-policy';
import { SOME_USAGE } from '../fixtures/scripted-provider';
import type { Bench } from './bench';

const POLICY = `schema: 1
policy: large-corpus
owner: bench
tiers:
${['small', 'mid', 'large'].map((tier, index) => `  ${tier}: { provider: openai-compatible, baseUrl: "http://127.0.0.1:9/v1", model: ${tier}, location: vpc, contextWindow: 32768, price: { input: ${index + 1}, output: 2 } }`).join('\n')}
tasks:
  echo:
    owner: bench
    audit: { inputs: a number, acceptable: the word, consequence: low }
    route: direct
    ladder: [small, mid, large]
    oracle: [{ kind: exact }]
default: { task: echo }
`;
/** Characters of a prompt and of an answer: what must not pile up. */
const LENGTH = 1000;
const SAMPLE_MS = 500;

/** Memory and time of a profile over a large corpus: the command's own files and statistics, with tiers that answer at once. */
export const profile: Bench = {
  name: 'profile',
  about: 'memory of a profile over a large corpus, tiers answering at once',
  async run({ quick, progress }) {
    const rows = quick ? 10_000 : 100_000;
    const folder = mkdtempSync(join(tmpdir(), 'tierwise-bench-'));
    try {
      const corpus = join(folder, 'corpus.jsonl');
      await writeWhole(corpus, lines(rows));
      return report(rows, await measure(folder, corpus, progress));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

interface Figures {
  readonly indexedBytes: number;
  readonly peakBytes: number;
  readonly endBytes: number;
  readonly wallMs: number;
  readonly asked: number;
}

async function measure(folder: string, corpusFile: string, progress: (message: string) => void): Promise<Figures> {
  const policy = parsed();
  const before = liveBytes();
  const files = await corpusFiles(corpusFile);
  const corpus = await readCorpus(files, policy);
  const indexedBytes = liveBytes() - before;
  const undertaking = await prepareUndertaking({
    policy,
    policyText: POLICY,
    policyFile: 'policy.yaml',
    corpus,
    folder: join(folder, 'out'),
    seed: 1,
    warnings: [],
    terminal: { out: progress, err: progress, readStdin: async () => '', environment: {} },
    humanVerdicts: new Map(),
    tiersOf: () => ['small', 'mid', 'large'],
  });
  let peakBytes = 0;
  const sampler = setInterval(() => {
    peakBytes = Math.max(peakBytes, liveBytes() - before);
  }, SAMPLE_MS);
  const startedAtMs = performance.now();
  const options = { corpusFiles: files, concurrency: 16, stability: 0, resume: false };
  const { asked } = await askCorpus({ ...undertaking, providers: { 'openai-compatible': ATONCE } }, options);
  const wallMs = performance.now() - startedAtMs;
  clearInterval(sampler);
  const endBytes = liveBytes() - before;
  return { indexedBytes, peakBytes: Math.max(peakBytes, endBytes), endBytes, wallMs, asked };
}

function report(rows: number, { indexedBytes, peakBytes, endBytes, wallMs, asked }: Figures) {
  const perRow = (bytes: number): string => (bytes / rows).toFixed(0);
  return {
    result: { rows, asked, indexedBytes, peakBytes, endBytes, wallMs },
    table: [
      ['', 'MB', 'bytes a row'],
      ['the index', megabytes(indexedBytes), perRow(indexedBytes)],
      ['at most, while it asks and writes', megabytes(peakBytes), perRow(peakBytes)],
      ['prompts and answers on disk', megabytes(rows * LENGTH * 4), perRow(rows * LENGTH * 4)],
    ],
    notes: [
      `The process took ${megabytes(process.resourceUsage().maxRSS * 1024)} MB at most, code and garbage included.`,
      `${asked} calls in ${(wallMs / 1000).toFixed(1)} s, ${((wallMs * 1000) / asked).toFixed(0)} microseconds each.`,
    ],
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function parsed(): Policy {
  const result = parsePolicy(POLICY, { variables: {}, unset: 'fault' });
  if (!result.ok) throw new Error(result.faults.map(({ message }) => message).join('; '));
  return result.policy;
}

function* lines(rows: number): Generator<string> {
  for (let index = 0; index < rows; index += 1) {
    const prompt = `row ${index} `.padEnd(LENGTH, 'word ');
    yield `${JSON.stringify({ id: `row-${index}`, task: 'echo', prompt, expect: ANSWER })}\n`;
  }
}

const ANSWER = 'word '.repeat(LENGTH / 5).trim();

const ATONCE: TierProvider = {
  unsupported: () => [],
  async complete({ model }) {
    const message = { role: 'assistant' as const, content: ANSWER };
    const choices = [{ index: 0, message, finish_reason: 'stop' as const }];
    return {
      completion: { id: 'c', object: 'chat.completion', created: 1, model, choices },
      text: '',
      usage: SOME_USAGE,
    };
  },
  stream: () => Promise.reject(new Error('a profile asks for answers in one piece')),
};

let collect: (() => void) | undefined;

/** What is in use once everything that is not has been collected. */
function liveBytes(): number {
  setFlagsFromString('--expose-gc');
  collect ??= runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
