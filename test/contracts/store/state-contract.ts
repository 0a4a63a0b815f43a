import { expect, it } from 'vitest';
import type { StateStore } from '../../../lambda/shared/store/state-port';

/** `states` gives those of a new, empty store for each test. */
export function stateContract(states: () => StateStore): void {
  it('has no state at first', async () => {
    expect(await states().read('watch')).toBeUndefined();
  });

  it('gives back what was written last, with its revision', async () => {
    const state = { until: '2026-11-22T10:00', tasks: { triage: [0.1 + 0.2, null] }, ['__proto__']: 'Ümläut' };
    expect(await states().write('watch', { until: null }, 0)).toBe(true);
    expect(await states().write('watch', state, 1)).toBe(true);
    const found = await states().read('watch');
    expect(found?.revision).toBe(2);
    expect(JSON.stringify(found?.state)).toBe(JSON.stringify(state));
  });

  it('writes nothing where somebody else has written since', async () => {
    await states().write('watch', 'first', 0);
    expect(await states().write('watch', 'other', 0)).toBe(false);
    expect(await states().write('watch', 'second', 1)).toBe(true);
    expect(await states().write('watch', 'other', 1)).toBe(false);
    expect(await states().write('watch', 'other', 3)).toBe(false);
    expect(await states().read('watch')).toEqual({ state: 'second', revision: 2 });
  });

  it('writes nothing over a state that is not there', async () => {
    expect(await states().write('watch', 'other', 1)).toBe(false);
    expect(await states().read('watch')).toBeUndefined();
  });

  it('keeps states of different names apart', async () => {
    const names = ['watch', 'watch#1', '__proto__', '../watch', 'Watch'];
    for (const name of names) expect(await states().write(name, { name }, 0)).toBe(true);
    for (const name of names) expect(await states().read(name)).toEqual({ state: { name }, revision: 1 });
  });

  it('lets one write of many that read the same', async () => {
    for (const revision of [0, 1, 2]) {
      const written = await Promise.all(
        Array.from({ length: 20 }, (_, by) => states().write('watch', { by }, revision)),
      );
      expect(written.filter(Boolean)).toHaveLength(1);
      expect(await states().read('watch')).toEqual({ state: { by: written.indexOf(true) }, revision: revision + 1 });
    }
  });
}
