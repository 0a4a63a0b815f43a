import type { Switch } from '../../../lib/core/types-live';
import type { Documents } from './documents';
import type { SuspendedSwitch, SwitchEvent, SwitchedBy, SwitchName, SwitchStore } from './switch-port';

/** What pollers read. The last event stands in it until the next change, so that no change is ever without its event. */
interface Board {
  readonly switches: readonly Kept[];
  readonly last: SwitchEvent;
  /** Counts the events. */
  readonly sequence: number;
}

/** With `fromMs` it is in force from then on, else already. */
type Kept = Switch | SuspendedSwitch;

const BOARD = 'board';
const SEQUENCE_DIGITS = 12;
const HISTORY_LIMIT = 100;

/** One document says what is in force; every change of it leaves its event behind. */
export function documentedSwitches(documents: Documents): SwitchStore {
  async function readBoard() {
    const found = await documents.read('switch', BOARD);
    return { board: found?.document as Board | undefined, revision: found?.revision ?? null };
  }

  /** Into the history, unless somebody else has put it there. */
  async function keep({ sequence, last }: Board): Promise<void> {
    const position = positionOf(sequence);
    await documents.write('switch-event', position, { sequence, event: last }, { expected: null, position });
  }

  /** Each turn that is lost is one that somebody else has won. */
  async function change(
    decide: (switches: readonly Kept[]) => Pick<Board, 'switches' | 'last'> | undefined,
  ): Promise<SwitchEvent | undefined> {
    for (;;) {
      const { board, revision } = await readBoard();
      const decided = decide(board?.switches ?? []);
      if (decided === undefined) return undefined;
      if (board !== undefined) await keep(board);
      const { switches, last } = decided;
      const next: Board = { switches, last, sequence: (board?.sequence ?? 0) + 1 };
      if (await documents.write('switch', BOARD, next, { expected: revision })) return last;
    }
  }

  /** Ends the one of the name that is not over: what is left of it stays, or nothing does. */
  async function end(
    { kind, name }: SwitchName,
    by: SwitchedBy,
    left: (entry: Kept) => SuspendedSwitch | undefined,
  ): Promise<Switch | undefined> {
    const ended = await change((switches) => {
      const standing = switches.filter((entry) => !isOver(entry, by.atMs));
      const entry = standing.find((other) => other.kind === kind && nameOf(other) === name);
      if (entry === undefined) return undefined;
      const others = standing.filter((other) => other !== entry);
      const stays = left(entry);
      if (stays === undefined) return { switches: others, last: { action: 'cleared', entry, ...by } };
      return { switches: [...others, stays], last: { action: 'suspended', entry: stays, ...by } };
    });
    return ended && withoutFrom(ended.entry);
  }

  return {
    async active(nowMs) {
      const { board } = await readBoard();
      return (board?.switches ?? [])
        .filter((entry) => isInForce(entry, nowMs))
        .map(withoutFrom)
        .sort((left, right) => left.atMs - right.atMs);
    },

    async suspended(nowMs) {
      const { board } = await readBoard();
      return (board?.switches ?? [])
        .filter((entry) => isToCome(entry, nowMs))
        .sort((left, right) => left.fromMs - right.fromMs);
    },

    async set(entry) {
      const { author, reason, atMs } = entry;
      await change((switches) => ({
        switches: [...switches.filter((other) => !isOver(other, atMs) && !isSame(other, entry)), entry],
        last: { action: 'set', entry, author, reason, atMs },
      }));
    },

    clear: (what, by) => end(what, by, () => undefined),

    suspend: (what, by, fromMs) => end(what, by, (entry) => (isOver(entry, fromMs) ? undefined : { ...entry, fromMs })),

    async history(limit = HISTORY_LIMIT) {
      const { board } = await readBoard();
      if (board === undefined) return [];
      const older = (await documents.list('switch-event', { newestFirst: true, limit })) as readonly {
        readonly sequence: number;
        readonly event: SwitchEvent;
      }[];
      const before = older.filter(({ sequence }) => sequence < board.sequence).map(({ event }) => event);
      return [board.last, ...before].slice(0, limit);
    },
  };
}

function positionOf(sequence: number): string {
  return String(sequence).padStart(SEQUENCE_DIGITS, '0');
}

function isOver({ untilMs }: Switch, nowMs: number): boolean {
  return untilMs !== undefined && untilMs <= nowMs;
}

function isToCome(entry: Kept, nowMs: number): entry is SuspendedSwitch {
  return 'fromMs' in entry && entry.fromMs > nowMs && !isOver(entry, nowMs);
}

function isInForce(entry: Kept, nowMs: number): boolean {
  return !isOver(entry, nowMs) && !isToCome(entry, nowMs);
}

/** Routers and pages know a switch as it was set, whether it ever rested or not. */
function withoutFrom(entry: Kept): Switch {
  if (!('fromMs' in entry)) return entry;
  const { fromMs: _, ...set } = entry;
  return set as Switch;
}

function isSame(left: Switch, right: Switch): boolean {
  return left.kind === right.kind && nameOf(left) === nameOf(right);
}

/** What a switch is about: of an override the task, whatever tier it names. */
function nameOf(entry: Switch): string {
  return entry.kind === 'tier-disabled' ? entry.tier : entry.task;
}
