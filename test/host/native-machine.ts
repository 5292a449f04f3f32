/** A busybox machine with a hand-made layer, through the native backend alone: no domain, no templates. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { patience } from '../../scripts/test-patience.mjs';
import type {
  Backend,
  ExecResult,
  ExitRecord,
  MachineHandle,
  MachineSpec,
} from '../../src/backends/backend.ts';
import { MONITORS_GROUP } from '../../src/backends/native/cgroups/groups.ts';
import { removeGroups } from '../../src/backends/native/cgroups/removal.ts';
import { createNativeBackend } from '../../src/backends/native/native-backend.ts';
import { readGroupPlace } from '../../src/backends/native/read-host-facts.ts';
import type { StorageWork } from '../../src/backends/storage.ts';
import { machineSpec } from '../backends/native/machine-spec.ts';
import { execRequest } from '../fakes/exec-request.ts';
import { runFolder, runMark } from '../setup/test-run.ts';

export const HELPER =
  process.env['TSMACHINE_TEST_HELPER'] ?? resolve(import.meta.dirname, '../../build/tsmachine-helper');
const INITTAB = `::sysinit:/bin/echo booted
console::respawn:/bin/sh
::shutdown:/bin/echo going down
`;

export interface NativeHost {
  readonly backend: Backend;
  readonly root: string;
  readonly parent: string;
  /** The one layer that all its machines begin with. */
  readonly layer: string;
  /** A machine that does not run yet. */
  create(name: string, change?: Partial<MachineSpec>): Promise<MachineHandle>;
  run(machine: MachineHandle, ...argv: readonly [string, ...string[]]): Promise<ExecResult>;
  /** Kills what runs, removes all. */
  remove(): Promise<void>;
}

/** Storage work that nobody watches or interrupts. */
export const unhurried: StorageWork = { progress: () => {}, signal: new AbortController().signal };

/**
 * Throws, and so fails loudly, where host tests cannot run.
 * @param folder where its root folder is made: storage drivers care about the file system
 * @param onTerminate as long as nobody sends SIGTERM to monitors it is not run
 */
export function createNativeHost(
  onExit: readonly string[] = ['/bin/true'],
  onTerminate: readonly string[] = ['/nonexistent'],
  folder = runFolder(),
): NativeHost {
  if (process.getuid?.() !== 0) throw new Error('host tests make machines: run them as root');
  if (!existsSync(HELPER)) throw new Error('the helper is not built: npm run build');
  const root = mkdtempSync(join(folder, 'native-'));
  const parent = `${runMark()}-${root.slice(-6)}`;
  const runRoot = `${root}/run`;
  const layer = makeLayer(root);
  const backend = createNativeBackend({
    root,
    runRoot,
    cgroupParent: parent,
    helperPath: HELPER,
    selfArgv: (...words) => (words[1] === 'exited' ? onExit : onTerminate),
  });
  const machines: MachineHandle[] = [];
  return {
    backend,
    root,
    parent,
    layer,
    async create(name, change = {}) {
      const idRange = await backend.allocateIdRange(name);
      const spec = { ...busyboxSpec(name, layer), idRange, ...change };
      const machine = { spec, directory: `${root}/machines/${name}`, runDirectory: `${runRoot}/${name}` };
      mkdirSync(machine.directory, { recursive: true, mode: 0o700 });
      await backend.storage.prepare(machine, unhurried);
      machines.push(machine);
      return machine;
    },
    run: (machine, ...argv) => backend.exec(machine, execRequest(argv)),
    async remove() {
      for (const machine of machines) {
        await backend.kill(machine).catch(() => {});
        await untilEnd(backend, machine);
        await backend.collect(machine);
      }
      await removeParent(parent);
      await backend.storage.remove(root);
    },
  };
}

/** The exit record of a machine that ends within seconds. */
export async function untilEnd(backend: Backend, machine: MachineHandle): Promise<ExitRecord | undefined> {
  const watch = await backend.watchEnd(machine);
  try {
    return await watch.ended(10_000);
  } finally {
    watch.close();
  }
}

function busyboxSpec(name: string, layer: string): MachineSpec {
  const storage = { driver: 'overlay', layers: [layer] } as const;
  return machineSpec({ name, hostname: name, idRange: undefined, storage, consoleLogBytes: 65536 });
}

function makeLayer(root: string): string {
  const layer = `${root}/layers/busybox/fs`;
  for (const folder of ['bin', 'sbin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'run', 'root', 'var']) {
    mkdirSync(`${layer}/${folder}`, { recursive: true });
  }
  chmodSync(`${layer}/tmp`, 0o1777);
  const busybox = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
  cpSync(busybox, `${layer}/bin/busybox`, { dereference: true });
  chmodSync(`${layer}/bin/busybox`, 0o755);
  execFileSync('chroot', [layer, '/bin/busybox', '--install', '-s', '/bin']);
  execFileSync('ln', ['-s', '/bin/busybox', `${layer}/sbin/init`]);
  writeFileSync(`${layer}/etc/inittab`, INITTAB);
  writeFileSync(
    `${layer}/etc/passwd`,
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n',
  );
  writeFileSync(`${layer}/etc/group`, 'root:x:0:\nnogroup:x:65534:\n');
  return layer;
}

/** The parent and the monitors' group stay for the next start: they are ours to remove here. */
async function removeParent(parent: string): Promise<void> {
  const { layout } = readGroupPlace(parent);
  // A monitor is in its group for a moment longer than its run directory is there.
  const deadline = performance.now() + patience.poll;
  while ((await removeGroups(layout, parent, MONITORS_GROUP)).length > 0) {
    if (performance.now() > deadline) throw new Error('a monitor does not end');
  }
  await removeGroups(layout, '.', parent);
}
