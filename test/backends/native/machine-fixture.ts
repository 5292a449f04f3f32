import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { MachineHandle, MachineSpec } from '../../../src/backends/backend.ts';
import type { CgroupLayout } from '../../../src/backends/native/cgroups/layout.ts';
import type { HostView } from '../../../src/backends/native/life/status.ts';
import { encodeRecords, type WireRecord } from '../../../src/backends/native/records.ts';
import { machineSpec } from './machine-spec.ts';

const PLACE = { name: 'web', hostname: 'web', idRange: { base: 100000, count: 65536 } } as const;

/** A machine in a temporary folder, with a /proc and a v2 cgroup tree of its own beside it. */
export interface MachineFixture {
  readonly root: string;
  readonly machine: MachineHandle;
  readonly layout: CgroupLayout;
  readonly host: HostView;
  /** Writes a file, with its folders. */
  write(path: string, content: string | Uint8Array): void;
  /** A process in the fixture's /proc. */
  addProcess(pid: number, start: number, state?: string): void;
  /** Another process with that pid: its directory in /proc is another one. */
  replaceProcess(pid: number, files: Readonly<Record<string, string>>): void;
  writeState(...records: readonly (readonly [string, ...(string | number)[]])[]): void;
  /** Files of the machine's cgroup. */
  writeGroup(file: string, text: string): void;
  remove(): void;
}

export function createMachineFixture(change: Partial<MachineSpec> = {}): MachineFixture {
  const root = mkdtempSync(join(tmpdir(), 'machine-'));
  const layout: CgroupLayout = {
    kind: 'unified',
    unified: `${root}/cgroup`,
    unifiedControllers: ['memory', 'pids'],
    legacy: {},
  };
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  mkdirSync(`${root}/machines/web`, { recursive: true });
  mkdirSync(`${root}/run`);
  return {
    root,
    machine: {
      spec: machineSpec({ ...PLACE, ...change }),
      directory: `${root}/machines/web`,
      runDirectory: `${root}/run/web`,
    },
    layout,
    host: { layout, cgroupParent: 'ours', procRoot: `${root}/proc` },
    write,
    addProcess: (pid, start, state = 'S') => write(`proc/${pid}/stat`, statLine(pid, start, state)),
    replaceProcess: (pid, files) => {
      rmSync(`${root}/proc/${pid}`, { recursive: true });
      for (const [file, text] of Object.entries(files)) write(`proc/${pid}/${file}`, text);
    },
    writeState: (...records) => write('run/web/state', encodeRecords(records.map(toRecord))),
    writeGroup: (file, text) => write(`cgroup/ours/web/${file}`, text),
    remove: () => rmSync(root, { recursive: true }),
  };
}

function toRecord([name, ...args]: readonly [string, ...(string | number)[]]): WireRecord {
  return { name, arguments: args.map(String) };
}

/** With a command's name that tries to be more fields. */
export function statLine(pid: number, start: number, state: string): string {
  return `${pid} (in) S 1 (it) ${state} 1 ${pid} ${pid} 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 1 0 ${start} 1000 200 18446744073709551615\n`;
}
