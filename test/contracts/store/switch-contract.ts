import { expect, it } from 'vitest';
import type { SwitchStore } from '../../../lambda/shared/store/switch-port';
import { HOUR_MS } from '../../../lib/core/durations';
import type { Switch, TaskOverride, TaskRaise, TierSwitch } from '../../../lib/core/types-live';
import type { StoreLoad } from '../store-contract';

const NOW_MS = Date.UTC(2026, 10, 22, 10);
const BY = { author: 'grace', reason: 'mended', atMs: NOW_MS + 1000 };

function disabled(tier: string, rest: Partial<TierSwitch> = {}): TierSwitch {
  return { kind: 'tier-disabled', tier, reason: 'slow', author: 'ada', atMs: NOW_MS, ...rest };
}

function override(task: string, tier: string, rest: Partial<TaskOverride> = {}): TaskOverride {
  const untilMs = NOW_MS + HOUR_MS;
  return { kind: 'task-override', task, tier, untilMs, reason: 'launch', author: 'ada', atMs: NOW_MS, ...rest };
}

function raised(task: string, rest: Partial<TaskRaise> = {}): TaskRaise {
  return { kind: 'task-raised', task, rungs: 1, reason: 'broken schema', author: 'watch', atMs: NOW_MS, ...rest };
}

function nameOf(entry: Switch): string {
  return entry.kind === 'task-raised' ? entry.task : entry.tier;
}

/** `switches` gives those of a new, empty store for each test. */
export function switchContract(switches: () => SwitchStore, { atOnce }: StoreLoad): void {
  it('has nothing at first', async () => {
    expect(await switches().active(NOW_MS)).toEqual([]);
    expect(await switches().history()).toEqual([]);
    expect(await switches().clear({ kind: 'tier-disabled', name: 'small' }, BY)).toBeUndefined();
    expect(await switches().history()).toEqual([]);
  });

  it('has what was set in force, oldest first', async () => {
    const entries = [disabled('mid', { atMs: NOW_MS + 2 }), override('triage', 'mid'), disabled('small')];
    for (const entry of entries) await switches().set({ ...entry, atMs: entry.atMs + 1 });
    const active = await switches().active(NOW_MS + 10);
    expect(active.map(({ atMs }) => atMs - NOW_MS)).toEqual([1, 1, 3]);
    expect(active[2]).toEqual(disabled('mid', { atMs: NOW_MS + 3 }));
  });

  it('lets a switch expire by itself', async () => {
    await switches().set(disabled('small', { untilMs: NOW_MS + 1000 }));
    await switches().set(disabled('mid'));
    await switches().set(override('triage', 'mid'));
    const names = async (atMs: number) =>
      (await switches().active(atMs)).map((entry) => `${entry.kind} ${nameOf(entry)}`);

    expect(await names(NOW_MS + 999)).toHaveLength(3);
    expect(await names(NOW_MS + 1000)).toEqual(['tier-disabled mid', 'task-override mid']);
    expect(await names(NOW_MS + HOUR_MS)).toEqual(['tier-disabled mid']);
  });

  it('puts a switch in the place of one for the same tier or the same task', async () => {
    await switches().set(disabled('small'));
    await switches().set(override('triage', 'small'));
    await switches().set(disabled('small', { reason: 'still slow', atMs: NOW_MS + 5 }));
    await switches().set(override('triage', 'mid', { atMs: NOW_MS + 6 }));
    await switches().set(override('small', 'small', { atMs: NOW_MS + 7 }));
    expect(await switches().active(NOW_MS + 10)).toEqual([
      disabled('small', { reason: 'still slow', atMs: NOW_MS + 5 }),
      override('triage', 'mid', { atMs: NOW_MS + 6 }),
      override('small', 'small', { atMs: NOW_MS + 7 }),
    ]);
  });

  it('keeps a raise of a task beside an override of it, once, until it is cleared', async () => {
    await switches().set(override('triage', 'mid'));
    await switches().set(raised('triage'));
    await switches().set(raised('triage', { rungs: 2, atMs: NOW_MS + 1 }));
    const raise = raised('triage', { rungs: 2, atMs: NOW_MS + 1 });
    expect(await switches().active(NOW_MS + 1)).toEqual([override('triage', 'mid'), raise]);
    expect(await switches().clear({ kind: 'task-raised', name: 'triage' }, BY)).toEqual(raise);
    expect(await switches().active(NOW_MS + 1)).toEqual([override('triage', 'mid')]);
  });

  it('clears one switch, and says what was in force', async () => {
    await switches().set(disabled('small'));
    await switches().set(override('triage', 'mid'));
    expect(await switches().clear({ kind: 'tier-disabled', name: 'mid' }, BY)).toBeUndefined();
    expect(await switches().clear({ kind: 'task-override', name: 'triage' }, BY)).toEqual(override('triage', 'mid'));
    expect(await switches().clear({ kind: 'task-override', name: 'triage' }, BY)).toBeUndefined();
    expect(await switches().active(NOW_MS)).toEqual([disabled('small')]);
  });

  it('does not clear what has expired', async () => {
    await switches().set(disabled('small', { untilMs: BY.atMs }));
    expect(await switches().clear({ kind: 'tier-disabled', name: 'small' }, BY)).toBeUndefined();
    expect(await switches().history()).toHaveLength(1);
  });

  it('takes a switch out of force for a while, after which it is what it was', async () => {
    const [what, fromMs] = [{ kind: 'tier-disabled', name: 'small' } as const, NOW_MS + HOUR_MS];
    const entry = disabled('small', { untilMs: NOW_MS + 2 * HOUR_MS });
    expect(await switches().suspend(what, BY, fromMs)).toBeUndefined();
    const mid = disabled('mid', { atMs: NOW_MS + 1 });
    await switches().set(entry);
    await switches().set(mid);
    expect(await switches().suspend(what, BY, fromMs)).toEqual(entry);

    expect(await switches().suspended(fromMs - 1)).toEqual([{ ...entry, fromMs }]);
    expect(await switches().active(fromMs - 1)).toEqual([mid]);
    expect(await switches().suspended(fromMs)).toEqual([]);
    expect(await switches().active(fromMs)).toEqual([entry, mid]);
    expect(await switches().active(NOW_MS + 2 * HOUR_MS)).toEqual([mid]);
    expect((await switches().history(1))[0]).toEqual({ action: 'suspended', entry: { ...entry, fromMs }, ...BY });
  });

  it('clears what would end before it came back, and keeps what is suspended through other changes', async () => {
    const what = (name: string) => ({ kind: 'tier-disabled', name }) as const;
    const short = disabled('small', { untilMs: NOW_MS + HOUR_MS });
    await switches().set(short);
    await switches().set(disabled('mid'));
    await switches().set(disabled('large'));
    expect(await switches().suspend(what('small'), BY, NOW_MS + HOUR_MS)).toEqual(short);
    await switches().suspend(what('mid'), BY, NOW_MS + 2 * HOUR_MS);
    await switches().suspend(what('large'), BY, NOW_MS + HOUR_MS);
    await switches().set(override('triage', 'mid'));

    const suspended = async () => (await switches().suspended(BY.atMs)).map(nameOf);
    expect(await suspended()).toEqual(['large', 'mid']);
    expect(await switches().clear(what('mid'), BY)).toEqual(disabled('mid'));
    await switches().set(disabled('large', { reason: 'again' }));
    expect(await suspended()).toEqual([]);
    expect(await switches().active(BY.atMs)).toEqual([
      override('triage', 'mid'),
      disabled('large', { reason: 'again' }),
    ]);
  });

  it('remembers who set and cleared what, and why, newest first', async () => {
    await switches().set(disabled('small'));
    await switches().clear({ kind: 'tier-disabled', name: 'small' }, BY);
    await switches().set(override('triage', 'mid', { atMs: NOW_MS + 2000 }));
    const history = await switches().history();

    expect(history.map(({ action, author, reason }) => [action, author, reason])).toEqual([
      ['set', 'ada', 'launch'],
      ['cleared', 'grace', 'mended'],
      ['set', 'ada', 'slow'],
    ]);
    expect(history[1]).toEqual({ action: 'cleared', entry: disabled('small'), ...BY });
    expect(await switches().history(2)).toEqual(history.slice(0, 2));
    expect(await switches().history(1)).toEqual(history.slice(0, 1));
  });

  it('remembers beyond nine in their order', async () => {
    for (let index = 0; index < 12; index += 1) await switches().set(disabled('small', { reason: `${index}` }));
    const reasons = (await switches().history()).map(({ reason }) => reason);
    expect(reasons).toEqual(Array.from({ length: 12 }, (_, index) => `${11 - index}`));
  });

  it('loses none of many that are set at once', async () => {
    const tiers = Array.from({ length: Math.min(atOnce, 20) }, (_, index) => `tier-${index}`);
    await Promise.all(tiers.map((tier) => switches().set(disabled(tier))));
    const active = await switches().active(NOW_MS);
    expect(active.map(nameOf).sort()).toEqual([...tiers].sort());
    expect((await switches().history()).map(({ entry }) => nameOf(entry)).sort()).toEqual([...tiers].sort());
  });
}
