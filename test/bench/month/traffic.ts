/** Who asks what: four tasks, forty customers, three features, two user tiers. */

import { CUSTOMER_HEADER, HINT_HEADERS } from '../../../lib/core/contract';

export interface Asked {
  readonly task: TaskId;
  readonly headers: Readonly<Record<string, string>>;
  readonly prompt: string;
  /** 0 to 1: a model that is able to that degree answers well. */
  readonly difficulty: number;
  readonly outputTokens: number;
}

export const TASK_IDS = ['triage', 'answers', 'summaries', 'reports'] as const;

export type TaskId = (typeof TASK_IDS)[number];

interface Habit {
  /** Share of the requests. */
  readonly share: number;
  readonly opening: string;
  /** Words of a prompt, in the middle, and how far they spread. */
  readonly words: number;
  readonly spread: number;
  readonly outputTokens: number;
}

export const HABITS: Readonly<Record<TaskId, Habit>> = {
  triage: {
    share: 0.45,
    opening: 'Which of the labels is right for this e-mail?',
    words: 70,
    spread: 0.5,
    outputTokens: 6,
  },
  answers: { share: 0.35, opening: 'Answer this customer:', words: 90, spread: 0.5, outputTokens: 220 },
  summaries: { share: 0.1, opening: 'Summarise these notes:', words: 240, spread: 0.4, outputTokens: 140 },
  reports: { share: 0.1, opening: 'Write the weekly report from this:', words: 120, spread: 0.4, outputTokens: 600 },
};

/** How the requests of a task differ for a while from what they are. */
export interface Shift {
  readonly task: TaskId;
  /** Factor on the words. */
  readonly longer: number;
  /** Of each prompt: words of reasoning that it did not have. */
  readonly reasoning: number;
  /** Taken off the ease of every question. */
  readonly harder: number;
}

const SYLLABLES = 'ba co de fi gu ha jo ka le mi no pu ra se ti vu wa xe yo zu'.split(' ');
const REASONING = ['why', 'compare', 'explain', 'analyse', 'therefore', 'evaluate'];
const EXPERT = ['contract', 'invoice', 'liability', 'diagnosis', 'algorithm', 'clause'];
const FEATURES = ['mail', 'portal', 'app'];
/** Of a request: mail, else portal, else app. */
const FEATURE_SHARES = [0.4, 0.75, 1];
const LAWSUIT_SHARE = 0.03;
const GOLD_SHARE = 0.2;
const CUSTOMERS = 40;
/** Of customers, who ask the more the lower their number. */
const SKEW = 2;

export function createTraffic(random: () => number): (shift: Shift | undefined) => Asked {
  return (shift) => {
    const task = taskBy(random());
    const shifted = shift?.task === task ? shift : undefined;
    const { opening, outputTokens } = HABITS[task];
    const featureDraw = random();
    const feature = FEATURES[FEATURE_SHARES.findIndex((limit) => featureDraw < limit)] as string;
    return {
      task,
      headers: {
        [HINT_HEADERS.task]: task,
        [HINT_HEADERS.feature]: feature,
        [HINT_HEADERS.userTier]: random() < GOLD_SHARE ? 'gold' : 'standard',
        [CUSTOMER_HEADER]: `customer-${Math.floor(random() ** SKEW * CUSTOMERS)}`,
      },
      prompt: `${opening} ${text(task, shifted, random)}`,
      difficulty: Math.min(1, random() + (shifted?.harder ?? 0)),
      outputTokens: Math.max(1, Math.round(outputTokens * Math.exp(0.4 * normal(random)))),
    };
  };
}

function taskBy(draw: number): TaskId {
  let left = draw;
  for (const id of TASK_IDS) {
    left -= HABITS[id].share;
    if (left < 0) return id;
  }
  return 'triage';
}

function text(task: TaskId, shifted: Shift | undefined, random: () => number): string {
  const { words, spread } = HABITS[task];
  const count = Math.max(8, Math.round(words * (shifted?.longer ?? 1) * Math.exp(spread * normal(random))));
  const said: string[] = [];
  for (let index = 0; index < count; index += 1) said.push(index % 14 === 13 ? `${word(random)}.` : word(random));
  const sprinkle = (list: readonly string[], times: number): void => {
    for (let time = 0; time < times; time += 1) said[pick(count, random)] = list[pick(list.length, random)] as string;
  };
  sprinkle(REASONING, pick(3, random) + (shifted?.reasoning ?? 0));
  sprinkle(EXPERT, pick(3, random));
  if (random() < LAWSUIT_SHARE) said[0] = 'lawsuit';
  return said.join(' ');
}

function word(random: () => number): string {
  const syllable = () => SYLLABLES[pick(SYLLABLES.length, random)] as string;
  return random() < 0.4 ? syllable() + syllable() : syllable() + syllable() + syllable();
}

function pick(below: number, random: () => number): number {
  return Math.floor(random() * below);
}

/** Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
