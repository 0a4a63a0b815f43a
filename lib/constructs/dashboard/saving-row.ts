import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { RouterMetrics } from '../router-metrics';
import { graph } from './widgets';

/** Seconds that each reading of the watch function stands for. */
const READING_SECONDS = 300;

/** What routing saves, net of everything it costs, what was subtracted, and which task saves it. */
export function savingRow(metrics: RouterMetrics, frontier: string): cloudwatch.IWidget[] {
  return [
    graph({
      title: 'Net saving',
      metrics: [
        addedUp(metrics, 'NetSavingUsd', 'net saving'),
        addedUp(metrics, 'VerifiedNetSavingUsd', 'of it verified'),
      ],
      unit: 'USD, added up',
      isSigned: true,
    }),
    graph({ title: 'What is subtracted', metrics: subtracted(metrics, frontier), unit: 'USD, added up' }),
    graph({
      title: 'Net saving by task',
      metrics: [metrics.graphWatched('NetSavingUsd')],
      unit: 'USD in 5 minutes',
      isSigned: true,
    }),
  ];
}

/**
 * The readings of each period, added up over what the dashboard shows. Their average times their number, which is at most
 * what a period holds: so that a reading which was put twice counts once, whichever period is drawn.
 */
function addedUp(metrics: RouterMetrics, name: string, label: string, less = ''): cloudwatch.MathExpression {
  const average = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  const readings = `${average}Readings`;
  const most = `PERIOD(${readings}) / ${READING_SECONDS}`;
  return new cloudwatch.MathExpression({
    expression: `RUNNING_SUM(${less}${average} * IF(${readings} > ${most}, ${most}, ${readings}))`,
    usingMetrics: {
      [average]: metrics.metricWatched(name, { statistic: 'Average' }),
      [readings]: metrics.metricWatched(name, { statistic: 'SampleCount' }),
    },
    label,
  });
}

/** The own bill and idle GPUs are what the others leave: only the watch function knows them. */
function subtracted(metrics: RouterMetrics, frontier: string): cloudwatch.IMetric[] {
  const [atFrontier, spent, routing] = ['FrontierCostUsd', 'CostUsd', 'RoutingCostUsd'].map(
    (name) => metrics.graphTotal(name).expression,
  );
  const sum = (expression: string | undefined, label: string) =>
    new cloudwatch.MathExpression({ expression: `RUNNING_SUM(${expression})`, label });
  return [
    sum(atFrontier, `all at ${frontier}`),
    sum(spent, 'tiers'),
    sum(routing, 'routing itself'),
    addedUp(metrics, 'NetSavingUsd', "idle GPUs and the router's own bill", `${atFrontier} - ${spent} - ${routing} - `),
  ];
}
