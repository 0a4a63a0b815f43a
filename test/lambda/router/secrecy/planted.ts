/** Planted wherever something stands that nobody else may read; none occurs by itself. */
export const MARKERS = {
  prompt: 'the heron asks for MARK-prompt-q7x',
  system: 'the rule of MARK-system-q7x',
  argument: 'MARK-argument-q7x of a call',
  result: 'MARK-result-q7x of a tool',
  tool: 'a tool for MARK-tool-q7x',
  schema: 'MARK-schema-q7x in a schema',
  user: 'MARK-user-q7x-somebody',
  metadata: 'MARK-metadata-q7x of ours',
  answer: 'the heron says MARK-answer-q7x',
  tierKey: 'MARKtierkeyq7xAAAAAAAA',
  tierHeader: 'MARKtierheaderq7xBBBB',
  prefix: 'the prompt of a task, MARK-prefix-q7x',
  callerHeader: 'MARK-cookie-q7x',
} as const;

export const PLANTED = /MARK[-\w]*q7x/g;

/** A request with a marker in everything that it says, and the deed that its host is to do. */
export function bodyOf(deed: string, more: object = {}): object {
  const call = {
    id: 'call_1',
    type: 'function',
    function: { name: 'look', arguments: JSON.stringify({ at: MARKERS.argument }) },
  };
  const properties = { at: { type: 'string', description: MARKERS.schema } };
  const parameters = { type: 'object', properties, required: ['at'], additionalProperties: false };
  return {
    model: 'auto',
    messages: [
      { role: 'system', content: MARKERS.system },
      { role: 'user', content: `${MARKERS.prompt}. does: ${deed}` },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: MARKERS.result },
      { role: 'user', content: MARKERS.prompt },
    ],
    tools: [{ type: 'function', function: { name: 'look', description: MARKERS.tool, parameters } }],
    user: MARKERS.user,
    metadata: { ticket: MARKERS.metadata },
    ...more,
  };
}
