/**
 * What the commands that are waited for most run: with what these import they are dist/main.cjs, and everything else is dist/more.cjs. A file
 * that is missing here makes its command some milliseconds slower (test/e2e/code-cache.test.ts), and nothing else.
 */
import { basename } from 'node:path';

/**
 * The entry, and what `import()` loads for list, start, exec, stop, kill, snapshot, clone and the end of a machine: where there are native
 * machines alone, and where systemd-machined is asked too, as on most hosts.
 */
const loadedByCommonCommands = [
  'src/cli.ts',
  'src/backends/native/encode.ts',
  'src/backends/native/exec.ts',
  'src/backends/native/launching/later.ts',
  'src/backends/native/launching/locker.ts',
  'src/backends/native/launching/start.ts',
  'src/backends/native/native-backend.ts',
  'src/backends/native/plan.ts',
  'src/commands/entering/exec.ts',
  'src/commands/host/internal-exited.ts',
  'src/commands/lifecycle/kill.ts',
  'src/commands/lifecycle/start.ts',
  'src/commands/lifecycle/stop.ts',
  'src/commands/making/clone.ts',
  'src/commands/time-travel/snapshot.ts',
  'src/commands/viewing/list.ts',
  'src/machines/lifecycle/handle-exit.ts',
  'src/machines/lifecycle/kill.ts',
  'src/machines/lifecycle/start.ts',
  'src/machines/lifecycle/stop.ts',
  'src/machines/looking/list.ts',
  'src/machines/making/clone.ts',
  'src/machines/managed/making/clone.ts',
  'src/machines/managed/open-managed.ts',
  'src/machines/managed/snapshots/take.ts',
  'src/machines/open-machines.ts',
  'src/machines/routing/managed-side.ts',
  'src/machines/routing/open-routed.ts',
  'src/machines/snapshots/take.ts',
  'src/open-backends.ts',
  'src/templates/registry.ts',
];

/**
 * @param {import('esbuild').BuildResult} built with a metafile
 * @returns its files, those that common commands need first, and how many these are
 */
export function commonFirst({ outputFiles, metafile }) {
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const common = new Set();
  const add = (name) => {
    if (common.has(name) || !outputs.has(name)) return;
    common.add(name);
    for (const { path, kind } of outputs.get(name).imports) {
      if (kind === 'import-statement') add(basename(path));
    }
  };
  for (const [name, { entryPoint }] of outputs) if (loadedByCommonCommands.includes(entryPoint)) add(name);
  const isCommon = ({ path }) => common.has(basename(path));
  return {
    modules: [...outputFiles.filter(isCommon), ...outputFiles.filter((file) => !isCommon(file))],
    common: common.size,
  };
}
