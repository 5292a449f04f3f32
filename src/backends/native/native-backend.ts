/** The native backend: namespaces, cgroups and overlay mounts, by launch plans that the C helper executes. The parts, put together. */
import type { Backend, Finding, MachineHandle } from '../backend.ts';
import type { Inspection } from '../inspection.ts';
import { devicesLoaded } from './cgroups/machine-limits.ts';
import { attachConsole } from './console/connection.ts';
import { followConsoleLog, readConsoleLog } from './console/log.ts';
import { createContext, type NativeBackendOptions, type NativeContext } from './context.ts';
import { createNativeFiles } from './files/native-files.ts';
import { openIdRanges } from './id-ranges.ts';
import { createLife } from './life/native-life.ts';
import { hasLiveFiles, whileStill } from './life/standstill.ts';
import { readStateFile } from './life/state-file.ts';
import { createUse } from './native-use.ts';
import { createNativeStorage } from './storage/native-storage.ts';

type Ranges = 'allocateIdRange' | 'releaseIdRange' | 'renameIdRange' | 'idRangesOf';

export function createNativeBackend(options: NativeBackendOptions): Backend {
  const context = createContext(options);
  const { root, helperPath, view, plan, status } = context;
  return {
    name: 'native',
    ...createRanges(root),
    storage: createNativeStorage({
      root,
      helperPath,
      machines: {
        isRunning: (machine) => hasLiveFiles(machine, status(machine)),
        whileStill: (machine, work) => whileStill(machine, view(), work),
      },
    }),
    files: createNativeFiles({ helperPath, view }),
    plan: async (machine) => (await import('./plan-steps.ts')).explainPlan(await plan(machine)),
    ...createLife(context),
    ...createUse(context),
    exec: async (machine, request) =>
      (await import('./exec.ts')).execute(machine, request, {
        host: view(),
        helperPath,
        plan: () => plan(machine),
      }),
    attachConsole,
    readConsoleLog: async (machine) => readConsoleLog(machine),
    followConsoleLog,
    inspect: (machine) => inspect(context, machine),
    examineHost: (known) => examine(context, known),
  };
}

function createRanges(root: string): Pick<Backend, Ranges> {
  const ranges = openIdRanges(root);
  return {
    allocateIdRange: (name) => ranges.allocate(name),
    releaseIdRange: (range, name) => ranges.release(range, name),
    renameIdRange: (range, name, newName) => ranges.rename(range, name, newName),
    idRangesOf: async (name) =>
      (await ranges.findStale([])).filter((owned) => owned.name === name).map(({ range }) => range),
  };
}

async function inspect(
  { host, view, status, helperPath }: NativeContext,
  machine: MachineHandle,
): Promise<Inspection> {
  const { inspectMachine } = await import('./inspection/inspect.ts');
  const state = 'pid' in status(machine) ? readStateFile(machine.runDirectory) : undefined;
  const devices = state === undefined ? null : devicesLoaded(machine, host(), helperPath);
  return { ...inspectMachine(machine, state, view()), devices };
}

async function examine(
  { root, runRoot, helperPath, host }: NativeContext,
  known: readonly string[],
): Promise<readonly Finding[]> {
  const { examineHost } = await import('./doctor/examine-host.ts');
  const { cgroupParent, layout } = host();
  return examineHost({
    ...{ root, runRoot, helperPath, cgroupParent, layout, known },
    procRoot: '/proc',
    hostRoot: '',
    commandPath: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin',
    arch: process.arch,
    uid: process.getuid?.() ?? -1,
  });
}
