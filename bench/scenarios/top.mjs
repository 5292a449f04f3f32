// What looking costs, in processor time: one sample of a thousand groups beside systemd-cgtop, one of two hundred machines beside lxc-top
// over as many containers, and `top` once a second over two hundred machines.
import { spawn as spawnProcess } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { spawn } from 'node-pty';
import { environment, isInstalled, median, mediansInTurn, run, samples } from '../measure.mjs';
import { openLxcCrowd } from '../peers/lxc-crowd.mjs';

const groups = Number(process.env.BENCH_TOP_GROUPS ?? 1000);
const populated = Math.min(groups, Number(process.env.BENCH_TOP_POPULATED ?? 200));
const machines = Number(process.env.BENCH_TOP_MACHINES ?? 200);
const seconds = Number(process.env.BENCH_TOP_SECONDS ?? 60);
/** Until V8 has compiled what runs each second. */
const WARM_UP_S = 10;
/** /proc counts hundredths of a second. */
const TICK_MS = 10;

/** Milliseconds of processor time, user and system, of a command and what it started. */
function cpuTime(argv, env) {
  // The exit code is dropped: one that runs on until it is killed has used its time all the same.
  const { stderr } = run(
    ['bash', '-c', 'TIMEFORMAT="%3U %3S"; time "$@" >/dev/null 2>&1; exit 0', 'bash', ...argv],
    { env },
  );
  const [user, system] = stderr.toString().trim().split(' ').map(Number);
  return (user + system) * 1000;
}

/** Of this host: where a group is made, as systemd makes them, in each hierarchy. */
function hierarchies() {
  const mounts = readFileSync('/proc/self/mounts', 'latin1')
    .split('\n')
    .map((line) => line.split(' '));
  const wanted = /(^|,)(cpu|cpuacct|memory|pids|blkio|name=systemd)(,|$)/;
  return mounts
    .filter(([, , type, options]) => type === 'cgroup2' || (type === 'cgroup' && wanted.test(options)))
    .map(([, path]) => path);
}

/** Groups below one of our own, some with a process; returns what takes all away. */
async function makeGroups() {
  const parents = hierarchies().map((mount) => join(mount, `tsmbench-top-${process.pid}`));
  const children = Array.from({ length: populated }, () =>
    spawnProcess('sleep', ['infinity'], { stdio: 'ignore' }),
  );
  const all = parents.flatMap((parent) => [
    parent,
    ...Array.from({ length: groups }, (_, index) => join(parent, `group${index}`)),
  ]);
  for (const group of all) mkdirSync(group);
  for (const [index, child] of children.entries()) {
    for (const parent of parents)
      writeFileSync(join(parent, `group${index}`, 'cgroup.procs'), String(child.pid));
  }
  return async () => {
    const ends = children.map((child) => new Promise((resolve) => child.once('exit', resolve)));
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(ends);
    for (const group of all.reverse()) await removeGroup(group);
  };
}

/** A group whose last process just ended stays busy for a moment. */
async function removeGroup(group) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      rmdirSync(group);
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      await delay(20);
    }
  }
}

const SERIES = 22;
const COUNTS = [1, 2, SERIES];

/** @param costsOf by name of the program, the processor time of so many samples in one run */
function sampleCosts(costsOf) {
  const programs = Object.entries(costsOf);
  const named = programs.flatMap(([program, costOf]) =>
    COUNTS.map((count) => [`${program} ${count}`, () => costOf(count)]),
  );
  const medians = mediansInTurn(Object.fromEntries(named));
  const costs = programs.map(([program]) => {
    const [one, two, many] = COUNTS.map((count) => medians[`${program} ${count}`]);
    const further = (many - two) / (SERIES - 2);
    return [program, { 'one sample': one, 'two samples': two, 'each further sample': further }];
  });
  return Object.fromEntries(costs);
}

async function measureSample(tsmachine) {
  const remove = await makeGroups();
  try {
    const look = (...words) => cpuTime(tsmachine.argv('top', '--all', ...words), tsmachine.env);
    // The first one of a series is not shown.
    const ours = (count) =>
      count === 1 ? look('--once', '-d', '0') : look('--batch', '-d', '0.1', '-n', String(count - 1));
    const theirs = (count) =>
      cpuTime(['systemd-cgtop', '--batch', `--iterations=${count}`, '--delay=100ms'], environment);
    return sampleCosts({
      tsmachine: ours,
      ...(isInstalled('systemd-cgtop') ? { 'systemd-cgtop': theirs } : {}),
    });
  } finally {
    await remove();
  }
}

/** Hundredths of a second that a process has used: utime and stime of proc_pid_stat(5). */
function ticksOf(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** Long after its first look, long before its second. */
const LXC_TOP_END_S = 2;
const LXC_TOP_DELAY_S = 60;

/** Processor time of lxc-top's first look, its monitors' not counted. With `-b` too it needs a terminal, and goes on until it is ended. */
async function lxcTopTime(path) {
  const argv = [
    'timeout',
    '--foreground',
    `${LXC_TOP_END_S}`,
    'lxc-top',
    '-P',
    path,
    '-b',
    '-d',
    `${LXC_TOP_DELAY_S}`,
  ];
  const terminal = spawn('bash', ['-c', 'TIMEFORMAT="%3U %3S"; time "$@"', 'bash', ...argv], {
    env: { ...environment, LC_ALL: 'C' },
  });
  let text = '';
  terminal.onData((data) => {
    text += data;
  });
  await new Promise((resolve) => terminal.onExit(resolve));
  const [, user, system] = /(\d+\.\d+) (\d+\.\d+)\s*$/.exec(text) ?? [];
  const shown = text.match(/,crowd\d+,/g)?.length ?? 0;
  if (shown !== machines || system === undefined) {
    throw new Error(`lxc-top shows ${shown} of ${machines} containers: ${text}`);
  }
  return (Number(user) + Number(system)) * 1000;
}

/** One look at running machines beside one of lxc-top, which knows its own containers alone, at as many of these; by turns. */
async function measureLook(tsmachine, scratch, busybox) {
  const crowd = openLxcCrowd(scratch, busybox, machines);
  const [ours, theirs] = [[], []];
  try {
    crowd.start();
    for (let index = 0; index < samples; index += 1) {
      ours.push(cpuTime(tsmachine.argv('top', '--once', '-d', '0'), tsmachine.env));
      theirs.push(await lxcTopTime(crowd.path));
    }
    return { tsmachine: median(ours), 'lxc-top': median(theirs) };
  } finally {
    crowd.close();
  }
}

/** Percent of one processor that `top` uses on a terminal, once a second over running machines. */
async function measureWatching(tsmachine) {
  const [file, ...words] = tsmachine.argv('top');
  const terminal = spawn(file, words, {
    cols: 120,
    rows: 40,
    env: { ...tsmachine.env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' },
  });
  try {
    let bytes = 0;
    terminal.onData((data) => {
      bytes += data.length;
    });
    await delay(WARM_UP_S * 1000);
    const [before, drawn, began] = [ticksOf(terminal.pid), bytes, performance.now()];
    await delay(seconds * 1000);
    const passed = performance.now() - began;
    return {
      percent: (((ticksOf(terminal.pid) - before) * TICK_MS) / passed) * 100,
      bytesPerSecond: (bytes - drawn) / (passed / 1000),
    };
  } finally {
    terminal.kill('SIGTERM');
  }
}

async function measureMachines(tsmachine, scratch, findBusybox) {
  tsmachine.defineMany(machines);
  const names = Array.from({ length: machines }, (_, index) => `many${index}`);
  tsmachine.call('start', ...names);
  try {
    const watching = await measureWatching(tsmachine);
    return {
      watching,
      look: ['lxc-top', 'busybox'].every(isInstalled)
        ? await measureLook(tsmachine, scratch, findBusybox())
        : undefined,
    };
  } finally {
    tsmachine.call('kill', ...names);
  }
}

/** @param tsmachine a root folder of its own, see openRoot */
export async function measureTop(tsmachine, scratch, findBusybox) {
  const figures = await measureSample(tsmachine);
  const { watching, look } = await measureMachines(tsmachine, scratch, findBusybox);
  return {
    ...{ figures, watching, look, machines, seconds },
    words: `${groups} groups, ${populated} with a process`,
  };
}
