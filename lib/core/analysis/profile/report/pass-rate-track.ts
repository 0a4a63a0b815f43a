import { percent, shortPercent } from '../../../figures';
import { VERDICTS } from '../pass-rates';
import type { PassRate } from '../profile-document';
import { bounds } from './bounds';
import { linearScale, type Scale } from './chart-scale';
import { html, type Markup } from './markup';

const ROOM = { from: 2, to: 98 };

/** One scale for all tasks, so that their rates compare. */
export function passRateScale(rates: readonly PassRate[]): Scale {
  const lowest = Math.min(0.8, ...rates.map(({ low }) => low));
  return linearScale(Math.floor(lowest * 10) / 10, 1, ROOM);
}

/** A pass rate as a dot with its bounds, over the lines at which a verdict turns and the task's own target. */
export function passRateTrack(rate: PassRate, scale: Scale, target?: number): Markup {
  const spoken = `${percent(rate.passRate)}, bounds ${bounds(rate.low, rate.high)}`;
  const [low, high, at] = [scale.place(rate.low), scale.place(rate.high), scale.place(rate.passRate)];
  return html`<svg class="track" width="100%" height="24" role="img" aria-label="${spoken}">
${Object.values(VERDICTS).map((share) => upright('bound', scale.place(share)))}
${target !== undefined && upright('target', scale.place(target))}
<line class="whisker ${rate.verdict}" x1="${low}%" x2="${high}%" y1="12" y2="12"/>
${[low, high].map((x) => html`<line class="whisker ${rate.verdict}" x1="${x}%" x2="${x}%" y1="8" y2="16"/>`)}
<circle class="mark ${rate.verdict}" cx="${at}%" cy="12" r="5"/>
</svg>`;
}

function upright(name: string, x: number): Markup {
  return html`<line class="${name}" x1="${x}%" x2="${x}%" y1="1" y2="23"/>`;
}

/** The scale's numbers, above the tracks. */
export function passRateAxis(scale: Scale): Markup {
  const ticks = scale.ticks.filter((_, index) => (scale.ticks.length - 1 - index) % 2 === 0);
  const texts = ticks.map((tick, index) => {
    const anchor = index === 0 ? 'start' : index === ticks.length - 1 ? 'end' : 'middle';
    return html`<text class="tick" x="${scale.place(tick)}%" y="14" text-anchor="${anchor}">${shortPercent(tick)}</text>`;
  });
  return html`<svg class="track" width="100%" height="18" aria-hidden="true">${texts}</svg>`;
}
