// What the dashboard costs: from the start of its process to the first frame, at rest over two hundred machines, with three consoles that are
// flooded, and a key over a thousand machines that are not there (test/fakes/dashboard-program.ts). Beside btop, top and htop at the same pty.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { spawn } from 'node-pty';
import { dashboardBuild } from '../../scripts/dashboard-build.mjs';
import { environment, isInstalled, median, medianOf, samples, timed } from '../measure.mjs';
import { project } from '../peers/tsmachine.mjs';

const machines = Number(process.env.BENCH_DASHBOARD_MACHINES ?? 200);
const running = Math.min(machines, Number(process.env.BENCH_DASHBOARD_RUNNING ?? 20));
const seconds = Number(process.env.BENCH_DASHBOARD_SECONDS ?? 30);
const fakes = 1000;
const KEYS = 200;
const FLOODED_KEYS = 60;
/** Until V8 has compiled what runs each second. */
const WARM_UP_S = 5;
/** /proc counts hundredths of a second. */
const TICK_MS = 10;
const QUIET_MS = 300;

/** A program on a terminal of 120 columns and 40 rows; counts its bytes. */
function onTerminal(argv, env) {
  const [file, ...words] = argv;
  const began = performance.now();
  const pty = spawn(file, words, {
    cols: 120,
    rows: 40,
    env: { ...env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' },
  });
  let [text, bytes] = ['', 0];
  let heard = () => undefined;
  const exit = new Promise((resolve) => pty.onExit(resolve));
  pty.onData((data) => {
    bytes += Buffer.byteLength(data);
    // Enough to find what is waited for.
    text = (text + data).slice(-20_000);
    heard();
  });
  return {
    pid: pty.pid,
    type: (keys) => pty.write(keys),
    bytes: () => bytes,
    /** What is shown from now on. */
    forget: () => {
      text = '';
    },
    /** Milliseconds from its start until it is shown. */
    shows: (what) =>
      new Promise((resolve) => {
        heard = () => what.test(text) && resolve(performance.now() - began);
        heard();
      }),
    end: async () => {
      pty.kill('SIGTERM');
      await exit;
    },
  };
}

/** Milliseconds of processor time: utime and stime of proc_pid_stat(5). */
function cpuOf(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** MiB. */
function rssOf(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Percent of one processor and bytes a second, from now on. */
async function watch({ pid, bytes }) {
  const [cpu, drawn, began] = [cpuOf(pid), bytes(), performance.now()];
  await delay(seconds * 1000);
  const passed = performance.now() - began;
  return {
    percent: ((cpuOf(pid) - cpu) / passed) * 100,
    bytesPerSecond: ((bytes() - drawn) / passed) * 1000,
    rss: rssOf(pid),
  };
}

async function firstFrame(argv, env, what) {
  const times = [];
  for (let turn = -1; turn < samples; turn += 1) {
    await delay(QUIET_MS);
    const terminal = onTerminal(argv, env);
    const time = await terminal.shows(what);
    await terminal.end();
    if (turn >= 0) times.push(time);
  }
  return median(times);
}

async function atRest(argv, env) {
  const terminal = onTerminal(argv, env);
  try {
    await delay(WARM_UP_S * 1000);
    return await watch(terminal);
  } finally {
    await terminal.end();
  }
}

/** Each machine prints without end; their consoles are opened one after another, and the last one is looked at. */
async function withBusyConsoles(tsmachine) {
  const terminal = onTerminal(tsmachine.argv(), tsmachine.env);
  try {
    await terminal.shows(/many0 /);
    for (let index = 0; index < 3; index += 1) {
      terminal.type('c');
      await delay(1000);
      terminal.type('\ryes\r');
      await delay(500);
      if (index < 2) {
        terminal.type('\x1dq');
        await delay(200);
        terminal.type('j');
        await delay(200);
      }
    }
    const figures = await watch(terminal);
    return { ...figures, keys: await keysInFlood(terminal) };
  } finally {
    await terminal.end();
  }
}

/** Milliseconds from a key to what it shows, while three consoles are flooded: the list's pointer is elsewhere. */
async function keysInFlood(terminal) {
  for (const keys of ['\x1dq', '\x1b', 'g']) {
    terminal.type(keys);
    await delay(300);
  }
  const times = [];
  for (let key = 0; key < FLOODED_KEYS; key += 1) {
    terminal.forget();
    const began = performance.now();
    terminal.type(key % 2 === 0 ? 'j' : 'k');
    await terminal.shows(/[▸>]/);
    times.push(performance.now() - began);
    await delay(100 + (key % 7) * 10);
  }
  times.sort((a, b) => a - b);
  return { median: median(times), p95: times[Math.floor(times.length * 0.95)] };
}

/** Processor time and bytes of each key, over machines that are not there. */
async function scrolling(scratch) {
  const program = join(scratch, 'dashboard-program.cjs');
  await build({
    ...dashboardBuild,
    entryPoints: [join(project, 'test/fakes/dashboard-program.ts')],
    outfile: program,
  });
  const terminal = onTerminal([process.execPath, program, JSON.stringify({ count: fakes })], environment);
  try {
    await terminal.shows(/m00000/);
    await delay(WARM_UP_S * 1000);
    const [cpu, drawn] = [cpuOf(terminal.pid), terminal.bytes()];
    for (let key = 0; key < KEYS; key += 1) {
      terminal.type('j');
      // Rarer than frames can come, so that each key has its own.
      await delay(40);
    }
    return {
      msPerKey: (cpuOf(terminal.pid) - cpu) / KEYS,
      bytesPerKey: (terminal.bytes() - drawn) / KEYS,
      rss: rssOf(terminal.pid),
    };
  } finally {
    await terminal.end();
  }
}

/** @param tsmachine a root folder of its own, see openRoot */
export async function measureDashboard(tsmachine, scratch) {
  tsmachine.defineMany(machines);
  const names = Array.from({ length: running }, (_, index) => `many${index}`);
  tsmachine.call('start', ...names);
  const figures = { tsmachine: await atRest(tsmachine.argv(), tsmachine.env) };
  for (const peer of ['btop', 'top', 'htop']) {
    if (isInstalled(peer)) figures[peer] = await atRest([peer], environment);
  }
  return {
    machines,
    running,
    fakes,
    figures,
    first: {
      node: medianOf(() => timed([process.execPath, '-e', '0'])),
      dashboard: await firstFrame(tsmachine.argv(), tsmachine.env, /many0 /),
    },
    busy: await withBusyConsoles(tsmachine),
    scroll: await scrolling(scratch),
  };
}
