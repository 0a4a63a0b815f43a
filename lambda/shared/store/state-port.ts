/** What a watcher remembers. Two that run at once cannot both write. */
export interface StateStore {
  read(name: string): Promise<{ readonly state: unknown; readonly revision: number } | undefined>;
  /** `revision` as read, 0 for none yet; false where somebody else has written since. */
  write(name: string, state: unknown, revision: number): Promise<boolean>;
}
