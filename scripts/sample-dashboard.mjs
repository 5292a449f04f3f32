/** What the dashboard does in its first seconds, over machines and a terminal that are not there: what V8 compiles for it is kept. */
import { EventEmitter } from 'node:events';
import { setTimeout as rest } from 'node:timers/promises';

const count = 50;
/** Between two keys: each has a frame of its own. */
const KEY_MS = 150;

const list = Array.from({ length: count }, (_, index) => ({
  name: `m${index}`,
  backend: 'native',
  state: index % 2 === 0 ? 'running' : 'stopped',
  template: 'busybox',
  privileged: false,
  pid: index % 2 === 0 ? 1000 + index : null,
  addresses: ['10.0.0.2'],
  memoryBytes: 1 << 20,
  cpuUsec: 1000,
  tasks: 3,
  snapshots: 0,
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: '2026-01-01T00:00:00.000Z',
}));

const gone = async () => {
  throw new Error('it has just gone');
};

const machines = {
  list: async () => list,
  info: gone,
  settings: gone,
  templates: () => [],
  followEvents: async function* () {},
  openSampler: async () => ({ sample: takeSample, processes: () => [], close: () => undefined }),
};

function takeSample() {
  const waits = { some: 0, full: 0 };
  const usage = {
    cpu: { cores: Math.random(), limitCores: 'max', throttledShare: 0, throttledSeconds: 0 },
    memory: { bytes: 1 << 20, limitBytes: 'max', highBytes: 'max', anonBytes: 0, fileBytes: 0, refaults: 0 },
    swap: { bytes: 0, limitBytes: 'max' },
    io: { rbps: 0, wbps: 0, riops: 0, wiops: 0 },
    tasks: { count: 3, limit: 'max' },
    network: { rxBytes: 0, txBytes: 0 },
    pressure: { cpu: waits, memory: waits, io: waits },
  };
  const groups = list
    .filter(({ pid }) => pid !== null)
    .map(({ name, pid }) => ({
      id: name,
      path: name,
      machine: name,
      pid,
      frozen: false,
      phase: 'running',
      usage,
    }));
  const host = { cores: 4, busyCores: Math.random(), memoryBytes: 1 << 30, availableBytes: 1 << 29 };
  return { seconds: 1, host, groups };
}

function terminal() {
  const stdin = Object.assign(new EventEmitter(), {
    isTTY: true,
    setRawMode: () => stdin,
    resume: () => stdin,
    pause: () => stdin,
  });
  const stdout = Object.assign(new EventEmitter(), {
    isTTY: true,
    columns: 120,
    rows: 40,
    writableNeedDrain: false,
    write: () => true,
  });
  return { stdin, stdout };
}

/** @param openDashboard of dist/dashboard.cjs */
export async function rehearseDashboard(openDashboard) {
  const { stdin, stdout } = terminal();
  const end = openDashboard({
    machines,
    hostName: 'host',
    readOnly: false,
    theme: undefined,
    colour: true,
    unicode: true,
    settingsFile: { path: '', read: () => '{ "interval": 0.25 }', write: () => undefined },
    outside: {},
    loadDrawing: () => Promise.reject(new Error('there are no charts')),
    stdin,
    stdout,
  });
  for (const key of ['j', 'j', 'k', 'l', 'h']) {
    await rest(KEY_MS);
    stdin.emit('data', Buffer.from(key));
  }
  await rest(KEY_MS);
  process.emit('SIGTERM');
  await end.catch(() => undefined);
}
