import { readFileSync } from 'node:fs';
import { describeFault } from '../core/policy/fault';
import { parsePolicy } from '../core/policy/parse';
import type { Policy } from '../core/types-policy';

/**
 * A policy as a file or text, checked by the parser that the router uses. It goes beside the function and is in force
 * until one is published.
 */
export class PolicySource {
  /** A policy in a file, YAML or JSON. Throws with every fault at once where something is wrong with it. */
  public static fromFile(path: string): PolicySource {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      throw new Error(
        `the policy ${path} cannot be read: ${(error as Error).message}; give the path of a YAML or JSON file`,
      );
    }
    return new PolicySource(text, path);
  }

  /** A policy as text, YAML or JSON. Throws with every fault at once where something is wrong with it. */
  public static fromText(text: string): PolicySource {
    return new PolicySource(text);
  }

  /** @internal */
  public readonly _policy: Policy;
  /**
   * As it was read, variables unexpanded.
   *
   * @internal
   */
  public readonly _document: unknown;
  /** @internal */
  public readonly _text: string;

  private constructor(text: string, file?: string) {
    // Variables get their values where the router runs.
    const result = parsePolicy(text, { variables: {}, unset: 'warning', nowMs: Date.now() });
    if (!result.ok) {
      const faults = result.faults.map((fault) => `  ${describeFault(fault, file)}`);
      throw new Error(`the policy cannot be used:\n${faults.join('\n')}`);
    }
    this._policy = result.policy;
    this._document = result.document;
    this._text = text;
  }
}
