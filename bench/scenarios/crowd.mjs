// Many machines that run at once: started by one command, listed, stopped; and what they take of the host's memory. Beside lxc.
import { readdirSync, readFileSync } from 'node:fs';
import { isInstalled, medianOf, timed } from '../measure.mjs';
import { openLxcCrowd } from '../peers/lxc-crowd.mjs';

export const crowd = Number(process.env.BENCH_CROWD ?? 200);
export const systems = Number(process.env.BENCH_CROWD_DEBIAN ?? 10);
/** Of what is done once in a run and does not change: a list. */
const LISTS = 5;
const SETTLE_MS = 3000;

const names = (prefix, count) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** MiB that nothing has: proc_meminfo(5). */
function available() {
  return Number(/MemAvailable:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) / 1024;
}

function settle() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLE_MS);
}

/** KiB: what these processes have in memory, what they share with others counted in parts. */
function pssOf(pids) {
  const parts = pids.map(
    (pid) => /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1],
  );
  return parts.reduce((sum, part) => sum + Number(part), 0);
}

/** lxc's monitors say whose they are. */
function lxcMonitors(path) {
  return readdirSync('/proc').filter((entry) => {
    try {
      const command = readFileSync(`/proc/${entry}/cmdline`, 'latin1');
      return command.startsWith('[lxc monitor]') && command.includes(path);
    } catch {
      // No process, or one that has ended since.
      return false;
    }
  });
}

/** One round of a peer: figures by row. */
function round({ start, list, stop, monitors }, count, rows) {
  settle();
  const free = available();
  const figures = { [rows.start]: start() };
  settle();
  figures[rows.memory] = (free - available()) / count;
  if (monitors) figures[rows.monitor] = monitors() / count;
  figures[rows.list] = medianOf(list, LISTS);
  figures[rows.stop] = stop();
  return figures;
}

function rowsOf(count, what) {
  return {
    start: `start ${count} ${what} (ms)`,
    list: `list of ${count} that run (ms)`,
    stop: `stop ${count} ${what} (ms)`,
    memory: `of ${what}, memory each, all in all (MiB)`,
    monitor: `of ${what}, memory of each monitor, PSS (KiB)`,
  };
}

function measureOurs(ours, template, count, what, wait) {
  const machines = names(template, count);
  for (const machine of machines) ours.call('create', machine, '-t', template);
  return round(
    {
      start: () => ours.time('start', ...wait, ...machines),
      list: () => ours.time('list'),
      stop: () => ours.time('stop', ...machines),
      monitors: () => pssOf(ours.monitorPids(machines)),
    },
    count,
    rowsOf(count, what),
  );
}

function measureLxc(scratch, busybox, count, what) {
  const { path, start, stop, close } = openLxcCrowd(scratch, busybox, count);
  const list = () => timed(['lxc-ls', '-P', path, '-f']);
  try {
    return round({ start, list, stop, monitors: () => pssOf(lxcMonitors(path)) }, count, rowsOf(count, what));
  } finally {
    close();
  }
}

/** Debian is measured if there is a template for it. */
export function measureCrowd(ours, scratch, busybox) {
  const templates = JSON.parse(ours.call('template', 'list', '--json').stdout.toString());
  const figures = { tsmachine: measureOurs(ours, 'busybox', crowd, 'busybox machines', []) };
  if (isInstalled('lxc-start')) figures.lxc = measureLxc(scratch, busybox, crowd, 'busybox machines');
  if (JSON.stringify(templates).includes('"debian"') && systems > 0) {
    Object.assign(figures.tsmachine, measureOurs(ours, 'debian', systems, 'Debian machines', ['--wait']));
  }
  return figures;
}
