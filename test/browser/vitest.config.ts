import { defineConfig } from 'vitest/config';

/** Pages looked at in a headless Chromium: no part of `npm test`, which needs no browser. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/browser/**/*.browser.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
