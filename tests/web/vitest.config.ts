import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Servers and browsers are shared out by file; two at once are enough for a small machine.
    maxWorkers: 2,
    projects: [
      { test: { name: 'unit', include: ['unit/**/*.test.ts'], environment: 'happy-dom' } },
      // What a browser shows takes its time on a machine that others use too.
      { test: { name: 'browser', include: ['browser/**/*.test.ts'], testTimeout: 300_000, hookTimeout: 300_000, fileParallelism: false } },
    ],
  },
});
