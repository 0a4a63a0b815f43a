/** Which files of a model vLLM loads when it streams weights from S3, and which it cannot do without. */

interface Kind {
  /** What a person calls it. */
  readonly name: string;
  readonly files: RegExp;
  readonly required: boolean;
}

const KINDS: readonly Kind[] = [
  // The streamer reads safetensors and nothing else.
  { name: '*.safetensors', files: /\.safetensors$/, required: true },
  { name: 'config.json', files: /^config\.json$/, required: true },
  {
    name: 'a tokenizer',
    files: /^(tokenizer\.json|tokenizer\.model(\.v\d+)?|tekken\.json|vocab\.json|.*\.tiktoken|spiece\.model)$/,
    required: true,
  },
  { name: 'settings', files: /^[^/]+\.(json|jinja|txt)$/, required: false },
];

/** Whether a file, by its path below the folder, belongs to what is staged. */
export function isStaged(path: string): boolean {
  return KINDS.some(({ files }) => files.test(path)) && !path.split('/').some((part) => part.startsWith('.'));
}

/** What vLLM would miss, in words; empty when a model can be loaded from these files. */
export function lackOf(paths: readonly string[]): string[] {
  return KINDS.filter(({ required, files }) => required && !paths.some((path) => files.test(path))).map(
    ({ name }) => name,
  );
}
