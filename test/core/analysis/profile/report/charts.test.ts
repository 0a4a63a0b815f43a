import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bounds } from '../../../../../lib/core/analysis/profile/report/bounds';
import { linearScale, logScale } from '../../../../../lib/core/analysis/profile/report/chart-scale';
import { html } from '../../../../../lib/core/analysis/profile/report/markup';
import { type Marked, placeLabels } from '../../../../../lib/core/analysis/profile/report/place-labels';
import { paretoFront, type TaskPoint } from '../../../../../lib/core/analysis/profile/report/task-points';

const SPAN = { from: 10, to: 90 };

describe('a scale', () => {
  it.each([
    [linearScale(0.85, 1, SPAN), [0.85, 0.9, 0.95, 1]],
    [linearScale(0, 1, SPAN), [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [logScale(0.00002, 0.006, SPAN), [0.00003, 0.0001, 0.0003, 0.001, 0.003]],
    [logScale(0.001, 0.01, SPAN), [0.001, 0.002, 0.005, 0.01]],
    [logScale(1e-9, 10, SPAN), expect.arrayContaining([0.001, 1])],
  ])('%# has ticks that a person would choose', (scale, ticks) => {
    expect(scale.ticks).toEqual(ticks);
  });

  it('places its ends at the ends, and what lies outside no further', () => {
    const scale = logScale(0.001, 0.1, SPAN);
    expect([0.0001, 0.001, 0.01, 0.1, 5].map(scale.place)).toEqual([10, 10, 50, 90, 90]);
    expect(linearScale(1, 1, SPAN).place(1)).toBe(50);
  });

  it('never leaves the drawing and never loses the order, whatever the values', () => {
    const share = fc.double({ min: 0.000001, max: 1000, noNaN: true });
    fc.assert(
      fc.property(share, share, fc.array(share, { minLength: 2 }), (one, other, values) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        for (const scale of [logScale(low, high, SPAN), linearScale(low, high + 1, SPAN)]) {
          const places = [...values].sort((a, b) => a - b).map(scale.place);
          expect(places.every((place) => place >= 10 && place <= 90)).toBe(true);
          expect([...places].sort((a, b) => a - b)).toEqual(places);
          expect(scale.ticks.every((tick) => Number.isFinite(tick))).toBe(true);
        }
      }),
    );
  });
});

describe('labels', () => {
  const mark = (x: number, y: number, label: string): Marked => ({ x, y, label });

  it('stand to the right where there is room, and elsewhere where there is none', () => {
    const places = placeLabels([mark(20, 50, 'small'), mark(95, 50, 'frontier'), mark(22, 50, 'routed')], 280);
    expect(places.map((place) => place?.anchor)).toEqual(['end', 'end', 'start']);
  });

  it('are left out where every side is taken', () => {
    const crowd = Array.from({ length: 12 }, (_, index) => mark(50, 50, `point-${index}`));
    const places = placeLabels(crowd, 280);
    expect(places.filter((place) => place === undefined).length).toBeGreaterThan(0);
  });
});

function point(name: string, costUsd: number | null, quality: number, kind: TaskPoint['kind'] = 'tier'): TaskPoint {
  return {
    name,
    kind,
    height: 0,
    also: [],
    costUsd,
    quality,
    interval: { quality: { low: quality, high: quality }, costUsd: null },
  };
}

describe('the front', () => {
  it('holds what nothing cheaper is as good as, by cost, and neither the lot nor the oracle', () => {
    const points = [
      point('frontier', 4, 0.99),
      point('small', 1, 0.9),
      point('mid', 2, 0.97),
      point('routed', 1.5, 0.98, 'routed'),
      point('oracle', 1.1, 1, 'oracle'),
      point('random mix', 1.2, 0.95, 'random'),
      point('as dear as small', 1, 0.8),
    ];
    expect(paretoFront(points).map(({ name }) => name)).toEqual(['small', 'routed', 'frontier']);
  });

  it('holds both of two that come to the very same, and none whose cost is not known', () => {
    const points = [
      point('unpriced', null, 1),
      point('mid', 2, 0.97),
      point('routed', 2, 0.97, 'routed'),
      point('dearer', 3, 0.97),
    ];
    expect(paretoFront(points).map(({ name }) => name)).toEqual(['mid', 'routed']);
  });
});

describe('what is written', () => {
  it('bounds never narrower than they are', () => {
    expect(bounds(0.95149, 0.98151).replaceAll('\u00a0', ' ')).toBe('95.1 to 98.2 %');
    expect(bounds(0.95, 0.98).replaceAll('\u00a0', ' ')).toBe('95.0 to 98.0 %');
  });

  it('is escaped wherever it comes from, but for what is HTML already', () => {
    const inner = html`<b>${'<&">'}</b>`;
    expect(html`<p>${inner}${['a<', inner]}${false}${undefined}${3}</p>`.html).toBe(
      '<p><b>&lt;&amp;&quot;&gt;</b>a&lt;<b>&lt;&amp;&quot;&gt;</b>3</p>',
    );
  });
});
