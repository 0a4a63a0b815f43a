import { namesIn } from './exclusive-file';

/** The folders of a store in a folder. */
export const PARTS = { policy: 'policy', attribution: 'attribution', access: 'access' } as const;

/** Whether a store was ever written to in a folder. It makes none of its own to say so. */
export async function holdsStore(path: string): Promise<boolean> {
  const names = new Set(await namesIn(path));
  return Object.values(PARTS).some((part) => names.has(part));
}
