import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { isStaged, lackOf } from '../../lib/core/analysis/stage/weights-files';
import { UserError } from '../commands/command';

/** One file of a model on this machine. */
export interface LocalFile {
  /** Below the folder, with `/` between its parts: what its key ends in. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/** The files of a model in a folder, or in a model's folder of the hub's cache. */
export async function localWeights(folder: string): Promise<LocalFile[]> {
  const root = await snapshotOf(folder);
  const names = (await filesBelow(root)).filter(isStaged).sort();
  const lacking = lackOf(names);
  if (lacking.length > 0)
    throw new UserError(`${root} holds no model that vLLM could stream: ${lacking.join(', ')} missing.`);
  return Promise.all(
    names.map(async (name) => {
      const path = join(root, name);
      return { name, path, bytes: (await stat(path)).size };
    }),
  );
}

/** `models--org--name` of the hub's cache keeps each revision in a folder of its own, of links to the files. */
async function snapshotOf(folder: string): Promise<string> {
  const names = await entriesOf(folder);
  if (!names.includes('snapshots')) return folder;
  const revisions = await entriesOf(join(folder, 'snapshots'));
  const main = await readFile(join(folder, 'refs', 'main'), 'utf8').catch(() => '');
  const revision = revisions.find((one) => one === main.trim()) ?? (revisions.length === 1 ? revisions[0] : undefined);
  if (revision !== undefined) return join(folder, 'snapshots', revision);
  throw new UserError(
    `${folder} holds ${revisions.length} revisions; name one: ${join(folder, 'snapshots', 'REVISION')}.`,
  );
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      `${folder}: ${code === 'ENOENT' ? 'no such folder' : code === 'ENOTDIR' ? 'is no folder' : `cannot be read (${code})`}.`,
    );
  }
}

/** Paths of all files below a folder, links followed. */
async function filesBelow(root: string, folder = root): Promise<string[]> {
  const found = await Promise.all(
    (await entriesOf(folder)).map(async (name) => {
      const path = join(folder, name);
      const isFolder = (await stat(path)).isDirectory();
      return isFolder ? filesBelow(root, path) : [relative(root, path).split(sep).join('/')];
    }),
  );
  return found.flat();
}
