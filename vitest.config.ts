import { defineConfig } from 'vitest/config';

/** Test levels: unit beside the code, contract over every unit, integration on real servers, e2e on the whole. */
// Unit and contract tests keep no state in modules, so the files of a worker share them: a quarter of the time.
const quick = { isolate: false, testTimeout: 30_000 };
// Mostly waiting for servers, so two at a time suit two cores; more would only slow each other down.
const slow = { maxWorkers: 2, sequence: { groupOrder: 1 }, testTimeout: 120_000, hookTimeout: 180_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          ...quick,
          include: ['{lib,catalog,exporters,notifier,dashboards,alert-rules,cli}/**/*.test.ts'],
        },
      },
      { test: { name: 'contract', include: ['test/contract/**/*.test.ts'], ...quick } },
      { test: { name: 'integration', include: ['test/integration/**/*.test.ts'], ...slow } },
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], ...slow } },
    ],
  },
});
