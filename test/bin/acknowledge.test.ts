import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDirectoryStore } from '../../lambda/shared/store/directory';
import type { TaskRaise } from '../../lib/core/types-live';
import { aPolicy, SET } from './a-policy';
import { run } from './command-line';

const folder = mkdtempSync(join(tmpdir(), 'tierwise-acknowledge-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const STORE = ['--store', folder] as const;
const RAISE: TaskRaise = {
  kind: 'task-raised',
  task: 'triage',
  rungs: 1,
  reason: 'its answers broke their schema',
  author: 'watch function',
  atMs: Date.UTC(2026, 10, 22),
};

async function set(entry: TaskRaise): Promise<void> {
  const store = openDirectoryStore(folder);
  await store.switches.set(entry);
  await store.close();
}

describe('tierwise acknowledge', () => {
  it('ends what the watch function raised, and says why it was', async () => {
    await set(RAISE);
    const listed = await run(['tier', 'list', ...STORE]);
    expect(listed.out).toMatch(
      /task triage begins at least 1 tier above its start +acknowledged, or mended +watch function +its answers/,
    );
    const ended = await run([
      'acknowledge',
      '--task',
      'triage',
      '--reason',
      'prompt mended',
      '--author',
      'ada',
      ...STORE,
    ]);
    expect(ended).toEqual({
      code: 0,
      out: 'Task triage begins at its usual tier again. It was raised because its answers broke their schema\n',
      err: '',
    });
    const after = JSON.parse((await run(['tier', 'list', '--json', ...STORE])).out);
    expect(after.active).toEqual([]);
    expect(after.history[0]).toMatchObject({ action: 'cleared', author: 'ada', reason: 'prompt mended', entry: RAISE });
  });

  it('says so in JSON', async () => {
    await set(RAISE);
    const { out } = await run(['acknowledge', '--task', 'triage', '--reason', 'mended', '--json', ...STORE]);
    expect(JSON.parse(out)).toEqual({ task: 'triage', acknowledged: true, was: RAISE });
  });

  it('has nothing to do for a task that is not raised, and ends with 1', async () => {
    const { code, err } = await run(['acknowledge', '--task', 'summary', '--reason', 'mended', ...STORE]);
    expect([code, err]).toEqual([1, 'Task "summary" is not raised; `tierwise tier list` shows what is.\n']);
  });

  it('says that the policy in force has no such task', async () => {
    const policy = join(folder, 'policy.yaml');
    writeFileSync(policy, aPolicy());
    expect((await run(['publish', policy, ...STORE], SET)).code).toBe(0);
    const ended = (task: string) => run(['acknowledge', '--task', task, '--reason', 'mended', ...STORE]);
    expect((await ended('nope')).err).toBe('The policy in force has no task "nope"; it has triage.\n');
    expect((await ended('triage')).err).toContain('Task "triage" is not raised');
    await set({ ...RAISE, task: 'former' });
    expect((await ended('former')).code).toBe(0);
  });

  it('wants a reason', async () => {
    const { code, err } = await run(['acknowledge', '--task', 'triage', ...STORE]);
    expect(code).toBe(1);
    expect(err).toContain('--reason');
  });
});
