import { createAnswerCache } from '../../lambda/router/answer-cache';
import { createApp } from '../../lambda/router/app';
import { createBudgets } from '../../lambda/router/budgets/budgets';
import { trustedCaller } from '../../lambda/router/caller';
import type { App } from '../../lambda/router/http';
import { createSessions } from '../../lambda/router/sessions';
import { openMemoryStore } from '../../lambda/shared/store/memory';
import type { Providers } from '../../lib/core/execution/provider';
import type { Prepared } from '../../lib/core/route';
import type { AnyRequest } from './arbitrary-request';

/** What was answered, for whoever counts. */
export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** The app over these providers, and with it what nobody foresaw, by its stack. */
export function appOver(prepared: Prepared, providers: Providers): { app: App; faults: string[] } {
  const faults: string[] = [];
  const store = openMemoryStore({ capacity: 100 });
  let requests = 0;
  const app = createApp({
    policy: () => ({ prepared, ageSeconds: 0, source: 'fallback' }),
    callerOf: trustedCaller,
    providers,
    budgets: createBudgets({ store: store.budgets, nowMs: Date.now, onFailure: () => {} }),
    sessions: createSessions({ store: store.sessions, nowMs: Date.now, onUnreachable: () => {} }),
    answers: createAnswerCache(),
    onFault: (fault) => void faults.push(fault instanceof Error ? String(fault.stack) : String(fault)),
    newRequestId: () => `req-${++requests}`,
    nowMs: Date.now,
    random: () => 0.5,
    pause: () => Promise.resolve(),
  });
  return { app, faults };
}

/** Asks, reads what is answered as a client does, and throws where that is no answer of the contract. */
export async function answerOf(app: App, request: AnyRequest, faults: readonly string[]): Promise<Answered> {
  const { leavesAfter, ...asked } = request;
  const left = new AbortController();
  const { response, attribution } = await app({ ...asked, left: left.signal });
  const { status, headers, body } = response;
  let text = '';
  if (typeof body === 'string') text = body;
  else {
    let slices = 0;
    for await (const bytes of body) {
      text += Buffer.from(bytes).toString('utf8');
      slices += 1;
      if (slices === leavesAfter) break;
    }
    if (slices === leavesAfter) left.abort();
  }
  const record = await attribution;
  if (faults.length > 0) throw new Error(`The router failed: ${faults[0]}`);
  if (status === 500) throw new Error(`The router answered 500: ${text}`);
  if (!headers['x-request-id']) throw new Error('An answer has no id.');
  checkText(status, headers['content-type'], text, leavesAfter !== undefined);
  if (record !== undefined && record.requestId !== headers['x-request-id']) throw new Error('A record of another.');
  return { status, text };
}

function checkText(status: number, type: string | undefined, text: string, mayLeave: boolean): void {
  if (!type?.startsWith('text/event-stream')) {
    const parsed = JSON.parse(text);
    if (status >= 400 && typeof parsed.error?.code !== 'string') throw new Error(`An error without a code: ${text}`);
    return;
  }
  if (mayLeave) return;
  const last = text.trimEnd().split('\n\n').at(-1) ?? '';
  if (last === 'data: [DONE]') return;
  const { error } = JSON.parse(last.slice('data: '.length));
  if (typeof error?.code !== 'string' || error.code === 'internal') throw new Error(`A stream ends so: ${last}`);
}
