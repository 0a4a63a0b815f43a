import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CorpusRow } from './corpus-row';
import { codeWriting } from './tasks/code-writing';
import { faqAnswering } from './tasks/faq-answering';
import { fieldExtraction } from './tasks/field-extraction';
import { multiStepReasoning } from './tasks/multi-step-reasoning';
import { summarising } from './tasks/summarising';
import { ticketTriage } from './tasks/ticket-triage';

/**
 * The corpus, made anew from the hand-written material under `tasks/`. Same code, same bytes: run `npm run corpus` after
 * a change to the material and commit both.
 */
export function generateCorpus(): ReadonlyMap<string, string> {
  const tasks: Readonly<Record<string, readonly CorpusRow[]>> = {
    'ticket-triage': ticketTriage(),
    'field-extraction': fieldExtraction(),
    'faq-answering': faqAnswering(),
    summarising: summarising(),
    'multi-step-reasoning': multiStepReasoning(),
    'code-writing': codeWriting(),
  };
  return new Map(Object.entries(tasks).map(([task, rows]) => [`${task}.jsonl`, rows.map(toLine).join('')]));
}

function toLine(row: CorpusRow): string {
  return `${JSON.stringify(row)}\n`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folder = join(process.cwd(), 'examples', 'corpus');
  for (const [name, text] of generateCorpus()) {
    writeFileSync(join(folder, name), text);
    console.log(`${name}: ${text.split('\n').length - 1} rows`);
  }
}
