import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Examples import the package by its name, as its users do.
  resolve: { alias: { tierwise: new URL('./lib/index.ts', import.meta.url).pathname } },
  test: {
    include: ['test/**/*.test.ts'],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
