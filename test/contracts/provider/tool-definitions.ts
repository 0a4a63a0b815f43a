export const WEATHER = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'Weather at a place.',
    parameters: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
  },
} as const;

export const NO_PARAMETERS = { type: 'function', function: { name: 'now' } } as const;
