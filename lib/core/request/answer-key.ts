import { ADVISORY_FIELDS } from '../contract';
import type { Features, Request } from '../types';
import type { Policy } from '../types-policy';
import { callerScope } from './caller-scope';
import { speaksOfTools } from './needs';

/** What says how an answer travels or is booked, never what it says. `model` only names task or tier. */
const WITHOUT_INFLUENCE: ReadonlySet<string> = new Set<string>([
  'model',
  'stream',
  'stream_options',
  ...ADVISORY_FIELDS,
]);

/** An answer that may act, or look something up, is good once. */
const ACTS = ['tools', 'tool_choice', 'parallel_tool_calls', 'functions', 'function_call', 'web_search_options'];

/**
 * What an answer may be kept under, for the same question of the same customer; undefined where it must not be kept. All that
 * may influence the answer is part of it, fields nobody here knows included. Written as JSON, in which no two differ alike.
 */
export function answerKey(request: Request, features: Features, policy: Policy): string | undefined {
  const { body, caller, choices, pinned } = request;
  const cache = policy.tasks[features.task]?.cache;
  if (cache === undefined || policy.cache.maxEntries < 1 || choices !== 1) return undefined;
  // Without a temperature the host's own holds, which is above 0.
  if (body.temperature !== 0 && !cache.anyTemperature) return undefined;
  if (ACTS.some((field) => body[field] !== undefined && body[field] !== null) || speaksOfTools(body)) return undefined;
  const asked = Object.keys(body)
    .filter((field) => !WITHOUT_INFLUENCE.has(field))
    .sort()
    .map((field) => [field, body[field]]);
  const { task, residency, consequence } = features;
  return JSON.stringify([callerScope(caller), policy.version, task, residency, consequence, pinned ?? null, asked]);
}
