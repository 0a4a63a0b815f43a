import type { CorpusRow } from '../corpus-row';
import { seededRandom } from '../random';
import { ASSIGNMENTS, type Assignment, QUERIES } from './code-writing-assignments';

const TASK = 'code-writing';
const WEIGHT = 0.6;

const TYPESCRIPT_FRAMES = [
  (head: string, text: string) => `Write a TypeScript function \`${head}\` that ${text}.`,
  (head: string, text: string) => `I need this in TypeScript: \`${head}\`. It ${text}.`,
  (head: string, text: string) => `Please implement \`${head}\`. The function ${text}.`,
] as const;

const PYTHON_FRAMES = [
  (head: string, text: string) => `Python 3, please: \`${head}\`, which ${text}.`,
  (head: string, text: string) => `Complete this stub so that it ${text}:\n\n${head}:\n    ...`,
  (head: string, text: string) => `For a small Python script I am missing \`${head}\`. What it does: it ${text}.`,
] as const;

const WISHES = [
  'No dependencies.',
  'Keep it short.',
  'A brief comment on the idea would be kind.',
  'It should be readable for a beginner.',
  'Mind empty input.',
  'No explanation, just the code.',
  'I shall paste it into an existing file.',
  'One function, nothing around it.',
  'It will be called very often, so avoid needless work.',
  'Our linter dislikes unused names.',
] as const;

const FENCE = 'Answer with one fenced code block.';

export function codeWriting(): CorpusRow[] {
  const random = seededRandom(TASK);
  const [typescript, python, wish] = [random.deck(TYPESCRIPT_FRAMES), random.deck(PYTHON_FRAMES), random.deck(WISHES)];
  const tasks = [
    ...ASSIGNMENTS.map((one) => {
      const head = `function ${one.name}${one.typescript.signature}`;
      return {
        level: one.level,
        text: typescript()(head, one.text),
        parts: [`function ${one.name}`, ...one.typescript.parts],
      };
    }),
    ...ASSIGNMENTS.map((one) => {
      const head = `def ${snakeCase(one)}${one.python.signature}`;
      return {
        level: one.level,
        text: python()(head, one.text),
        parts: [`def ${snakeCase(one)}(`, ...one.python.parts],
      };
    }),
    ...QUERIES.map((one) => ({ ...one, text: `${one.text} It is for PostgreSQL; keywords in upper case.` })),
  ];
  return random.shuffle(tasks).map(({ level, text, parts }, index) => ({
    id: `${TASK}-${String(index + 1).padStart(3, '0')}`,
    task: TASK,
    prompt: `${text} ${wish()} ${FENCE}`,
    weight: WEIGHT,
    expect: parts,
    tags: [level],
  }));
}

function snakeCase(assignment: Assignment): string {
  return assignment.name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
