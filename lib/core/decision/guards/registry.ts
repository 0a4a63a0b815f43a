import type { Guard } from './candidate';
import { capability } from './capability';
import { disabled } from './disabled';
import { outputLength } from './output-length';
import { residency } from './residency';
import { retention } from './retention';
import { retired } from './retired';

/**
 * The guards that judge a tier by itself, in the order they are asked; the first that excludes gives the reason. The
 * context window is judged afterwards, among the tiers that are left.
 */
export const GUARDS: readonly Guard[] = [disabled, retired, residency, retention, capability, outputLength];
