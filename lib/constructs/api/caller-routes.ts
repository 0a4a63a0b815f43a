/** A method and a path that callers of the router use. */
export interface CallerRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
}

/** What `grantInvoke` grants: the paths of the router, one by one, without the operator's page. */
export const CALLER_ROUTES: readonly CallerRoute[] = [
  { method: 'POST', path: '/v1/chat/completions' },
  { method: 'POST', path: '/v1/messages' },
  { method: 'POST', path: '/v1/messages/count_tokens' },
  { method: 'POST', path: '/v1/responses' },
  { method: 'POST', path: '/v1/embeddings' },
  { method: 'GET', path: '/v1/models' },
  { method: 'POST', path: '/v1/route' },
  { method: 'POST', path: '/v1/feedback' },
  { method: 'GET', path: '/health' },
];
