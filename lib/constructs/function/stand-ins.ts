import { Token } from 'aws-cdk-lib';

/**
 * Values for what is known only once a stack is deployed, so that everything else can be checked before: each token has an
 * address of its own under a name that nobody can own (RFC 2606).
 */
export class StandIns {
  private readonly byToken = new Map<string, string>();

  /** The value itself where it is known. */
  public of(value: string): string {
    if (!Token.isUnresolved(value)) return value;
    const known = this.byToken.get(value) ?? `https://stand-in-${this.byToken.size}.invalid/v1`;
    this.byToken.set(value, known);
    return known;
  }
}
