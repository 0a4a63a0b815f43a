import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, it } from 'vitest';
import { anchorOf, RUNBOOK } from '../../lib/constructs/alarms/runbook';
import type { IVllmMetrics } from '../../lib/constructs/metrics/vllm-metrics';
import { RouterAlarms } from '../../lib/constructs/router-alarms';
import { RouterApi } from '../../lib/constructs/router-api';
import { RouterDashboard } from '../../lib/constructs/router-dashboard';
import { RouterMetrics } from '../../lib/constructs/router-metrics';
import { RouterTables } from '../../lib/constructs/router-tables';
import { aPolicySource } from '../constructs/a-policy';
import { aFunction, aStack, resources } from '../constructs/a-stack';

const ROOT = join(import.meta.dirname, '../..');
const TEXT = readFileSync(join(ROOT, 'examples/runbook.md'), 'utf8');

/** Sections by their headings. */
const SECTIONS = new Map(
  TEXT.split(/^### /m)
    .slice(1)
    .map((section) => [section.split('\n')[0] ?? '', section.replace(/\n## [\s\S]*$/, '')] as const),
);

function reading(metricName: string): (options?: cloudwatch.MetricOptions) => cloudwatch.Metric {
  return (options) => new cloudwatch.Metric({ ...options, namespace: 'vLLM', metricName });
}

const VLLM: IVllmMetrics = {
  metricWaiting: reading('Waiting'),
  metricRunning: reading('Running'),
  metricKvCache: reading('KvCache'),
};

/** A stack with every kind of alarm and every graph. */
function everything() {
  const stack = aStack();
  const shared = { metrics: new RouterMetrics('desk'), policy: aPolicySource(), function: aFunction(stack) };
  const rest = { api: new RouterApi(stack, 'Api', { function: shared.function }), vllmTiers: { small: VLLM } };
  const alarms = new RouterAlarms(stack, 'Alarms', { ...shared, ...rest, tables: new RouterTables(stack, 'Tables') });
  new RouterDashboard(stack, 'Dashboard', { ...shared, ...rest, alarms });
  return stack;
}

const STACK = everything();

describe('the runbook', () => {
  it('has a section for every alarm, by the address in its description, and no section without one', () => {
    const named = resources(STACK, 'AWS::CloudWatch::Alarm').map(
      ({ AlarmDescription }) => / Runbook: https:\S+runbook\.md#(\S+)$/.exec(AlarmDescription)?.[1],
    );
    expect(named.length).toBeGreaterThan(30);
    expect([...new Set(named)].sort()).toEqual([...SECTIONS.keys()].map(anchorOf).sort());
    expect([...SECTIONS.keys()].sort()).toEqual(
      Object.values(RUNBOOK)
        .map(({ title }) => title)
        .sort(),
    );
  });

  it.each([...SECTIONS])(
    'says of %s how urgent it is, what it means, how to look, what to do and how to silence',
    (title, section) => {
      const entry = Object.values(RUNBOOK).find((one) => one.title === title);
      expect(section).toMatch(new RegExp(`\\n\\n\\*${entry?.urgency}\\* · `));
      const parts = [...section.matchAll(/^\*\*(\w+)\.\*\* (\S)/gm)].map(([, name]) => name);
      expect(parts).toEqual(['Means', 'Look', 'Do', 'Silence']);
    },
  );

  it('names graphs that the dashboard has', () => {
    const body = JSON.stringify(resources(STACK, 'AWS::CloudWatch::Dashboard')[0].DashboardBody);
    const titles = [...body.matchAll(/title\\+":\\+"([^"\\]+)/g)].map(([, title]) => title);
    const looked = [...TEXT.matchAll(/^\*\*Look\.\*\* ([\s\S]*?)\n\n/gm)].flatMap(([, part = '']) =>
      [...part.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name = '']) => name.replace(/\s+/g, ' ')),
    );
    expect(looked.length).toBeGreaterThan(15);
    for (const name of looked)
      expect(
        titles.filter((title) => title?.startsWith(name)),
        name,
      ).not.toEqual([]);
  });

  it('names commands that there are, and options of the constructs', () => {
    const commands = new Set([...TEXT.matchAll(/npx tierwise ([a-z]+)/g)].map(([, name]) => name));
    expect(commands.size).toBeGreaterThan(8);
    for (const name of commands)
      expect(existsSync(join(ROOT, `bin/commands/${name}.ts`)), `tierwise ${name}`).toBe(true);
    const source = readFileSync(join(ROOT, 'lib/constructs/router-alarms.ts'), 'utf8');
    for (const [, name] of TEXT.matchAll(/`(\w+)` of `RouterAlarms`/g)) expect(source).toContain(`readonly ${name}?:`);
  });

  it('links to sections that it has', () => {
    const links = [...TEXT.matchAll(/\]\(#([a-z-]+)\)/g)].map(([, anchor]) => anchor);
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect([...SECTIONS.keys()].map(anchorOf)).toContain(link);
  });
});
