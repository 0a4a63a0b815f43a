import { Template } from 'aws-cdk-lib/assertions';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE } from '../../lib/core/contract';
import { type Compiled, compile, type Value } from '../fixtures/metric-math';
import { keyOf } from './datapoints';
import type { Minutes } from './minutes';

interface TemplateMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
}

interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly Period?: number;
  readonly ReturnData?: boolean;
  readonly MetricStat?: { readonly Stat: string; readonly Period: number; readonly Metric: TemplateMetric };
}

interface Properties extends Partial<TemplateMetric> {
  readonly ComparisonOperator: string;
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly TreatMissingData: string;
  readonly Statistic?: string;
  readonly Period?: number;
  readonly Metrics?: readonly Query[];
}

type Read = (minutes: Minutes, from: number, until: number) => Value;

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

/** An alarm as CloudWatch runs it: everything it does is read from the template. */
export class TemplateAlarm {
  readonly #properties: Properties;
  readonly #periodMinutes: number;
  readonly #read: Read;

  constructor(alarm: cloudwatch.Alarm) {
    const id = alarm.stack.getLogicalId(alarm.node.defaultChild as cloudwatch.CfnAlarm);
    this.#properties = Template.fromStack(alarm.stack).toJSON().Resources[id].Properties;
    this.#periodMinutes = periodSeconds(this.#properties) / 60;
    this.#read = readOf(this.#properties);
  }

  /** The value of the period that ends with this minute. */
  value(minutes: Minutes, until: number): Value {
    return this.#read(minutes, until - this.#periodMinutes, until);
  }

  /** Whether it is in alarm at this minute. Its window slides: it is looked at every minute. */
  isRaised(minutes: Minutes, until: number): boolean {
    const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods } = this.#properties;
    let breaching = 0;
    for (let period = 0; period < EvaluationPeriods; period++) {
      const end = until - period * this.#periodMinutes;
      if (end > 0 && this.#isBreaching(this.value(minutes, end))) breaching += 1;
      else if (DatapointsToAlarm === EvaluationPeriods) return false;
    }
    return breaching >= DatapointsToAlarm;
  }

  /** The first minute of a stretch at which it is in alarm. A window of a day hardly moves in five minutes. */
  firstRaised(minutes: Minutes, from = 1, until = minutes.length): number | undefined {
    const step = this.#periodMinutes < 1440 ? 1 : 5;
    for (let minute = from; minute <= until; minute += step) if (this.isRaised(minutes, minute)) return minute;
    return undefined;
  }

  #isBreaching(value: Value): boolean {
    const { ComparisonOperator, Threshold, TreatMissingData } = this.#properties;
    if (value === undefined) return TreatMissingData === 'breaching';
    const compare = COMPARISONS[ComparisonOperator];
    if (compare === undefined) throw new Error(`no comparison is called "${ComparisonOperator}"`);
    return compare(value, Threshold);
  }
}

function periodSeconds({ Period, Metrics = [] }: Properties): number {
  const periods = new Set([Period, ...Metrics.map((query) => query.MetricStat?.Period ?? query.Period)]);
  periods.delete(undefined);
  const [only] = periods;
  if (only === undefined || periods.size > 1) throw new Error(`an alarm has one period; given ${[...periods]}`);
  return only;
}

function readOf(properties: Properties): Read {
  const { Metrics, MetricName, Statistic = '' } = properties;
  if (Metrics === undefined)
    return readMetric(properties as TemplateMetric, Statistic || `no statistic: ${MetricName}`);
  const [returned] = Metrics.filter(({ ReturnData }) => ReturnData !== false);
  const query = returned?.Expression?.startsWith('SELECT') ? readQuery(returned.Expression) : undefined;
  return query ?? readMath(Metrics, returned?.Id ?? '');
}

function readMetric({ Namespace, MetricName, Dimensions = [] }: TemplateMetric, statistic: string): Read {
  if (Namespace !== METRIC_NAMESPACE) throw new Error(`${MetricName} is no metric of ours`);
  const key = keyOf(MetricName, Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])));
  return (minutes, from, until) => minutes.statistic(key, statistic, from, until);
}

const FUNCTIONS: Readonly<Record<string, { readonly statistic: string; fold(values: readonly number[]): number }>> = {
  MAX: { statistic: 'Maximum', fold: (values) => Math.max(...values) },
  SUM: { statistic: 'Sum', fold: (values) => values.reduce((sum, value) => sum + value, 0) },
};

/** A query over every series of a metric with just these dimensions. */
function readQuery(expression: string): Read {
  const form = /^SELECT (\w+)\((\w+)\) FROM SCHEMA\("Tierwise", Router, (\w+)\) WHERE Router = '([^']*)'$/;
  const [, name = '', metric = '', part = '', router = ''] = form.exec(expression) ?? [];
  const call = FUNCTIONS[name];
  if (call === undefined) throw new Error(`cannot evaluate ${expression}`);
  const isMeant = new RegExp(`^${metric}\\|Router=${router}\\|${part}=[^|]*$`);
  return (minutes, from, until) => {
    const values = [...minutes.keys()]
      .filter((key) => isMeant.test(key))
      .map((key) => minutes.statistic(key, call.statistic, from, until))
      .filter((value) => value !== undefined);
    return values.length === 0 ? undefined : call.fold(values);
  };
}

function readMath(queries: readonly Query[], returned: string): Read {
  const metrics = queries.flatMap(({ Id, MetricStat }) =>
    MetricStat === undefined ? [] : [{ id: Id, read: readMetric(MetricStat.Metric, MetricStat.Stat) }],
  );
  const expressions = inOrder(queries);
  // Each is written anew before it is read, so that one serves for every point in time.
  const values: Record<string, Value> = {};
  return (minutes, from, until) => {
    for (const { id, read } of metrics) values[id] = read(minutes, from, until);
    for (const { id, compiled } of expressions) values[id] = compiled(values);
    return values[returned];
  };
}

/** Each expression after those that it uses. */
function inOrder(queries: readonly Query[]): { readonly id: string; readonly compiled: Compiled }[] {
  const waiting = new Map(
    queries.flatMap(({ Id, Expression }) => (Expression === undefined ? [] : [[Id, Expression]])),
  );
  const ordered: { id: string; compiled: Compiled }[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([, text]) => !(text.match(/\w+/g) ?? []).some((word) => waiting.has(word)));
    if (ready.length === 0) throw new Error('the expressions of the alarm go in a circle');
    for (const [id, text] of ready) {
      ordered.push({ id, compiled: compile(text) });
      waiting.delete(id);
    }
  }
  return ordered;
}
