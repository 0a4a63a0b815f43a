import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder, makeFolderSync } from '../../../../lambda/shared/store/make-folder';

const scratch = mkdtempSync(join(tmpdir(), 'tierwise-folders-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe.each([
  ['by promise', makeFolder],
  ['at once', async (path: string) => makeFolderSync(path)],
])('making a folder %s', (how, make) => {
  const root = join(scratch, how);

  it('makes those above it, and leaves what is there', async () => {
    const path = join(root, 'a/b/c');
    await make(path);
    writeFileSync(join(path, 'kept'), '');
    await make(path);
    await make(join(root, 'a'));
    expect(statSync(join(path, 'kept')).isFile()).toBe(true);
  });

  it('can be done by many at once', async () => {
    const path = join(root, 'd/e/f/g');
    await Promise.all(Array.from({ length: 20 }, () => make(path)));
    expect(statSync(path).isDirectory()).toBe(true);
  });

  it('fails where a file is, and below one', async () => {
    const file = join(scratch, `file ${how}`);
    writeFileSync(file, '');
    await expect(make(file)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(make(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it('fails where a link leads nowhere, as where a file is', async () => {
    const link = join(scratch, `link ${how}`);
    symlinkSync(join(scratch, 'nowhere'), link);
    await expect(make(link)).rejects.toMatchObject({ code: 'EEXIST', path: link });
    await expect(make(join(link, 'below'))).rejects.toMatchObject({ code: 'EEXIST', path: link });
  });

  it.runIf(process.platform === 'linux')('ends where the file system takes no folder', async () => {
    await expect(make('/proc/tierwise/store')).rejects.toMatchObject({ code: 'ENOENT', path: '/proc/tierwise' });
  });
});
