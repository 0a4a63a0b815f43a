import type { Attribution, Response } from '../../lib/core/types';

/** One HTTP request, whichever platform it came by. Header names are lower case; the path has no query. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** Aborted when the client leaves; a platform that cannot tell never aborts it. */
  readonly left: AbortSignal;
  /** Aborted when the server closes, for an answer that would go on by itself. */
  readonly closing?: AbortSignal;
  /** UTC milliseconds at which the platform ends the request. */
  readonly endsAtMs?: number;
}

/** What to answer, and what to keep once the answer has left. */
export interface Served {
  readonly response: Response;
  readonly attribution?: Promise<Attribution | undefined>;
}

/** Answers any request; never rejects. */
export type App = (request: HttpRequest) => Promise<Served>;
