import { execute } from '../../../lib/core/execution/execute';
import type { ExecutionPlan, ExecutionPorts } from '../../../lib/core/execution/plan';
import type { Chosen, Execution, Features, Gate, Request, StreamOutcome } from '../../../lib/core/types';
import type { ChatBody } from '../../../lib/core/types-chat';
import { DIMENSIONS, type DimensionName, type Task, type Tier } from '../../../lib/core/types-policy';
import { aBody, aPolicy, aRequest, aTask, aTier } from '../../builders';
import { type Act, type ScriptedProvider, scriptedProvider } from '../../fixtures/scripted-provider';

const LADDER = ['small', 'mid', 'large'];

const DIMENSION_ZEROS = Object.fromEntries(DIMENSIONS.map((name) => [name, 0])) as Record<DimensionName, number>;

const FEATURES: Features = {
  task: 'triage',
  taskSource: 'default',
  inputTokens: 100,
  expectedOutputTokens: 10,
  reservedOutputTokens: 10,
  dimensions: DIMENSION_ZEROS,
  score: 10,
  residency: 'any',
  consequence: 'low',
  text: '',
};

/** Passes an answer that contains the word. */
export const wants =
  (word: string): Gate =>
  async ({ choices }) => {
    const pass = choices.every(({ text }) => text.includes(word));
    return { pass, oracle: 'contains', detail: pass ? '' : 'the word is missing' };
  };

export interface Scene {
  readonly script: Readonly<Record<string, readonly Act[]>>;
  readonly gate?: Gate;
  readonly task?: Partial<Task>;
  readonly ladder?: readonly string[];
  readonly excluded?: Chosen['excluded'];
  readonly stream?: boolean;
  readonly consequence?: Features['consequence'];
  readonly retries?: number;
  readonly caller?: AbortSignal;
  readonly totalMs?: number;
  /** Milliseconds that the platform leaves. */
  readonly leftMs?: number;
  readonly choices?: number;
  /** What is particular about single tiers. */
  readonly tiers?: Readonly<Record<string, Partial<Tier>>>;
  readonly body?: Partial<ChatBody>;
  readonly ports?: Partial<ExecutionPorts>;
  /** Tiers beside the ladder that checks may ask. */
  readonly advisers?: readonly string[];
  readonly request?: Partial<Request>;
}

/** Three tiers that play the scene's script, and everything a request needs to be executed on them. */
export function stage(scene: Scene): { provider: ScriptedProvider; pauses: number[]; run: () => Promise<Execution> } {
  const provider = scriptedProvider(scene.script);
  const pauses: number[] = [];
  const timeouts = { connectMs: 50, firstTokenMs: 50, stallMs: 50, totalMs: scene.totalMs ?? 5000 };
  const tiers = LADDER.map((id) =>
    aTier({ id, provider: 'scripted', retries: scene.retries ?? 0, timeouts, ...scene.tiers?.[id] }),
  );
  const task = aTask({ id: 'triage', ladder: LADDER, ...scene.task });
  const ladder = scene.ladder ?? LADDER;
  const decision: Chosen = {
    task: 'triage',
    route: task.route,
    tier: ladder[0] as string,
    ladder,
    upRouted: false,
    reason: 'start',
    score: 10,
    dimensions: DIMENSION_ZEROS,
    pass: {},
    excluded: scene.excluded ?? [],
    expected: { inputTokens: 100, outputTokens: 10, costUsd: 0 },
    policy: 'test',
    ...(scene.advisers && { advisers: scene.advisers }),
  };
  const plan: ExecutionPlan = {
    request: aRequest({
      stream: scene.stream ?? false,
      choices: scene.choices ?? 1,
      receivedAtMs: (scene.ports?.nowMs ?? Date.now)(),
      body: aBody(scene.body),
      ...(scene.body?.max_tokens != null && { maxOutputTokens: scene.body.max_tokens }),
      ...scene.request,
    }),
    features: { ...FEATURES, consequence: scene.consequence ?? 'low' },
    decision,
    policy: aPolicy({ tiers, tasks: [task] }),
    task,
    gate: scene.gate,
  };
  const ports: ExecutionPorts = {
    providers: { scripted: provider },
    nowMs: Date.now,
    random: () => 0.5,
    pause: async (ms) => void pauses.push(ms),
    price: (_tier, usage) => usage.outputTokens / 1000,
    estimate: () => ({ expectedUsd: 0.01, worstUsd: 0.1 }),
    caller: scene.caller ?? new AbortController().signal,
    ...(scene.leftMs !== undefined && { endsAtMs: Date.now() + scene.leftMs }),
    ...scene.ports,
  };
  return { provider, pauses, run: () => execute(plan, ports) };
}

export function outline({ trail }: Execution): string[] {
  return trail.attempts.map(({ tier, because, outcome, cause }) =>
    [because, tier, outcome, cause].filter(Boolean).join(' '),
  );
}

export async function heard(
  execution: Execution,
): Promise<{ text: string; error: string | undefined; attempts: string[] }> {
  const { slices, ended } = execution as StreamOutcome;
  let text = '';
  for await (const bytes of slices) {
    const event = JSON.parse(Buffer.from(bytes).toString().slice(6));
    text += event.choices[0].delta.content ?? '';
  }
  const { error, trail } = await ended;
  return { text, error: error?.failure, attempts: outline({ trail } as Execution) };
}
