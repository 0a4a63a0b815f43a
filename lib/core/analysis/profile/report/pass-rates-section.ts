import { percent, shortPercent, whole } from '../../../figures';
import type { PassRate } from '../profile-document';
import { bounds } from './bounds';
import { html, type Markup } from './markup';
import { passRateAxis, passRateScale, passRateTrack } from './pass-rate-track';
import type { ReportedProfile, ReportedTask } from './report-extras';
import { scrollTable } from './scroll-table';

/** Every tier on every task: rate, exact bounds, verdict. */
export function passRatesSection({ tasks }: ReportedProfile): Markup {
  const entries = Object.entries(tasks);
  const scale = passRateScale(entries.flatMap(([, { tiers }]) => Object.values(tiers)));
  const axis = passRateAxis(scale);
  return html`<section aria-labelledby="pass-rates">
<h2 id="pass-rates">Pass rates</h2>
<p>A dot is the share of answers that passed every check, its line the exact one-sided bounds at the task's confidence. Upright lines stand at 85 % and 95 %, where the verdict turns; the dashed one at the task's target.</p>
<div class="pair">${entries.map(([id, task]) => passRateTable(id, task, scale, axis))}</div>
</section>`;
}

function passRateTable(
  id: string,
  { ladder, tiers, target }: ReportedTask,
  scale: ReturnType<typeof passRateScale>,
  axis: Markup,
): Markup {
  const rows = ladder.flatMap((tier) => {
    const rate = tiers[tier];
    return rate === undefined ? [] : [[tier, passRateTrack(rate, scale, target?.passRate), figures(rate)]];
  });
  const aim = target === undefined ? '' : `, target ${shortPercent(target.passRate)}`;
  return scrollTable(`${id}${aim}`, ['Tier', axis, 'Passed'], rows, 'rates');
}

/** `97.2 %` and the verdict, its bounds, and of how many. */
export function figures({ passRate, low, high, passes, n, verdict }: PassRate): Markup {
  return html`${percent(passRate)} <span class="badge ${verdict}">${verdict}</span> <small>${bounds(low, high)}<br>${whole(passes)} of ${whole(n)}</small>`;
}
