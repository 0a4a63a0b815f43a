/** What the template's alarms make of the metrics that were put. */

import { publishEmbedded } from '../../../lambda/watch/publish-embedded';
import { PolicySource } from '../../../lib/constructs/policy-source';
import { RouterAlarms } from '../../../lib/constructs/router-alarms';
import { RouterMetrics } from '../../../lib/constructs/router-metrics';
import { RouterTables } from '../../../lib/constructs/router-tables';
import { DAY_MS, MINUTE_MS } from '../../../lib/core/durations';
import type { Reading } from '../../../lib/core/telemetry/watch/nouns';
import { readLines } from '../../alarms/datapoints';
import { Minutes } from '../../alarms/minutes';
import { TemplateAlarm } from '../../alarms/template-alarm';
import { aFunction, aStack } from '../../constructs/a-stack';
import { START_MS } from './calendar';
import { TASK_IDS } from './traffic';

export const ROUTER = 'month';

/** An alarm from when it was raised to when it was over. */
export interface Page {
  readonly alarm: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What an alarm of this simulation reads of the router's own metrics. */
const READ =
  /^(Requests|UpRoutes|Escalations|Baseline\w+|SchemaFailures|UpstreamAttempts|Fallbacks)\|[^|]*\|Task=[^|]*$|^Requests\|/;
const STEP_MINUTES = 5;
/** Before the first runs silence says nothing. */
const FIRST_MINUTE = 30;

/** Everything that was put into CloudWatch, by the minute in which it came there. */
export class PutMetrics {
  private readonly watched: Minutes;
  private readonly all: Minutes;

  constructor(private readonly days: number) {
    const length = (days * DAY_MS) / MINUTE_MS + 60;
    this.watched = new Minutes(length);
    this.all = new Minutes(length);
  }

  putLines(lines: readonly string[], atMs: number): void {
    const points = new Map([...readLines(lines)].filter(([key]) => READ.test(key) && !key.includes('|Tier=')));
    this.all.put(minuteOf(atMs), points);
  }

  async putReadings(readings: readonly Reading[], atMs: number): Promise<void> {
    const lines: string[] = [];
    await publishEmbedded(ROUTER, (line) => lines.push(line))(readings, atMs);
    const points = readLines(lines);
    this.all.put(minuteOf(atMs), points);
    this.watched.put(minuteOf(atMs), points);
  }

  /** Every time that an alarm of a template with this policy was raised. */
  pages(document: object): Page[] {
    const stack = aStack();
    const alarms = new RouterAlarms(stack, 'Alarms', {
      metrics: new RouterMetrics(ROUTER),
      policy: PolicySource.fromText(JSON.stringify(document)),
      function: aFunction(stack),
      tables: new RouterTables(stack, 'Tables'),
    });
    const { watch } = alarms;
    if (watch === undefined) throw new Error('the alarms are made for a watch function that runs');
    this.watched.close();
    this.all.close();
    const pages = [
      ...this.raised('EscalationExcess', new TemplateAlarm(alarms.escalationExcess), this.watched),
      ...this.raised('QualityShortfall', new TemplateAlarm(watch.qualityShortfall), this.watched),
      ...this.raised('NetSaving', new TemplateAlarm(watch.netSaving), this.watched),
      ...this.raised('InputDrift', new TemplateAlarm(watch.inputDrift), this.watched),
      ...this.raised('TierMix', new TemplateAlarm(watch.tierMix), this.watched),
      ...this.raised('BillDeviation', new TemplateAlarm(watch.billDeviation), this.watched),
      ...this.raised('BaselineAge', new TemplateAlarm(watch.baselineAge), this.watched),
      ...this.raised('WatchHeartbeat', new TemplateAlarm(watch.heartbeat), this.watched),
    ];
    for (const task of TASK_IDS) {
      for (const [name, alarm] of Object.entries(alarms.forTask(task))) {
        const shown = `${task} ${name.charAt(0).toUpperCase()}${name.slice(1)}`;
        pages.push(...this.raised(shown, new TemplateAlarm(alarm), this.all));
      }
    }
    return pages.sort((one, other) => one.fromMs - other.fromMs);
  }

  private raised(alarm: string, of: TemplateAlarm, minutes: Minutes): Page[] {
    const pages: Page[] = [];
    const end = (this.days * DAY_MS) / MINUTE_MS;
    let since: number | undefined;
    for (let minute = FIRST_MINUTE; minute <= end; minute += STEP_MINUTES) {
      const isRaised = of.isRaised(minutes, minute + 1);
      if (isRaised) since ??= minute;
      if (since === undefined || (isRaised && minute < end)) continue;
      pages.push({ alarm, fromMs: START_MS + since * MINUTE_MS, untilMs: START_MS + minute * MINUTE_MS });
      since = undefined;
    }
    return pages;
  }
}

function minuteOf(ms: number): number {
  return Math.floor((ms - START_MS) / MINUTE_MS);
}
