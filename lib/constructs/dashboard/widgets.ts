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
  /** Whether values may be negative, and are shown so. */
  readonly isSigned?: boolean;
  /** Lines that must not be passed. */
  readonly limits?: readonly { readonly value: number; readonly label: string }[];
}

/** A graph over time, from zero on unless values have a sign. */
export function graph({
  title,
  metrics,
  unit,
  share = 1 / 3,
  isStacked = false,
  isSigned = false,
  limits = [],
}: GraphSettings): cloudwatch.IWidget {
  return new cloudwatch.GraphWidget({
    title,
    left: [...metrics],
    width: FULL_WIDTH * share,
    height: HEIGHT,
    stacked: isStacked,
    leftYAxis: { ...(!isSigned && { min: 0 }), label: unit, showUnits: false },
    leftAnnotations: limits.map((limit) => ({ ...limit, color: cloudwatch.Color.RED })),
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
