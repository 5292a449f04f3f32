// `npm run bench`: tsmachine beside lxc, crun, runc and systemd-nspawn, in one run, on one machine.
// Prints medians in milliseconds and ratios. Needs root. Peers that are not installed are named.
// `npm run bench -- --only=time-travel`: clone, snapshot, restore and diff alone.
// `npm run bench -- --only=top`: the processor time of `top` beside systemd-cgtop, and beside lxc-top over as many containers.
// `npm run bench -- --only=dashboard`: the dashboard's first frame, and what it costs at rest, flooded and with a key, beside btop, top and htop.
// `npm run bench -- --only=charts`: what it costs to load what draws charts, and each picture.
// `npm run bench -- --only=crowd`: 200 busybox machines and 10 Debian machines that run at once, beside lxc.
// `npm run bench -- --only=debian`: a Debian machine made, booted and stopped.
// `npm run bench -- --only=files`: push and pull of 100,000 files and of 1 GiB, beside cp -a and tar through lxc-attach.
// `npm run bench -- --only=run`: a command in a throw-away machine beside lxc-execute, crun run and runc run.
// `npm run bench -- --only=nspawn`: the nspawn backend beside machinectl and systemd-run, in a Debian machine of ours.
// `npm run bench -- --layout=v2`: with the v2 tree alone, as today's distributions have it, on a host that has both.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { currentLayout, spawnInLayout } from './layout.mjs';
import { environment, isInstalled, medianOf, run, samples, timed } from './measure.mjs';
import { lxc } from './peers/lxc.mjs';
import { nspawn } from './peers/nspawn.mjs';
import { crun, runc } from './peers/oci.mjs';
import { openRoot, project, tsmachine } from './peers/tsmachine.mjs';
import {
  printCharts,
  printCrowd,
  printDashboard,
  printDebian,
  printFiles,
  printNspawn,
  printReport,
  printRun,
  printTimeTravel,
  printTop,
} from './report.mjs';
import { measureBareRelay, measureConsole } from './scenarios/console.mjs';
import { measureLifeCycle } from './scenarios/life-cycle.mjs';
import { measureMany } from './scenarios/many.mjs';
import { measureTimeTravel } from './scenarios/time-travel.mjs';

const only = process.argv.find((word) => word.startsWith('--only='))?.slice('--only='.length);
const peers = [tsmachine, lxc, runc, nspawn, crun];

const self = fileURLToPath(import.meta.url);

/** crun takes a pure cgroup layout only. */
function measureInLayoutV1(peer) {
  const { status, stdout, stderr } = spawnInLayout('v1', [process.execPath, self, `--only=${peer.name}`], {
    env: environment,
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${peer.name}: ${stderr}`);
  return JSON.parse(stdout.toString());
}

function measurePeer(peer, scratch, busybox) {
  if (peer === crun && only === undefined && currentLayout() === 'hybrid') return measureInLayoutV1(peer);
  const opened = peer.open(scratch, busybox);
  try {
    return { ...measureLifeCycle(opened), ...measureMany(opened) };
  } finally {
    opened.close();
  }
}

async function measureConsoles(scratch, busybox) {
  const machine = tsmachine.open(join(scratch, 'console'), busybox);
  try {
    machine.start();
    return { bare: await measureBareRelay(busybox), ours: await measureConsole(machine) };
  } finally {
    machine.close();
  }
}

/** With a tsmachine in a root folder of its own. */
async function withRoot(scratch, measure) {
  const machine = openRoot(scratch);
  try {
    return await measure(machine);
  } finally {
    machine.close();
  }
}

const findBusybox = () => run(['sh', '-c', 'command -v busybox']).stdout.toString().trim();

/** What `--only` can be besides a peer: measures, prints, and says whether every target is met. Some bring node-pty, which others do without. */
const scenarios = {
  'time-travel': (scratch) => printTimeTravel(measureTimeTravel(scratch, openRoot)),
  top: async (scratch) => {
    const { measureTop } = await import('./scenarios/top.mjs');
    return printTop(await withRoot(scratch, (machine) => measureTop(machine, scratch, findBusybox)));
  },
  dashboard: async (scratch) => {
    const { measureDashboard } = await import('./scenarios/dashboard.mjs');
    return printDashboard(await withRoot(scratch, (machine) => measureDashboard(machine, scratch)));
  },
  charts: async (scratch) => {
    const { measureCharts } = await import('./scenarios/charts.mjs');
    return printCharts(await measureCharts(scratch));
  },
  debian: async (scratch) => {
    const { measureDebian } = await import('./scenarios/debian.mjs');
    return printDebian(await withRoot(scratch, measureDebian));
  },
  files: async (scratch) => {
    const { measureFiles } = await import('./scenarios/files.mjs');
    return printFiles(await withRoot(scratch, (machine) => measureFiles(machine, scratch, findBusybox())));
  },
  nspawn: async (scratch) => {
    const { measureNspawn } = await import('./scenarios/nspawn.mjs');
    return printNspawn(measureNspawn(scratch));
  },
  run: async (scratch) => {
    const { measureRun } = await import('./scenarios/run.mjs');
    return printRun(await withRoot(scratch, (machine) => measureRun(machine, scratch, findBusybox())));
  },
  crowd: async (scratch) => {
    const { measureCrowd } = await import('./scenarios/crowd.mjs');
    return printCrowd(await withRoot(scratch, (machine) => measureCrowd(machine, scratch, findBusybox())));
  },
};

async function main() {
  const scratch = mkdtempSync(join(tmpdir(), 'tsmachine-bench-'));
  try {
    const scenario = scenarios[only];
    if (scenario !== undefined) {
      process.exitCode = (await scenario(scratch)) ? 0 : 1;
      return;
    }
    const busybox = findBusybox();
    if (only !== undefined) {
      const peer = peers.find((candidate) => candidate.name === only);
      process.stdout.write(JSON.stringify(measurePeer(peer, scratch, busybox)));
      return;
    }
    const figures = {};
    const failed = [];
    for (const peer of peers) {
      if (!peer.isAvailable()) continue;
      process.stderr.write(`measuring ${peer.name} (${samples} samples each)\n`);
      try {
        figures[peer.name] = measurePeer(peer, scratch, busybox);
      } catch (error) {
        if (peer === tsmachine) throw error;
        failed.push(`${peer.name}: ${String(error.message).split('\n', 1)}`);
      }
    }
    const node = medianOf(() => timed([process.execPath, '-e', '0']));
    const consoles = isInstalled('script') ? await measureConsoles(scratch, busybox) : undefined;
    const absent = peers.filter((peer) => !peer.isAvailable()).map((peer) => peer.name);
    process.exitCode = printReport({
      figures,
      node,
      consoles,
      absent,
      failed,
      project,
      layout: currentLayout(),
    })
      ? 0
      : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (process.argv.includes('--layout=v2') && currentLayout() === 'hybrid') {
  const { status } = spawnInLayout('v2', [process.execPath, self], { env: environment, stdio: 'inherit' });
  process.exitCode = status ?? 1;
} else {
  await main();
}
