import type { Caller, Features, Request } from '../types';
import type { Policy } from '../types-policy';
import { callerScope } from './caller-scope';

/**
 * Names a request's session, within its caller and task; undefined where the task keeps none or the request belongs to none.
 * Written as JSON, in which no name can pass for two.
 */
export function sessionKey({ caller, hints }: Request, { task }: Features, { tasks }: Policy): string | undefined {
  if (hints.session === undefined || tasks[task]?.session.sticky !== true) return undefined;
  return sessionOf(caller, task, hints.session);
}

/** Names a session of a caller within a task, whether that keeps any or not. */
export function sessionOf(caller: Caller, task: string, session: string): string {
  return JSON.stringify([callerScope(caller), task, session]);
}
