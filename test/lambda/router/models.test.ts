import { describe, expect, it } from 'vitest';
import { listModels } from '../../../lambda/router/models';
import { parseChatCompletions } from '../../../lib/core/request/chat-completions';
import type { Caller } from '../../../lib/core/types';
import { aPolicy, aTask, aTier } from '../../builders';

const policy = aPolicy({
  tiers: [
    aTier({ id: 'retired', model: 'shared', contextWindow: 1000, enabled: false }),
    aTier({ id: 'near', model: 'shared', contextWindow: 2000 }),
    aTier({ id: 'far', model: 'shared', contextWindow: 3000 }),
    aTier({ id: 'off', model: 'alone', enabled: false }),
  ],
  tasks: [aTask({ id: 'triage', ladder: ['near', 'far'] })],
});

describe('the list of models', () => {
  it.each<[string, Caller]>([
    ['any tier', {}],
    ['one of two tiers with the same model', { tiers: ['far'] }],
    ['a tier that is not enabled', { tiers: ['off', 'near'] }],
  ])('tells a caller that may use %s of each model what the tier offers that its name pins', (_which, caller) => {
    const rows = listModels(policy, caller).data.filter(({ id }) => !id.startsWith('auto'));
    expect(rows).not.toHaveLength(0);
    for (const { id, context_window: told } of rows) {
      const body = JSON.stringify({ model: id, messages: [{ role: 'user', content: 'Say hello.' }] });
      const { pinned } = parseChatCompletions({ headers: {}, body }, policy, { id: 'r', caller, receivedAtMs: 0 });
      const tier = policy.tiers[pinned ?? ''];
      expect({ told, enabled: tier?.enabled, mayUse: caller.tiers?.includes(pinned ?? '') ?? true }).toEqual({
        told: tier?.contextWindow,
        enabled: true,
        mayUse: true,
      });
    }
  });
});
