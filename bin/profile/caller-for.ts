import { createApiKeys } from '../../lambda/router/providers/api-keys';
import { createSecrets } from '../../lambda/shared/secrets';
import type { AnswerColumns } from '../../lib/core/analysis/profile/run/answer-columns';
import { TierCaller } from '../../lib/core/analysis/profile/run/call-tier';
import type { Spending } from '../../lib/core/analysis/profile/run/spending';
import type { Providers, TierProvider } from '../../lib/core/execution/provider';
import type { CallsUnderWay } from './calls-under-way';
import type { Journal } from './journal';
import { createRouterProvider } from './router-provider';
import type { Stop } from './stop-on-signal';
import { pauseUnless, type Undertaking } from './undertaking';
import type { ViaRouter } from './via-router';

/** All that is kept while a corpus is asked. */
export interface Books {
  readonly answers: AnswerColumns;
  readonly journal: Journal;
  readonly spending: Spending;
  readonly underWay: CallsUnderWay;
}

interface Circumstances {
  readonly stop: Stop;
  readonly books: Books;
  /** Told when the router answers by another version of its policy. */
  readonly onPublished: (version: string) => void;
}

/** Calls the tiers of an undertaking, themselves or through a deployed router. */
export function callerFor(
  { providers }: Undertaking,
  { concurrency, via }: { readonly concurrency: number; readonly via?: ViaRouter },
  { stop, books, onPublished }: Circumstances,
): TierCaller {
  const ports = {
    providers: via === undefined ? providers : throughRouter(providers, via.router.version, onPublished),
    nowMs: Date.now,
    random: Math.random,
    pause: pauseUnless,
    stopped: stop.stopped.signal,
    aborted: stop.aborted.signal,
    begun: books.underWay.begun.bind(books.underWay),
    ...(via !== undefined && { via: via.reach }),
  };
  return new TierCaller(ports, concurrency, books.spending);
}

function throughRouter(providers: Providers, version: string, onPublished: (version: string) => void): Providers {
  const dialect = providers['openai-compatible'] as TierProvider;
  const router = createRouterProvider(createApiKeys(createSecrets()), version, onPublished);
  return Object.assign({}, providers, { 'openai-compatible': Object.assign({}, dialect, router) });
}
