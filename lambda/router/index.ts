/** The router as a Lambda function behind API Gateway's response streaming. */

import { readFile } from 'node:fs/promises';
import { messageOf } from '../../lib/core/message-of';
import { readEnvironment } from '../shared/environment';
import { openStore } from '../shared/store/open';
import { environmentAccess } from './access/environment-access';
import { nowMs } from './clock';
import type { App } from './http';
import { readDeployment } from './load-policy';
import { createRuntime, type Runtime } from './runtime';
import { createInvocation, type StreamingRuntime } from './streaming';

declare const awslambda: StreamingRuntime;

/** Waited at most for the table after an answer has left; what is not stored by then waits for the next invocation. */
const FLUSH_MS = 5000;
/** Left of the platform's time when the waiting ends. */
const END_MARGIN_MS = 500;

/** Started while the function initialises, which the platform does at full speed and before the first request. */
const runtime: Promise<Runtime> = start();
const app = runtime.then(
  ({ app: answer, poke }): App =>
    (request) => {
      poke();
      return answer(request);
    },
);
// A start that failed is told to every request; unhandled it would end the process before the first.
app.catch((error: unknown) => console.error(`tierwise: ${messageOf(error)}`));

async function start(): Promise<Runtime> {
  const environment = readEnvironment(process.env);
  const { policyFile, tables, deployment } = environment;
  return createRuntime({
    router: environment.router,
    openStore: (retentionDays) =>
      openStore(tables === undefined ? { kind: 'memory' } : { kind: 'dynamodb', ...tables, retentionDays }),
    ...(policyFile !== undefined && { fallback: { text: await readFile(policyFile, 'utf8'), file: policyFile } }),
    variables: process.env,
    ...(deployment !== undefined && { deployment: await readDeployment(deployment) }),
    refreshMs: environment.refreshMs,
    access: environmentAccess(process.env),
    emit: (line) => console.log(line),
    customerMetrics: environment.customerMetrics,
    warn: (message) => console.warn(`tierwise: ${message}`),
  });
}

export const handler = awslambda.streamifyResponse(
  createInvocation({
    app,
    writePrelude: (stream, prelude) => awslambda.HttpResponseStream.from(stream, prelude),
    nowMs,
    newRequestId: () => crypto.randomUUID(),
    afterwards: async (served, remainingMs) => {
      if (served.attribution === undefined) return;
      const endsAtMs = nowMs() + remainingMs - END_MARGIN_MS;
      const { keep, flush } = await runtime;
      // What is done behind an answer ends with its request's deadline, which is sooner than the platform's.
      await keep(served);
      await flush(Math.min(FLUSH_MS, endsAtMs - nowMs()));
    },
  }),
);
