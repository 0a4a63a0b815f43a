/** What CloudWatch keeps of a metric's values in a period. */
export interface Datapoint {
  readonly sum: number;
  readonly count: number;
  readonly max: number;
  readonly min: number;
}

/** By metric, as `keyOf` writes it. */
export type Datapoints = ReadonlyMap<string, Datapoint>;

export function keyOf(name: string, dimensions: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(dimensions).map(([dimension, value]) => `${dimension}=${value}`);
  return [name, ...pairs.sort()].join('|');
}

interface EmbeddedLine {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [member: string]: unknown;
}

/** What CloudWatch makes of lines in its embedded metric format, all of one period. */
export function readLines(lines: readonly string[]): Datapoints {
  const points = new Map<string, Datapoint>();
  for (const text of lines) {
    const line: EmbeddedLine = JSON.parse(text);
    for (const { Dimensions, Metrics } of line._aws.CloudWatchMetrics) {
      for (const set of Dimensions) {
        const dimensions = Object.fromEntries(set.map((name) => [name, String(line[name])]));
        for (const { Name } of Metrics) addValue(points, keyOf(Name, dimensions), Number(line[Name]));
      }
    }
  }
  return points;
}

function addValue(points: Map<string, Datapoint>, key: string, value: number): void {
  const known = points.get(key);
  const own = { sum: value, count: 1, max: value, min: value };
  points.set(key, known === undefined ? own : together(known, own));
}

function together(one: Datapoint, other: Datapoint): Datapoint {
  return {
    sum: one.sum + other.sum,
    count: one.count + other.count,
    max: Math.max(one.max, other.max),
    min: Math.min(one.min, other.min),
  };
}
