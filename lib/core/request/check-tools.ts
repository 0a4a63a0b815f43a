import { boolean, type Check, type Fields, fault, fields, isFields, optional, text } from './check';

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

const name: Check = (value, param) => {
  if (typeof value !== 'string' || !NAME.test(value)) {
    fault(param, value, 'a name of 1 to 64 letters, digits, underscores and hyphens');
  }
};

const SHAPE: Readonly<Record<string, Check>> = {
  name,
  description: optional(text),
  parameters: optional(fields),
  strict: optional(boolean),
};

function checkTool(tool: unknown, param: string): string {
  if (!isFields(tool)) fault(param, tool, 'an object with type and function');
  if (tool.type !== 'function') fault(`${param}.type`, tool.type, '"function"');
  const definition = tool.function;
  if (!isFields(definition)) fault(`${param}.function`, definition, 'an object with a name');
  for (const field in SHAPE) SHAPE[field]?.(definition[field], `${param}.function.${field}`, definition);
  return definition.name as string;
}

/** Names are unique: a call says only the name, and some hosts refuse a repeated one. */
export const tools: Check = (value, param) => {
  if (!Array.isArray(value)) fault(param, value, 'a list of tools');
  const names = new Set<string>();
  for (let i = 0; i < value.length; i++) {
    const named = checkTool(value[i], `${param}[${i}]`);
    if (names.has(named)) fault(`${param}[${i}].function.name`, named, 'a name that no other tool has');
    names.add(named);
  }
};

function hasTool(body: Fields, wanted: unknown): boolean {
  if (!Array.isArray(body.tools)) return false;
  return body.tools.some((tool: unknown) => isFields(tool) && isFields(tool.function) && tool.function.name === wanted);
}

/** Runs after `tools`. */
export const toolChoice: Check = (value, param, body) => {
  if (value === 'none' || value === 'auto') return;
  if (value === 'required') {
    if (!Array.isArray(body.tools) || body.tools.length === 0) {
      fault(param, value, '"none", "auto" or absent where the request has no tools');
    }
    return;
  }
  if (!isFields(value) || value.type !== 'function' || !isFields(value.function)) {
    fault(param, value, '"none", "auto", "required" or an object that names a function');
  }
  const chosen = value.function.name;
  if (!hasTool(body, chosen)) fault(`${param}.function.name`, chosen, 'the name of one of the tools');
};

const FORMATS: ReadonlySet<unknown> = new Set(['text', 'json_object', 'json_schema']);

export const responseFormat: Check = (value, param) => {
  if (!isFields(value)) fault(param, value, 'an object with a type');
  if (!FORMATS.has(value.type)) fault(`${param}.type`, value.type, `one of ${[...FORMATS].join(', ')}`);
  if (value.type !== 'json_schema') return;
  const format = value.json_schema;
  if (!isFields(format)) fault(`${param}.json_schema`, format, 'an object with name and schema');
  name(format.name, `${param}.json_schema.name`, format);
  fields(format.schema, `${param}.json_schema.schema`, format);
  optional(boolean)(format.strict, `${param}.json_schema.strict`, format);
};
