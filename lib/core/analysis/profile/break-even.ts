import { breakEvenEscalationShare, type Cascade, cascadeUsd } from '../project/formulas';

export interface CascadeBalance {
  /** The cascade pays only while it escalates less than this share. */
  readonly mostEscalation: number;
  readonly escalation: number;
  readonly pays: boolean;
  /** Mean cost of a request through the cascade, and of one asked of the frontier at once. */
  readonly costUsd: number;
  readonly frontierUsd: number;
}

/** Whether asking the cheap tier first pays, at the share that was measured to go up. */
export function balanceCascade(cascade: Cascade, escalation: number): CascadeBalance {
  const mostEscalation = breakEvenEscalationShare(cascade);
  return {
    mostEscalation,
    escalation,
    pays: escalation < mostEscalation,
    costUsd: cascadeUsd(cascade, escalation),
    frontierUsd: cascade.frontierUsd,
  };
}

export interface Overhead {
  /** What choosing a tier costs for each request, and what routing saves before that. */
  readonly classifierUsd: number;
  readonly savingUsd: number;
  /** Of the saving; null where nothing is saved. */
  readonly share: number | null;
  readonly pays: boolean;
}

export function classifierOverhead(classifierUsd: number, savingUsd: number): Overhead {
  const share = savingUsd > 0 ? classifierUsd / savingUsd : null;
  return { classifierUsd, savingUsd, share, pays: classifierUsd < savingUsd };
}

/** Requests a month from which the saving covers what the router costs whether or not it is used; null: no number does. */
export function breakEvenVolume(fixedMonthlyUsd: number, savingUsd: number): number | null {
  return savingUsd > 0 ? Math.ceil(Math.max(0, fixedMonthlyUsd) / savingUsd) : null;
}

export interface RuleOfThumb {
  readonly rule: string;
  /** Requests a month that the rule amounts to here. */
  readonly requests: readonly number[];
}

/**
 * Volumes from which routing is commonly said to pay, beside which the computed one is shown. They disagree by a factor of
 * fifty, since none knows the prices.
 */
export function rulesOfThumb(tokensPerRequest: number): RuleOfThumb[] {
  const rules: RuleOfThumb[] = [
    { rule: '10,000 requests a month', requests: [10_000] },
    { rule: '500,000 requests a month', requests: [500_000] },
  ];
  if (tokensPerRequest > 0) {
    const requests = [5_000_000, 10_000_000].map((tokens) => Math.ceil(tokens / tokensPerRequest));
    rules.splice(1, 0, { rule: '5 to 10 million tokens a month', requests });
  }
  return rules;
}
