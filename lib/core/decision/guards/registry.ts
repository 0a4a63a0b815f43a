import { breakerOpen } from './breaker-open';
import { budget } from './budget';
import type { Guard } from './candidate';
import { capability } from './capability';
import { disabled } from './disabled';
import { full } from './full';
import { key } from './key';
import { latency } from './latency';
import { outputLength } from './output-length';
import { rateLimit } from './rate-limit';
import { residency } from './residency';
import { retention } from './retention';
import { retired } from './retired';

/** What a prompt may never pass, whoever asks: these bind the tiers that checks consult too. */
export const LASTING_GUARDS: readonly Guard[] = [disabled, retired, residency, retention, key];

/**
 * The guards that judge a tier by itself, in the order they are asked; the first that excludes gives the reason. Context
 * window and slowness are judged afterwards, among the tiers that are left.
 */
export const GUARDS: readonly Guard[] = [
  ...LASTING_GUARDS,
  capability,
  outputLength,
  rateLimit,
  budget,
  breakerOpen,
  full,
  latency,
];
