import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { aPolicy, SET } from '../a-policy';
import { type Ran, scratch, tierwise } from '../command-line';

const folder = scratch();
afterAll(() => folder.remove());
const POLICY = folder.file('policy.yaml', aPolicy());

const serving = (store: string): Promise<Ran> =>
  tierwise(['serve', '--policy', POLICY, '--port', '0', '--store', store], SET);

describe('a store that a router could not keep its records in', () => {
  it.runIf(process.platform === 'linux').each([
    ['/proc/tierwise', /^\/proc\/tierwise cannot be made: no folder can be made there; name another\.$/],
    [
      '/sys/tierwise',
      /^\/sys\/tierwise (may not be read or written by this user|lies on a disk that cannot be written)\.$/,
    ],
  ])('is refused at %s, alike by serve, publish and key create', async (store, sentence) => {
    const [served, published, made] = await Promise.all([
      serving(store),
      tierwise(['publish', POLICY, '--store', store], SET),
      tierwise(['key', 'create', '--customer', 'acme', '--store', store]),
    ]);
    expect([served.code, published.code, made.code]).toEqual([1, 1, 1]);
    expect([served.out, made.out]).toEqual(['', '']);
    for (const { err } of [served, published, made]) expect(err.trim().split('\n').at(-1)).toMatch(sentence);
  });

  it.each([
    ['a file', (path: string) => writeFileSync(path, '')],
    ['a link that leads nowhere', (path: string) => symlinkSync(join(folder.path, 'nowhere'), path)],
  ])('is refused where %s stands in the place of one of its parts', async (what, put) => {
    const store = join(folder.path, what);
    mkdirSync(store);
    const part = join(store, 'attribution');
    put(part);
    const { code, out, err } = await serving(store);
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe(
      `${store} has a file, or a link that leads nowhere, in the place of a folder: EEXIST: file already exists, mkdir '${part}'\n`,
    );
  });

  // Where even the superuser may not write.
  it.runIf(process.platform === 'linux')('is refused where one of its parts may not be written', async () => {
    const store = join(folder.path, 'closed');
    mkdirSync(store);
    symlinkSync('/sys', join(store, 'attribution'));
    const { code, out, err } = await serving(store);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(
      /^\S+closed (may not be read or written by this user|lies on a disk that cannot be written)\.\n$/,
    );
  });
});
