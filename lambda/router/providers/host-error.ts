/** What a host says in an error, whatever shape it gives it. Absent members are empty. */
export interface HostError {
  readonly message: string;
  readonly type: string;
  readonly code: string;
  readonly param: string;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** Azure puts the finding of its content filter one level down. */
function codeOf(error: Fields): string {
  const inner = fieldsOf(error.innererror);
  return textOf(inner?.code) === 'ResponsibleAIPolicyViolation' ? 'content_filter' : textOf(error.code);
}

/**
 * The error in a body: `{error: {...}}` (OpenAI, Anthropic, vLLM), `{error: "..."}` (Ollama, TGI), `{object: "error"}`
 * (vLLM before 0.10), `{detail}` (FastAPI), `{message}` (AWS). Undefined where the body holds none.
 */
export function hostErrorIn(body: unknown): HostError | undefined {
  const outer = fieldsOf(body);
  if (outer === undefined) return undefined;
  const inner = fieldsOf(outer.error) ?? (outer.object === 'error' ? outer : undefined);
  if (inner) {
    return {
      message: textOf(inner.message),
      type: textOf(inner.type),
      code: codeOf(inner),
      param: textOf(inner.param),
    };
  }
  const message = textOf(outer.error) || textOf(outer.detail) || textOf(outer.message) || textOf(outer.Message);
  return message === '' ? undefined : { message, type: '', code: '', param: '' };
}

/** Whether the body of an answer, or an event of a stream, is an error and no answer. */
export function saysError(body: unknown): boolean {
  const fields = fieldsOf(body);
  return fields !== undefined && (Boolean(fields.error) || fields.object === 'error');
}

/** JSON, or undefined for text that is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
