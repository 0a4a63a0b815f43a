/** A rule that leads below the tier for which its task is certified. */
export interface RuleBelow {
  /** Place of the rule among the task's. */
  readonly index: number;
  readonly message: string;
}

/**
 * Rules whose requests would begin below the certified tier. A rule is the policy's own word, so the router follows it; but
 * one that led up from a lower start now leads down, to a tier for which nothing vouches.
 */
export function rulesBelow(
  ladder: readonly string[],
  certified: string,
  tiers: readonly unknown[],
): readonly RuleBelow[] {
  const height = ladder.indexOf(certified);
  const above = ladder.slice(height).join(' or ');
  return tiers.flatMap((tier, index) => {
    const at = typeof tier === 'string' ? ladder.indexOf(tier) : -1;
    if (at < 0 || at >= height) return [];
    const message =
      `"${tier}" lies below the certified tier "${certified}", and what this rule sends there is not covered by the ` +
      `certificate: name ${above}, or take the rule out`;
    return [{ index, message }];
  });
}
