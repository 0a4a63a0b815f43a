import type { JudgedTwice } from '../../lib/core/analysis/profile/judge-agreement';
import type { RecordedAnswer } from '../../lib/core/analysis/profile/run/recorded-answer';
import { type Check, type HumanVerdicts, humanKey } from '../../lib/core/analysis/profile/run/task-checks';

/** Collects the answers of which a judge model and a person have both said something. */
export class JudgedTwiceByTask {
  readonly pairs = new Map<string, JudgedTwice[]>();

  constructor(
    private readonly checks: ReadonlyMap<string, readonly Check[]>,
    private readonly humanVerdicts: HumanVerdicts,
  ) {}

  add({ row, task, tier, sample, findings = {} }: RecordedAnswer): void {
    const human = sample === 0 ? this.humanVerdicts.get(humanKey(row, tier)) : undefined;
    if (human === undefined) return;
    for (const { kind, fingerprint } of this.checks.get(task) ?? []) {
      const judge = kind === 'judge' && Object.hasOwn(findings, fingerprint) ? findings[fingerprint] : undefined;
      if (judge === undefined) continue;
      this.pairs.set(task, [...(this.pairs.get(task) ?? []), { judge: judge.pass, human }]);
    }
  }
}
