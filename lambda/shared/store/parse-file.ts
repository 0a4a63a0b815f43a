import { StoreRefusal } from './store-refusal';

/** A file of a store that is cut off or was changed by hand, as after a full disk. */
class BrokenFileError extends StoreRefusal {
  override readonly name = 'BrokenFileError';

  constructor(path: string, advice: string) {
    super(`${path} is not JSON: ${advice}`);
  }
}

/** What a file of a store holds. The parser's own message would quote the file, and not name it. */
export function parseFile<Content>(path: string, text: string, advice: string): Content {
  try {
    return JSON.parse(text);
  } catch {
    throw new BrokenFileError(path, advice);
  }
}
