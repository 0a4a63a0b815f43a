import type { Terminal } from './command';
import { spellDuration } from './duration';

/** Between two looks of a router at its store, unless `serve --refresh` or the deployment says otherwise. */
export const REFRESH_SECONDS = 10;

/** Said of every switch. */
export const AT_NEXT_LOOK = `Every router of the store follows at its next look, by default every ${REFRESH_SECONDS} s.`;

/** Routers may never see what is over before they look. */
export function warnIfTooShort(forMs: number | undefined, terminal: Terminal): void {
  if (forMs === undefined || forMs > REFRESH_SECONDS * 1000) return;
  terminal.err(
    `warning: --for ${spellDuration(forMs)} may be over before a router has seen it: routers look at the store every ` +
      `${REFRESH_SECONDS} s, or as \`serve --refresh\` says.`,
  );
}
