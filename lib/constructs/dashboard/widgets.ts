import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/** Columns of a dashboard. */
const FULL_WIDTH = 24;
const HEIGHT = 6;

export interface GraphSettings {
  readonly title: string;
  readonly metrics: readonly cloudwatch.IMetric[];
  /** What the axis counts, such as `USD`. */
  readonly unit: string;
  /** Of the whole width; default a third. */
  readonly share?: number;
  readonly isStacked?: boolean;
  /** A line that must not be passed. */
  readonly limit?: { readonly value: number; readonly label: string };
}

/** A graph over time, from zero on. */
export function graph({
  title,
  metrics,
  unit,
  share = 1 / 3,
  isStacked = false,
  limit,
}: GraphSettings): cloudwatch.IWidget {
  return new cloudwatch.GraphWidget({
    title,
    left: [...metrics],
    width: FULL_WIDTH * share,
    height: HEIGHT,
    stacked: isStacked,
    leftYAxis: { min: 0, label: unit, showUnits: false },
    ...(limit !== undefined && { leftAnnotations: [{ ...limit, color: cloudwatch.Color.RED }] }),
  });
}

/** State of every alarm, those in alarm first. */
export function alarmStates(alarms: readonly cloudwatch.Alarm[]): cloudwatch.IWidget {
  return new cloudwatch.AlarmStatusWidget({
    title: 'Alarms',
    alarms: [...alarms],
    width: FULL_WIDTH,
    height: HEIGHT,
    sortBy: cloudwatch.AlarmStatusWidgetSortBy.STATE_UPDATED_TIMESTAMP,
  });
}
