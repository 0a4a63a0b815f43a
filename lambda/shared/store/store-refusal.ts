/** A store's no, for the caller to mend. Whatever else a store throws means that it could not be reached. */
export abstract class StoreRefusal extends Error {}

/** Somebody else published or rolled back since the caller looked. */
export class ConflictError extends StoreRefusal {
  override readonly name = 'ConflictError';

  constructor(
    readonly expected: number | null,
    readonly found: number | null,
  ) {
    super(
      `policy ${spell(expected)} was expected to be active, but ${spell(found)} is or is about to be: ` +
        'look at the history, and publish again on top of what is active now',
    );
  }
}

/** The version asked for was never published. */
export class UnknownVersionError extends StoreRefusal {
  override readonly name = 'UnknownVersionError';

  constructor(readonly version: number) {
    super(`policy version ${version} is not in the store: the history lists those that are`);
  }
}

/** What is stored is not what was published. */
export class StoreCorruptError extends StoreRefusal {
  override readonly name = 'StoreCorruptError';

  /** `version` is null where the pointer to the active version is broken. */
  constructor(
    readonly version: number | null,
    fault: string,
  ) {
    super(`${version === null ? 'the active pointer' : `policy version ${version}`} in the store ${fault}`);
  }
}

/** The document does not fit into one item of the table. */
export class PolicyTooLargeError extends StoreRefusal {
  override readonly name = 'PolicyTooLargeError';

  constructor(
    readonly bytes: number,
    readonly limitBytes: number,
  ) {
    super(
      `the policy has ${bytes} bytes as JSON, and a version in DynamoDB may have ${limitBytes}: ` +
        'shorten its examples and schemas, or split it into several routers',
    );
  }
}

function spell(version: number | null): string {
  return version === null ? 'no version' : `version ${version}`;
}
