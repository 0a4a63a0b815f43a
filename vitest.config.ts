import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Many tests wait for sockets and timers. By default one core is left idle, which on two is half of them.
    maxWorkers: '100%',
    // Whole stacks are booted, side by side: a busy machine must not look like a fault.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
