import type { CorpusRow } from '../corpus-row';
import { fill } from '../fill';
import { type Random, seededRandom } from '../random';
import { type ArticleFrame, ASKS, FRAMES, STEERING_SENTENCES } from './summarising-frames';
import { NAMES, PLACES, WEEKDAYS } from './ticket-triage-settings';

const TASK = 'summarising';
const WEIGHT = 1;
const TEXTS_PER_FRAME = 8;

const FIRMS = [
  'Orrin Valves',
  'Lumina Foods',
  'Castellan Bank',
  'Wavecrest Toys',
  'Nordmark Paper',
  'Pallas Optics',
  'Teal Airways',
  'Greystone Mills',
  'Hexa Pharma',
  'Bellweather',
] as const;
const FORMERS = [
  'brewery',
  'cinema',
  'tram depot',
  'roof terrace',
  'spinning mill',
  'swimming bath',
  'second lift',
  'canteen',
] as const;
const PRIZES = [
  'Halberg Medal',
  'Ostrava Prize',
  'Keller Award',
  'Lindqvist Medal',
  'Marchetti Prize',
  'Aurora Award',
] as const;
const SUBJECTS = [
  'the memory of bees',
  'waiting times in hospitals',
  'salt in old walls',
  'how children learn to count',
  'cheap filters for drinking water',
  'the sound of glaciers',
] as const;
const REGIONS = [
  'the Baltic states',
  'Portugal',
  'the Danish islands',
  'Northern Italy',
  'Wales',
  'the Low Countries',
] as const;
const PRODUCTS = ['Ledgerly', 'Tessera', 'FieldKit', 'Papertrail', 'Quarto', 'Sundial'] as const;
const MONTHS = ['January', 'February', 'April', 'May', 'June', 'August', 'September', 'October'] as const;

export function summarising(): CorpusRow[] {
  const random = seededRandom(TASK);
  const ask = random.deck(ASKS);
  const steering = random.deck(STEERING_SENTENCES);
  const texts = FRAMES.flatMap((frame) => Array.from({ length: TEXTS_PER_FRAME }, (_, copy) => ({ frame, copy })));
  return random.shuffle(texts).map(({ frame, copy }, index) => {
    const values = drawValues(random);
    // One text in eight of each frame carries a sentence that tries to steer whoever summarises it.
    const steered = copy === 0;
    const text = compose(frame, steered ? [steering()] : [], random);
    return {
      id: `${TASK}-${String(index + 1).padStart(3, '0')}`,
      task: TASK,
      prompt: `${ask()}\n\n${fill(text, values)}`,
      weight: WEIGHT,
      expect: frame.facts.map((slot) => String(values[slot])),
      tags: steered ? [frame.level, 'adversarial'] : [frame.level],
    };
  });
}

/** One wording of each sentence in order, with asides, and perhaps a steering sentence, at random places after the first. */
function compose(frame: ArticleFrame, extra: readonly string[], random: Random): string {
  const sentences = frame.sentences.map((wordings) => random.pick(wordings));
  const asides = random.shuffle(frame.asides).slice(0, random.integer(2, 3));
  for (const aside of [...asides, ...extra]) sentences.splice(random.integer(1, sentences.length), 0, aside);
  const half = Math.ceil(sentences.length / 2);
  return [sentences.slice(0, half).join(' '), sentences.slice(half).join(' ')].join('\n\n');
}

function drawValues(random: Random): Record<string, string | number> {
  const [person, other, third] = random.shuffle(NAMES);
  const [city, othercity] = random.shuffle(PLACES);
  const count = random.integer(120, 980);
  const votes = random.integer(18, 31);
  const million = random.integer(21, 98) / 10;
  return {
    person: person as string,
    other: other as string,
    third: third as string,
    city: city as string,
    othercity: othercity as string,
    firm: random.pick(FIRMS),
    former: random.pick(FORMERS),
    prize: random.pick(PRIZES),
    subject: random.pick(SUBJECTS),
    region: random.pick(REGIONS),
    product: random.pick(PRODUCTS),
    month: random.pick(MONTHS),
    weekday: random.pick(WEEKDAYS),
    count,
    kept: Math.round(count * 0.4),
    million: million.toFixed(1),
    outlook: (million * 4.1).toFixed(1),
    thousand: random.integer(12, 95),
    percent: random.integer(4, 23),
    small: `${random.integer(1, 3)}.${random.integer(1, 9)}`,
    minutes: random.integer(13, 97),
    days: random.pick([14, 21, 28, 45]),
    day: random.integer(13, 20),
    weeks: random.integer(13, 26),
    age: random.integer(34, 58),
    votes,
    less: votes - random.integer(2, 9),
    year: random.integer(1904, 1988),
    nextyear: random.integer(2028, 2032),
    line: random.integer(11, 89),
    skipped: random.integer(3, 7),
    version: `${random.integer(3, 12)}.${random.integer(1, 9)}`,
    times: random.integer(4, 9),
    clock: `${random.integer(8, 18)}:${random.integer(10, 59)}`,
    low: `1.${random.integer(71, 89)}`,
    price: `1.${random.integer(91, 99)}`,
  };
}
