import type { PolicyShown } from '../page-state';

/** What becomes of prompts and answers, of which the page itself knows none. */
export function promptsText(policy: PolicyShown | null): string {
  if (policy === null) return 'No prompt and no answer is shown.';
  if (policy.prompts === undefined) return 'The policy in force has no prompt and no answer kept, and none is shown.';
  const { owner, expires } = policy.prompts;
  return `The policy in force lets prompts and answers be kept, encrypted, until ${expires}; ${owner} answers for them. None is shown here.`;
}
