import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Examples import the package by its name, as its users do.
  resolve: { alias: { tierwise: new URL('./lib/index.ts', import.meta.url).pathname } },
  test: {
    include: ['test/**/*.test.ts'],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    // Many tests wait for sockets and timers. By default one core is left idle, which on two is half of them.
    maxWorkers: '100%',
    // No test replaces a module or leaves a global behind, so that files may share what has been loaded: the CDK and the
    // AWS SDK take longer to load than most tests to run.
    isolate: false,
    // For what hangs: a machine busy with other things is no fault of a test's.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
