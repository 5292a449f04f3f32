import { configDefaults, defineConfig } from 'vitest/config';
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
/** Run by `npm run test:vm` alone (scripts/vm). */
const virtualMachineTests = ['test/vm/**/*.test.ts'];

/**
 * Three kinds of tests. Unit tests need no root and run side by side. Host tests make real machines as root, and
 * e2e tests drive the built program: both run one file after another, because they measure and clean one kernel.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...hostTests, ...endToEndTests, ...virtualMachineTests],
          setupFiles,
          globalSetup,
          // Many write to disk and sync: on a busy host that is no matter of a few seconds.
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'host',
          include: hostTests,
          ...withBusybox,
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 60_000,
          hookTimeout: 60_000,
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
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
