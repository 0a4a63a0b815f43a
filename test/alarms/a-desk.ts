import type { Stack } from 'aws-cdk-lib';
import { PolicySource } from '../../lib/constructs/policy-source';
import { RouterAlarms, type RouterAlarmsProps } from '../../lib/constructs/router-alarms';
import { RouterMetrics } from '../../lib/constructs/router-metrics';
import { RouterTables } from '../../lib/constructs/router-tables';
import { exactBounds } from '../../lib/core/exact-bounds';
import { parsePolicy } from '../../lib/core/policy/parse';
import { type Arrival, prepare, type RoutePorts, route } from '../../lib/core/route';
import type { Attribution } from '../../lib/core/types';
import type { Policy } from '../../lib/core/types-policy';
import { aFunction, aStack } from '../constructs/a-stack';
import { type Act, scriptedProvider } from '../fixtures/scripted-provider';

/** The router of these tests: its name, and one task of it. */
export const ROUTER = 'desk';
export const TASK = 'triage';

/** When everything here happens, UTC milliseconds. */
export const NOON_MS = Date.UTC(2026, 10, 22, 12);

export interface DeskSettings {
  /** Of the task, as YAML in braces. */
  readonly baseline?: string;
  readonly route?: 'cascade' | 'static';
  /** More lines of the document. */
  readonly more?: string;
  /** More members of the task, each with a comma in front. */
  readonly task?: string;
}

/** A policy of two tiers and one task, as somebody writes it. */
export function deskText({ baseline = '{}', route = 'cascade', more = '', task = '' }: DeskSettings = {}): string {
  return `schema: 1
policy: ${ROUTER}
owner: ai-platform
tiers:
  small: { provider: openai-compatible, baseUrl: "\${SMALL_URL:-http://127.0.0.1:9/v1}", model: small-model, location: vpc, contextWindow: 32768, price: { input: 0.05, output: 0.1 } }
  frontier: { provider: openai-compatible, baseUrl: "\${FRONTIER_URL:-http://127.0.0.1:9/v1}", model: frontier-model, location: anywhere, contextWindow: 200000, price: { input: 4, output: 20 } }
tasks:
  ${TASK}:
    owner: support
    audit: { inputs: one e-mail, acceptable: one of two labels, consequence: low }
    route: ${route}
    ladder: [small, frontier]
    strategy: [rules]
    rules: [{ when: { keywords: [refund] }, tier: frontier }]
    oracle: [{ kind: labels, labels: [billing, other] }]
    baseline: ${baseline}
    ${task}
default: { task: ${TASK} }
${more}`;
}

/** A baseline of so many escalations among so many rows, with its exact bounds, one-sided 95 %, as profiling writes it. */
export function measured(escalations: number, n: number): string {
  const { low, high } = exactBounds(escalations, n, 0.95);
  return `{ escalationRate: ${escalations / n}, low: ${low}, high: ${high}, n: ${n} }`;
}

export function deskPolicy(settings: DeskSettings = {}): Policy {
  const result = parsePolicy(deskText(settings), { variables: {}, unset: 'fault' });
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.policy;
}

/** The alarms of a template that was deployed with a policy. */
export function deployedAlarms(settings: DeskSettings = {}, props: Partial<RouterAlarmsProps> = {}): RouterAlarms {
  const stack: Stack = aStack();
  return new RouterAlarms(stack, 'Alarms', {
    metrics: new RouterMetrics(ROUTER),
    policy: PolicySource.fromText(deskText(settings)),
    function: aFunction(stack),
    tables: new RouterTables(stack, 'Tables'),
    ...props,
  });
}

export type Script = Readonly<Record<string, readonly Act[]>>;

/** The record of one request that went the whole way, its tiers played by a script. */
export async function served(
  policy: Policy,
  script: Script,
  prompt = 'Where is my parcel?',
  more: Partial<RoutePorts> = {},
): Promise<Attribution> {
  let requests = 0;
  const ports: RoutePorts = {
    providers: { 'openai-compatible': scriptedProvider(script) },
    nowMs: () => NOON_MS,
    random: () => 0.5,
    pause: () => Promise.resolve(),
    newRequestId: () => `req-${++requests}`,
    ...more,
  };
  const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: prompt }] });
  const arrival: Arrival = { incoming: { headers: {}, body }, caller: {}, left: new AbortController().signal };
  const { attribution } = await route(arrival, await prepare(policy), ports);
  const record = await attribution;
  if (record === undefined) throw new Error('the request was not understood');
  return record;
}

/** The three things that may become of a request, as far as escalation goes. */
export interface Kinds<Of> {
  /** The first tier's answer passed. */
  readonly plain: Of;
  /** A check failed, and the next tier answered. */
  readonly climbed: Of;
  /** It began above the first tier. */
  readonly upRouted: Of;
}

export async function servedKinds(policy: Policy): Promise<Kinds<Attribution>> {
  const passes = { small: [{ say: 'billing' }], frontier: [{ say: 'billing' }] };
  return {
    plain: await served(policy, passes),
    climbed: await served(policy, { ...passes, small: [{ say: 'I would say it is a parcel.' }] }),
    upRouted: await served(policy, passes, 'I want a refund.'),
  };
}
