import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileLocks } from '../../../../lambda/shared/store/file-locks';
import { ownMark, type ProcessMark } from '../../../../lambda/shared/store/process-mark';

describe('locks beside files', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tierwise-locks-'));
    path = join(folder, 'rows', 'row.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const locks = (givenUpMs?: number) => fileLocks(join(folder, 'processes'), givenUpMs);

  /** A lock as a process leaves it behind that was killed while it held it. */
  async function leaveLock(mark: ProcessMark, lockPath = path): Promise<void> {
    await locks().under(lockPath, () => {});
    await writeFile(`${lockPath}.lock`, JSON.stringify({ ...mark, token: 'left-behind' }));
  }

  function aDeadProcess(): ProcessMark {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    return { ...ownMark(), pid };
  }

  it('gives what the work gives, and leaves no lock', async () => {
    expect(await locks().under(path, () => existsSync(`${path}.lock`))).toBe(true);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it('leaves no lock where the work throws', async () => {
    const failing = locks().under(path, () => {
      throw new Error('the disk is full');
    });
    await expect(failing).rejects.toThrow('the disk is full');
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it('takes a lock away whose process is dead', async () => {
    await leaveLock(aDeadProcess());
    expect(await locks().under(path, () => 'done')).toBe('done');
    expect(readdirSync(join(folder, 'rows'))).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('tells a dead process from a later one with its number', async () => {
    await leaveLock({ ...ownMark(), started: '1' });
    expect(await locks().under(path, () => 'done')).toBe('done');
  });

  it('takes a lock away although the one that was doing so has died over it', async () => {
    const dead = aDeadProcess();
    await leaveLock(dead, `${path}.left-behind`);
    await leaveLock(dead);
    expect(await locks().under(path, () => 'done')).toBe('done');
    expect(readdirSync(join(folder, 'rows'))).toEqual([]);
  });

  it('waits for a process that lives', async () => {
    await leaveLock(ownMark());
    let done = false;
    const work = locks().under(path, () => {
      done = true;
    });
    await sleep(100);
    expect(done).toBe(false);
    await rm(`${path}.lock`);
    await work;
    expect(done).toBe(true);
  });

  it('gives up a process elsewhere that shows no sign of life', async () => {
    await leaveLock({ ...aDeadProcess(), space: 'another machine' });
    const startedMs = performance.now();
    expect(await locks(200).under(path, () => 'done')).toBe('done');
    expect(performance.now() - startedMs).toBeGreaterThan(190);
  });

  it('works again where its folder was removed', async () => {
    const own = locks();
    await own.under(path, () => {});
    own.close();
    own.close();
    await rm(join(folder, 'processes'), { recursive: true });
    expect(await own.under(path, () => 'done')).toBe('done');
  });

  it('removes what dead processes have left of themselves, and nothing else', async () => {
    const living = locks();
    await living.under(path, () => {});
    await writeFile(join(folder, 'processes', 'dead.json'), JSON.stringify({ ...aDeadProcess(), token: 'dead' }));
    await writeFile(join(folder, 'processes', 'half.json'), '{');
    await locks().under(path, () => {});
    const left = readdirSync(join(folder, 'processes'));
    expect(left).not.toContain('dead.json');
    expect(left).toContain('half.json');
    expect(left).toHaveLength(3);
  });
});
