/** The native backend: namespaces, cgroups and overlay mounts, by launch plans that the C helper executes. */
import type { Backend, MachineHandle } from '../backend.ts';
import { addonBeside } from './addon.ts';
import { setFrozen } from './cgroups/freezer.ts';
import { killAll } from './cgroups/kill.ts';
import { changeMachineLimits, devicesLoaded, machineLimitsInForce } from './cgroups/machine-limits.ts';
import { readUsage } from './cgroups/readings.ts';
import { holdScope, SCOPE_PARENT } from './cgroups/systemd-scope.ts';
import { attachConsole } from './console/connection.ts';
import { followConsoleLog, readConsoleLog } from './console/log.ts';
import { examineHost } from './doctor/examine-host.ts';
import { encodePlan } from './encode.ts';
import { execute } from './exec.ts';
import { createNativeFiles } from './files/native-files.ts';
import type { HostFacts } from './host-facts.ts';
import { openIdRanges } from './id-ranges.ts';
import { keepPlan, launch } from './launch.ts';
import { createLauncher } from './launching/launcher.ts';
import { requireThawedMonitors } from './launching/thawed-monitors.ts';
import { awaitReady } from './life/await-ready.ts';
import { collect } from './life/collect.ts';
import { watchEnd } from './life/end.ts';
import { readExitRecord } from './life/exit-record.ts';
import { clearForStart, requireInit } from './life/preconditions.ts';
import { remaining } from './life/remaining.ts';
import { sendSignal } from './life/send-signal.ts';
import { resolveSignal } from './life/signals.ts';
import { hasLiveFiles, whileStill } from './life/standstill.ts';
import { readStateFile } from './life/state-file.ts';
import { type HostView, readStatus } from './life/status.ts';
import { buildPlan } from './plan.ts';
import { explainPlan } from './plan-steps.ts';
import { readHostFacts } from './read-host-facts.ts';
import { createNativeStorage } from './storage/native-storage.ts';
import { takeLimitNews } from './watching/limit-news.ts';

export interface NativeBackendOptions {
  readonly root: string;
  readonly runRoot: string;
  /** Set by a person (TSMACHINE_CGROUP_PARENT); undefined: `tsmachine`, or a delegated scope on a systemd host. */
  readonly cgroupParent: string | undefined;
  readonly helperPath: string;
  /** How a monitor runs this program: the whole argv for some words of the command line. */
  readonly selfArgv: (...words: readonly string[]) => readonly string[];
}

/** Loaded lazily: most of the time, on many hosts always, there is nothing to load. */
async function loadProfile({ spec }: MachineHandle): Promise<void> {
  const [{ loadProfile: load }, { profileOf }] = await Promise.all([
    import('./apparmor/load.ts'),
    import('./apparmor/profile.ts'),
  ]);
  load(profileOf(spec));
}

export function createNativeBackend(options: NativeBackendOptions): Backend {
  const ranges = openIdRanges(options.root);
  const launcher = createLauncher(options.helperPath);
  let facts: HostFacts | undefined;
  const host = (): HostFacts => {
    facts ??= readHostFacts(options.cgroupParent);
    return facts;
  };
  const view = (): HostView => ({
    layout: host().layout,
    cgroupParent: host().cgroupParent,
    procRoot: '/proc',
  });
  const plan = (machine: MachineHandle) => buildPlan(machine, host(), options.selfArgv);
  const status = (machine: MachineHandle) => readStatus(machine, view());

  return {
    name: 'native',
    allocateIdRange: (name) => ranges.allocate(name),
    releaseIdRange: (range, name) => ranges.release(range, name),
    renameIdRange: (range, name, newName) => ranges.rename(range, name, newName),
    idRangesOf: async (name) =>
      (await ranges.findStale([])).filter((owned) => owned.name === name).map(({ range }) => range),
    storage: createNativeStorage({
      root: options.root,
      helperPath: options.helperPath,
      machines: {
        isRunning: (machine) => hasLiveFiles(machine, status(machine)),
        whileStill: (machine, work) => whileStill(machine, view(), work),
      },
    }),

    files: createNativeFiles({ helperPath: options.helperPath, view }),

    plan: (machine) => explainPlan(plan(machine)),
    async start(machine) {
      const { layout, cgroupParent } = host();
      await clearForStart(machine, status(machine), view());
      requireThawedMonitors(layout, cgroupParent);
      if (machine.spec.apparmor === 'default' && host().apparmor === 'ready') await loadProfile(machine);
      const release = cgroupParent === SCOPE_PARENT ? await holdScope(layout) : undefined;
      try {
        return await launch(machine, encodePlan(plan(machine)), launcher);
      } finally {
        release?.();
      }
    },
    renewPlan: (machine) => keepPlan(machine, encodePlan(plan(machine))),
    status,
    lastExit: (machine) => readExitRecord(machine.directory),
    usage: ({ spec }) => readUsage(host().layout, host().cgroupParent, spec.name),
    openSampler: async (request) =>
      (await import('./cgroups/sampling/sampler.ts')).openSampler(
        request,
        view(),
        addonBeside(options.helperPath),
      ),
    async signal(machine, signal) {
      const { pid } = requireInit(machine, status(machine));
      await sendSignal(machine, resolveSignal(machine, signal, pid));
    },
    kill: ({ spec }) => killAll(host().layout, host().cgroupParent, spec.name),
    watchEnd: (machine, decide) => watchEnd(machine, view(), decide),
    remaining: (machine) => remaining(machine, view()),
    awaitReady: (machine, timeoutMs) => awaitReady(machine, () => status(machine), timeoutMs),
    collect: (machine) => collect(machine, view()),
    async freeze(machine, timeoutMs) {
      requireInit(machine, status(machine));
      await setFrozen(host().layout, host().cgroupParent, machine.spec.name, true, timeoutMs);
    },
    async unfreeze(machine, timeoutMs) {
      requireInit(machine, status(machine));
      await setFrozen(host().layout, host().cgroupParent, machine.spec.name, false, timeoutMs);
    },

    changeLimits: (machine, limits, names) =>
      changeMachineLimits(machine, limits, names, host(), options.helperPath),
    limitsInForce: (machine) =>
      'pid' in status(machine) ? machineLimitsInForce(machine, host(), options.helperPath) : undefined,
    takeLimitNews: (machine, signalled, tell) =>
      takeLimitNews(machine, view(), options.helperPath, signalled, tell),

    exec: (machine, request) =>
      execute(machine, request, {
        host: view(),
        helperPath: options.helperPath,
        plan: () => plan(machine),
      }),
    attachConsole,
    readConsoleLog: async (machine) => readConsoleLog(machine),
    followConsoleLog,

    async inspect(machine) {
      const { inspectMachine } = await import('./inspection/inspect.ts');
      const state = 'pid' in status(machine) ? readStateFile(machine.runDirectory) : undefined;
      const devices = state === undefined ? null : devicesLoaded(machine, host(), options.helperPath);
      return { ...inspectMachine(machine, state, view()), devices };
    },
    examineHost: (known) =>
      examineHost({
        root: options.root,
        runRoot: options.runRoot,
        helperPath: options.helperPath,
        cgroupParent: host().cgroupParent,
        layout: host().layout,
        procRoot: '/proc',
        hostRoot: '',
        commandPath: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin',
        arch: process.arch,
        uid: process.getuid?.() ?? -1,
        known,
      }),
  };
}
