// Run in a host with systemd-machined by scenarios/nspawn.mjs: tsmachine's nspawn backend beside machinectl and systemd-run, in turn.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median, run, samples, timedAtOnce } from '../measure.mjs';

const [program, report] = process.argv.slice(2);
const images = '/var/lib/machines';
const IMAGES = 100;
const machine = 'bench';

const ours = (...words) => [process.execPath, program, '--backend', 'nspawn', ...words];

/** A Debian of what this host itself is, and ninety-nine images with nothing in them. */
function prepare() {
  const tree = join(images, machine);
  run(['btrfs', 'subvolume', 'create', tree]);
  const left = [
    'proc/*',
    'sys/*',
    'dev/*',
    'run/*',
    'tmp/*',
    'var/tmp/*',
    'var/lib/machines',
    'var/lib/tsmachine-test*',
  ];
  const mine = [
    'etc/machine-id',
    'etc/hostname',
    'etc/systemd/nspawn/*',
    'usr/local/bin/node',
    'usr/bin/node',
  ];
  const excluded = [...left, ...mine].map((path) => `'--exclude=./${path}'`).join(' ');
  run([
    'sh',
    '-c',
    `cd / && tar --one-file-system --warning=no-file-changed ${excluded} -c . | tar -x -C ${tree}`,
  ]);
  mkdirSync('/etc/systemd/nspawn', { recursive: true });
  writeFileSync(
    `/etc/systemd/nspawn/${machine}.nspawn`,
    '[Exec]\nNotifyReady=yes\nPrivateUsers=no\n[Network]\nVirtualEthernet=no\n',
  );
  for (let index = 1; index < IMAGES; index += 1)
    run(['btrfs', 'subvolume', 'create', join(images, `empty${index}`)]);
}

const isRunning = () => run(['machinectl', 'show', machine], { mayFail: true, stdio: 'ignore' }).status === 0;

/** machinectl does not wait for the end, tsmachine does. */
function waitForEnd() {
  while (isRunning()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  // Its unit is down a moment later.
  run(['sh', '-c', `while systemctl is-active --quiet systemd-nspawn@${machine}; do sleep 0.01; done`]);
}

/** By row: what each tool does for it, and what undoes that. */
const rows = {
  'list, 100 images': {
    machinectl: ['machinectl', 'list-images', '--no-legend'],
    tsmachine: ours('list'),
  },
  // As machinectl's: a copy that is taken for the machine itself.
  'clone, btrfs': {
    machinectl: ['machinectl', 'clone', machine, 'copy'],
    tsmachine: ours('clone', machine, 'copy', '--keep-identity'),
    undo: () => run(['machinectl', 'remove', 'copy']),
  },
  // machinectl has no such thing; most of it is ssh-keygen, which looks for primes.
  'clone with keys of its own': {
    tsmachine: ours('clone', machine, 'copy'),
    undo: () => run(['machinectl', 'remove', 'copy']),
  },
  'start, Debian until it is ready': {
    machinectl: ['machinectl', 'start', machine],
    tsmachine: ours('start', machine, '--wait'),
    undo: () => {
      run(['machinectl', 'poweroff', machine]);
      waitForEnd();
    },
  },
  'exec true': {
    before: () => run(['machinectl', 'start', machine]),
    'systemd-run': ['systemd-run', '--quiet', '--machine', machine, '--pipe', '--wait', '/bin/true'],
    machinectl: ['machinectl', '--quiet', 'shell', machine, '/bin/true'],
    tsmachine: ours('exec', machine, '--', '/bin/true'),
    after: () => {
      run(['machinectl', 'poweroff', machine]);
      waitForEnd();
    },
  },
};

function measureRow({ before, undo, after, ...tools }) {
  const times = Object.fromEntries(Object.keys(tools).map((tool) => [tool, []]));
  before?.();
  for (let round = 0; round <= samples; round += 1) {
    for (const [tool, argv] of Object.entries(tools)) {
      const took = timedAtOnce(argv);
      undo?.();
      // The first one warms up.
      if (round > 0) times[tool].push(took);
    }
  }
  after?.();
  return Object.fromEntries(Object.entries(times).map(([tool, all]) => [tool, median(all)]));
}

prepare();
const figures = Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, measureRow(row)]));
const node = [];
for (let round = 0; round < samples; round += 1) node.push(timedAtOnce([process.execPath, '-e', '0']));
writeFileSync(report, JSON.stringify({ figures, node: median(node) }));
