import { join } from 'node:path';
import { indexCorpus } from '../../../../bin/local/simulated/simulated-model';
import { readCorpus } from '../../../../examples/corpus/read';

export const EXAMPLES = join(__dirname, '../../../../examples');
export const ROWS = readCorpus(join(EXAMPLES, 'corpus'));
export const CORPUS = indexCorpus(ROWS);
