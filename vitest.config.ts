import { configDefaults, defineConfig } from 'vitest/config';
import { patience } from './scripts/test-patience.mjs';
import { runMark } from './test/setup/test-run.ts';

// Here, in the first process, so that all workers inherit one mark.
runMark();

const setupFiles = ['test/setup/environment.ts'];
const globalSetup = ['test/setup/global.ts'];
const withBusybox = {
  setupFiles: [...setupFiles, 'test/setup/busybox-path.ts'],
  globalSetup: [...globalSetup, 'test/setup/busybox.ts'],
};
const hostTests = ['test/host/**/*.test.ts'];
const endToEndTests = ['test/e2e/**/*.test.ts'];
/** Run on other hosts than this one alone: `npm run test:vm` (scripts/vm), `npm run test:nspawn` (scripts/nspawn-host). */
const virtualMachineTests = ['test/vm/**/*.test.ts'];
const nspawnTests = ['test/host/nspawn/**/*.test.ts'];

/**
 * Three kinds of tests. Unit tests need no root and run side by side. Host tests make real machines as root, and
 * e2e tests drive the built program: both run one file after another, because they look at and clean one kernel. `npm test`
 * runs the two beside each other: each cleans what has its mark.
 */
export default defineConfig({
  test: {
    teardownTimeout: patience.unit,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...hostTests, ...endToEndTests, ...virtualMachineTests],
          setupFiles,
          globalSetup,
          testTimeout: patience.unit,
          hookTimeout: patience.unit,
          expect: { poll: { timeout: patience.poll } },
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'host',
          include: hostTests,
          exclude: [...configDefaults.exclude, ...nspawnTests],
          ...withBusybox,
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: patience.machines,
          hookTimeout: patience.machines,
          expect: { poll: { timeout: patience.poll } },
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: endToEndTests,
          ...withBusybox,
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: patience.machines,
          hookTimeout: patience.machines,
          expect: { poll: { timeout: patience.poll } },
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
