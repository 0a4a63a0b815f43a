import { rowsForPower } from '../statistics/sample-size';
import { CHANCE } from './refusal';

export interface PowerRow {
  readonly trueFailureRate: number;
  /** Rows that certify with the chance asked for; null where no number would. */
  readonly rows: number | null;
}

const TRUE_FAILURE_RATES: readonly number[] = [0.01, 0.02, 0.03];

/** How many rows certify a risk with a chance of 80 %, by how often a tier truly fails. */
export function powerTable(risk: number, confidence: number, rates = TRUE_FAILURE_RATES, chance = CHANCE): PowerRow[] {
  return rates.map((trueFailureRate) => ({
    trueFailureRate,
    rows: risk <= 0 ? null : rowsForPower(trueFailureRate, risk, confidence, chance),
  }));
}
