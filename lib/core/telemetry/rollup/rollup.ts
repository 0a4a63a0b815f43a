import type { AttributedAttempt, AttributedConsultation, Attribution } from '../../types';
import type { Feedback } from '../../types-feedback';
import { type Placed, withPlaced, withRecord } from './placed';
import { addSums, NO_SUMS, type Sums, someSums, subtractSums, sumsOf, sumsOfFeedback } from './sums';

/** What a report can be split by. Under `tier` and `model` stands what was billed there, whoever answered in the end. */
export const REPORT_DIMENSIONS = ['task', 'customer', 'feature', 'key', 'model', 'tier', 'user-tier'] as const;

export type ReportDimension = (typeof REPORT_DIMENSIONS)[number];

/** Requests that a task's user tier was served by each tier. */
export type Mix = Record<string, Record<string, number>>;

/** How often each value of a dimension occurred; values to a tenth. */
export type Histogram = Record<string, number>;

export interface TaskRollup {
  mix: Mix;
  inputs: Record<string, Histogram>;
  /** Requests of its sums and mix that the task's strategy did not place. */
  placed?: Placed;
}

/** Calls that carried a customer's prompts to one place. */
export interface Place {
  tier: string;
  location: string;
  /** Absent: the host does not say. */
  retentionDays?: number;
  calls: number;
}

/**
 * Records added up over a stretch of time. Adding is associative and commutative, so minutes make hours and hours days,
 * in any order, and making one anew gives the same.
 */
export interface Rollup {
  total: Sums;
  by: Record<ReportDimension, Record<string, Sums>>;
  tasks: Record<string, TaskRollup>;
  /** By customer. */
  places: Record<string, Place[]>;
}

/** Stands for what a record does not name. */
export const UNNAMED = '-';

export function emptyRollup(): Rollup {
  return { total: NO_SUMS, by: emptySplits(), tasks: bare(), places: bare() };
}

function emptySplits(): Rollup['by'] {
  return Object.fromEntries(REPORT_DIMENSIONS.map((dimension) => [dimension, bare()])) as Rollup['by'];
}

/** Names are strangers' texts: no prototype may answer to them. */
function bare<Value>(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>;
}

/** Adds one record. */
export function addRecord(rollup: Rollup, record: Attribution): void {
  const sums = sumsOf(record);
  rollup.total = addSums(rollup.total, sums);
  const { by } = rollup;
  addToAsker(by, record, sums);
  addBilled(by.tier, record, ({ tier }) => tier, record.tier, sums);
  addBilled(by.model, record, ({ model }) => model, record.model, sums);
  addDetail(rollup, record, sums);
  for (const call of [...record.attempts, ...record.consultations]) addPlace(rollup, record.customer, call);
}

/** Of a request, what its sums are split by. Feedback that was kept before it said the model counts under none. */
type Asked = Pick<Attribution, 'task' | 'customer' | 'feature' | 'keyId' | 'userTier' | 'tier'> &
  Partial<Pick<Attribution, 'model'>>;

/** Adds one word of feedback, to the stretch of time in which it came; what it takes the place of no longer counts. */
export function addFeedback(rollup: Rollup, feedback: Feedback, replaced?: Feedback): void {
  addAside(rollup, feedback, sumsOfFeedback(feedback));
  if (replaced !== undefined) addAside(rollup, replaced, subtractSums(NO_SUMS, sumsOfFeedback(replaced)));
}

/** Counts a question that was asked again for the request that it follows. */
export function addAskedAgain(rollup: Rollup, first: Asked): void {
  addAside(rollup, first, someSums({ askedAgain: 1 }));
}

/** What is learnt of a request later stands wherever the request itself does, under whoever answered it. */
function addAside(rollup: Rollup, about: Asked, sums: Sums): void {
  rollup.total = addSums(rollup.total, sums);
  addToAsker(rollup.by, about, sums);
  addTo(rollup.by.tier, about.tier ?? undefined, sums);
  addTo(rollup.by.model, about.model ?? undefined, sums);
}

function addToAsker(by: Rollup['by'], { task, customer, feature, keyId, userTier }: Asked, sums: Sums): void {
  addTo(by.task, task, sums);
  addTo(by.customer, customer, sums);
  addTo(by.feature, feature, sums);
  addTo(by.key, keyId, sums);
  addTo(by['user-tier'], userTier, sums);
}

function addTo(cells: Record<string, Sums>, name: string | undefined, sums: Sums): void {
  const key = name ?? UNNAMED;
  const known = cells[key];
  cells[key] = known === undefined ? sums : addSums(known, sums);
}

/** Requests, tokens and verdicts go to who answered; money to who was called. */
function addBilled(
  cells: Record<string, Sums>,
  { attempts, consultations }: Attribution,
  nameOf: (call: AttributedAttempt | AttributedConsultation) => string,
  answering: string | null,
  sums: Sums,
): void {
  addTo(
    cells,
    answering ?? undefined,
    Object.assign({}, sums, { costUsd: 0, costUsdSquares: 0, routingCostUsd: 0, failedAttemptsUsd: 0 }),
  );
  for (const call of attempts) {
    const failedAttemptsUsd = call.outcome === 'failed' ? call.costUsd : 0;
    addTo(cells, nameOf(call), billed(call, { costUsd: call.costUsd, failedAttemptsUsd }));
  }
  for (const call of consultations) addTo(cells, nameOf(call), billed(call, { routingCostUsd: call.costUsd }));
}

function billed({ costUsd }: { readonly costUsd: number }, as: Partial<Sums>): Sums {
  return someSums(Object.assign({ costUsdSquares: costUsd ** 2 }, as));
}

function addDetail({ tasks }: Rollup, record: Attribution, sums: Sums): void {
  const { task, tier, userTier, decision } = record;
  tasks[task] ??= { mix: bare(), inputs: bare() };
  const { mix, inputs, placed } = tasks[task];
  setPlaced(tasks[task], withRecord(placed, record, sums));
  if (tier !== null) {
    const user = userTier ?? UNNAMED;
    mix[user] ??= bare();
    mix[user][tier] = (mix[user][tier] ?? 0) + 1;
  }
  for (const [dimension, value] of Object.entries(decision.dimensions)) {
    inputs[dimension] ??= bare();
    const step = value.toFixed(1);
    inputs[dimension][step] = (inputs[dimension][step] ?? 0) + 1;
  }
}

function setPlaced(detail: TaskRollup, placed: Placed | undefined): void {
  if (placed !== undefined) detail.placed = placed;
}

function addPlace(
  { places }: Rollup,
  customer: string | undefined,
  { tier, location, retentionDays }: Pick<AttributedAttempt, 'tier' | 'location' | 'retentionDays'>,
  calls = 1,
): void {
  const key = customer ?? UNNAMED;
  places[key] ??= [];
  const known = places[key].find(
    (place) => place.tier === tier && place.location === location && place.retentionDays === retentionDays,
  );
  if (known !== undefined) known.calls += calls;
  else places[key].push({ tier, location, calls, ...(retentionDays !== undefined && { retentionDays }) });
}

export function mergedRollups(rollups: Iterable<Rollup>): Rollup {
  const sum = emptyRollup();
  for (const rollup of rollups) mergeRollup(sum, rollup);
  return sum;
}

/** Adds `other` to `rollup`. */
export function mergeRollup(rollup: Rollup, other: Rollup): void {
  rollup.total = addSums(rollup.total, other.total);
  for (const dimension of REPORT_DIMENSIONS) {
    for (const [name, sums] of Object.entries(other.by[dimension])) addTo(rollup.by[dimension], name, sums);
  }
  for (const [task, { mix, inputs, placed }] of Object.entries(other.tasks)) {
    rollup.tasks[task] ??= { mix: bare(), inputs: bare() };
    mergeCounts(rollup.tasks[task].mix, mix);
    mergeCounts(rollup.tasks[task].inputs, inputs);
    setPlaced(rollup.tasks[task], withPlaced(rollup.tasks[task].placed, placed));
  }
  for (const [customer, places] of Object.entries(other.places)) {
    for (const place of places) addPlace(rollup, customer, place, place.calls);
  }
}

function mergeCounts(into: Record<string, Record<string, number>>, from: Record<string, Record<string, number>>): void {
  for (const [outer, counts] of Object.entries(from)) {
    into[outer] ??= bare();
    for (const [inner, count] of Object.entries(counts)) into[outer][inner] = (into[outer][inner] ?? 0) + count;
  }
}
