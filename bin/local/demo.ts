import OpenAI from 'openai';
import { type CorpusRow, promptOf } from '../../examples/corpus/corpus-row';
import { createGrader, type Grader } from '../../lib/core/analysis/grade';
import { type RoutingReport, routingReport, type ServedRow } from '../../lib/core/analysis/routing-report';
import { HINT_HEADERS, REQUEST_ID_HEADER } from '../../lib/core/contract';
import { messageOf } from '../../lib/core/message-of';
import type { AnswerChoice, Attribution } from '../../lib/core/types';
import { renderReport } from './report';
import { bootStack, type LocalStack } from './stack';

export interface DemoOptions {
  /** Print the report as one JSON line and nothing else on stdout. */
  readonly json: boolean;
  /** Show progress on stderr. */
  readonly progress: boolean;
}

const REQUESTS = 300;
const CONCURRENCY = 8;
/** One request in so many is streamed. */
const STREAMED_EVERY = 3;
/** Simulated answers come this many times faster than real ones would. */
const SPEED = 50;

/** Routes the sample traffic through the local stack with the real OpenAI client and prints what it cost. */
export async function runDemo({ json, progress }: DemoOptions): Promise<number> {
  const stack = await bootStack({ host: '127.0.0.1', port: 0, speed: SPEED });
  try {
    const rows = sample(stack.corpus, REQUESTS);
    const served = await drive(rows, stack, progress);
    await stack.idle();
    const records = await readRecords(served, stack);
    const report = routingReport(served, records, Object.keys(stack.policy.tiers), stack.summary);
    console.log(json ? JSON.stringify(report) : `${heading(stack)}\n\n${renderReport(report)}`);
    return exitCode(report);
  } finally {
    await stack.close();
  }
}

function heading({ policy, summary }: LocalStack): string {
  const { template, resources, tables, function: router } = summary;
  return [
    `Policy ${policy.id} on a stack booted from ${template} (${resources} resources): the bundle of function ${router},`,
    `${tables.length} tables on an embedded DynamoDB, and simulated models in place of the tiers.`,
  ].join('\n');
}

function exitCode({ failures }: RoutingReport): number {
  return failures === 0 ? 0 : 1;
}

/** Rows spread evenly over the corpus, as many of each task as its weight asks for. */
function sample(corpus: readonly CorpusRow[], wanted: number): CorpusRow[] {
  const byTask = groupByTask(corpus);
  const weights = [...byTask.values()].map((rows) => rows[0]?.weight ?? 1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return [...byTask.values()].flatMap((rows, index) => {
    const count = Math.min(rows.length, Math.max(1, Math.round((wanted * (weights[index] ?? 1)) / total)));
    return Array.from({ length: count }, (_, nth) => rows[Math.floor((nth * rows.length) / count)] as CorpusRow);
  });
}

function groupByTask(corpus: readonly CorpusRow[]): Map<string, CorpusRow[]> {
  const groups = new Map<string, CorpusRow[]>();
  for (const row of corpus) groups.set(row.task, [...(groups.get(row.task) ?? []), row]);
  return groups;
}

async function drive(rows: readonly CorpusRow[], stack: LocalStack, progress: boolean): Promise<ServedRow[]> {
  const client = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: 'none-needed-on-loopback', maxRetries: 0 });
  const grade = await createGrader(stack.policy);
  const served: ServedRow[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < rows.length; index = next++) {
      served[index] = await ask(client, rows[index] as CorpusRow, index % STREAMED_EVERY === 0, grade);
      if (progress) process.stderr.write(`\r${index + 1} of ${rows.length} requests`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  if (progress) process.stderr.write('\r\x1b[K');
  return served;
}

async function ask(client: OpenAI, row: CorpusRow, stream: boolean, grade: Grader): Promise<ServedRow> {
  const messages = (row.messages ?? [{ role: 'user', content: promptOf(row) }]) as OpenAI.ChatCompletionMessageParam[];
  const headers = { [HINT_HEADERS.task]: row.task };
  try {
    const { text, requestId } = stream
      ? await streamed(client, messages, headers)
      : await whole(client, messages, headers);
    return { requestId, task: row.task, passed: grade(row.task, asChoice(text), row.expect).pass };
  } catch (error) {
    const requestId = error instanceof OpenAI.APIError ? (error.headers?.get(REQUEST_ID_HEADER) ?? '') : '';
    console.error(`${row.id}: ${messageOf(error)}`);
    return { requestId, task: row.task };
  }
}

interface Heard {
  readonly text: string;
  readonly requestId: string;
}

async function whole(
  client: OpenAI,
  messages: OpenAI.ChatCompletionMessageParam[],
  headers: Record<string, string>,
): Promise<Heard> {
  const { data, response } = await client.chat.completions
    .create({ model: 'auto', messages }, { headers })
    .withResponse();
  return { text: data.choices[0]?.message.content ?? '', requestId: response.headers.get(REQUEST_ID_HEADER) ?? '' };
}

async function streamed(
  client: OpenAI,
  messages: OpenAI.ChatCompletionMessageParam[],
  headers: Record<string, string>,
): Promise<Heard> {
  const { data, response } = await client.chat.completions
    .create({ model: 'auto', messages, stream: true }, { headers })
    .withResponse();
  let text = '';
  for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? '';
  return { text, requestId: response.headers.get(REQUEST_ID_HEADER) ?? '' };
}

function asChoice(text: string): AnswerChoice {
  return { text, toolCalls: [], reasoning: '', refusal: '', finishReason: 'stop' };
}

/** What the table says of every request: read back one by one, by the ids the answers carried. */
async function readRecords(served: readonly ServedRow[], { store }: LocalStack): Promise<Map<string, Attribution>> {
  const records = new Map<string, Attribution>();
  for (const { requestId } of served) {
    const record = requestId === '' ? undefined : await store.attributions.get(requestId);
    if (record !== undefined) records.set(requestId, record);
  }
  return records;
}
