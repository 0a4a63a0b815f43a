import { type CorpusRow, promptOf } from '../../../examples/corpus/corpus-row';
import { draw } from './draw';
import { rightAnswer } from './right-answer';
import { type Schema, schemaInstance } from './schema-instance';
import { PROFILES, type ProfileName, skillFor } from './skills';
import { countTokens, splitTokens } from './tokens';
import { wrongAnswer } from './wrong-answer';

/** Rows by the text that a person sent last. */
export type CorpusByPrompt = ReadonlyMap<string, CorpusRow>;

export function indexCorpus(rows: readonly CorpusRow[]): CorpusByPrompt {
  return new Map(rows.map((row) => [promptOf(row), row]));
}

export interface SimulatedTool {
  readonly name: string;
  readonly schema: Schema;
}

/** A request, whatever dialect it came in. */
export interface Question {
  readonly model: string;
  /** Texts of the newest user message, whole and by its blocks. */
  readonly texts: readonly string[];
  /** Characters of everything the model reads. */
  readonly characters: number;
  /** What a tool answered, where that is the newest message. */
  readonly toolResult?: string;
  readonly tools: readonly SimulatedTool[];
  readonly toolChoice: 'auto' | 'none' | 'required' | { readonly name: string };
  /** Present where the answer is bound to JSON of this schema. */
  readonly schema?: Schema;
  readonly maxTokens?: number;
}

export interface SimulatedAnswer {
  /** The text, token by token; empty where a tool is called. */
  readonly tokens: readonly string[];
  readonly toolCall?: { readonly name: string; readonly arguments: unknown };
  readonly finish: 'stop' | 'length' | 'tool-call';
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** How sure the model is of its tokens, 0 to 1: rather higher where it is right. */
  readonly confidence: number;
  readonly firstTokenMs: number;
  readonly perTokenMs: number;
}

export type SimulatedModel = (question: Question) => SimulatedAnswer;

/**
 * A model that answers the corpus as well as its profile says, and of anything else says that it is simulated. The same
 * question to the same model always has the same answer. It calls a tool when it must, or when the text names one.
 */
export function createSimulatedModel(profileName: ProfileName, corpus: CorpusByPrompt): SimulatedModel {
  const profile = PROFILES[profileName];
  const byTask = groupByTask(corpus);

  function writeText(question: Question): { text: string; right: boolean } {
    const row = question.texts.map((text) => corpus.get(text)).find((found) => found !== undefined);
    if (row === undefined) return { text: textOutsideCorpus(question, profileName), right: true };
    const seeds = [question.model, promptOf(row)];
    const right = draw(...seeds) < skillFor(profile, row.task, row.tags);
    const others = byTask.get(row.task) ?? [];
    const mistake = { row, others, which: draw(...seeds, 'which') };
    const text = right ? rightAnswer(row) : wrongAnswer(mistake, draw(...seeds, 'kind'), question.schema !== undefined);
    return { text: boundTo(question.schema, text), right };
  }

  return (question) => {
    const { firstTokenMs, perTokenMs } = profile;
    const inputTokens = countTokens(question.characters);
    const tool = calledTool(question);
    if (tool !== undefined) {
      const toolCall = { name: tool.name, arguments: schemaInstance(tool.schema, 'simulated') };
      const outputTokens = splitTokens(JSON.stringify(toolCall)).length;
      const finish = 'tool-call' as const;
      return { tokens: [], toolCall, finish, inputTokens, outputTokens, confidence: 0.9, firstTokenMs, perTokenMs };
    }
    const { text, right } = writeText(question);
    const whole = splitTokens(text);
    const tokens = whole.slice(0, question.maxTokens);
    const finish = tokens.length < whole.length ? ('length' as const) : ('stop' as const);
    const chance = draw(question.model, text, 'confidence');
    const confidence = right ? 0.8 + 0.19 * chance : 0.45 + 0.45 * chance;
    return { tokens, finish, inputTokens, outputTokens: tokens.length, confidence, firstTokenMs, perTokenMs };
  };
}

function groupByTask(corpus: CorpusByPrompt): Map<string, CorpusRow[]> {
  const groups = new Map<string, CorpusRow[]>();
  for (const row of corpus.values()) {
    const group = groups.get(row.task);
    if (group === undefined) groups.set(row.task, [row]);
    else group.push(row);
  }
  return groups;
}

function calledTool({ tools, toolChoice, toolResult, texts }: Question): SimulatedTool | undefined {
  if (typeof toolChoice === 'object') return tools.find(({ name }) => name === toolChoice.name);
  if (toolChoice === 'none') return undefined;
  if (toolChoice === 'required') return tools[0];
  // After a tool has answered, the text that named it has been served.
  return toolResult === undefined ? tools.find(({ name }) => texts.some((text) => text.includes(name))) : undefined;
}

function textOutsideCorpus({ schema, toolResult, model }: Question, profile: ProfileName): string {
  if (schema !== undefined) return JSON.stringify(schemaInstance(schema, 'simulated'));
  if (toolResult !== undefined) return `The tool answered: ${toolResult.slice(0, 200)} (told by a simulated model)`;
  return `This is a simulated model (${model}, profile ${profile}). It knows the sample corpus; to other prompts it says this.`;
}

/** An answer that is no JSON by itself becomes the schema's simplest value, with the answer where it fits. */
function boundTo(schema: Schema | undefined, text: string): string {
  if (schema === undefined || text.startsWith('{')) return text;
  return JSON.stringify(schemaInstance(schema, text));
}
