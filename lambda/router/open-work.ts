import { within } from './within';

/** What is done behind the answers. Each piece of it sees to its own failures, and never rejects. */
export class OpenWork {
  private readonly open = new Set<Promise<void>>();

  add(piece: Promise<void>): Promise<void> {
    const done: Promise<void> = piece.finally(() => this.open.delete(done));
    this.open.add(done);
    return done;
  }

  /** Waits until all that has been added is done, or the time is up; resolves with the number of pieces still open. */
  async flush(ms: number): Promise<number> {
    if (this.open.size > 0) await within(ms, Promise.all(this.open)).catch(() => {});
    return this.open.size;
  }
}
