/**
 * The test host: a Debian machine of the native backend with nesting, in which systemd-machined keeps machines of its own. It is privileged, since
 * only then can those have users of their own (systemd-nspawn -U picks ids of the whole range) and be subvolumes of a btrfs.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { loadTypeScript } from '../load-typescript.mjs';
import { makeDisk, unmountDisk } from './disk.mjs';

const project = join(import.meta.dirname, '../..');
const program = join(project, 'dist/cli.cjs');
const NAME = 'nspawn-host';
/** As in the virtual machine: a folder for what the tests write. */
const OUT = '/job/out';

const { findLeftovers } = await loadTypeScript('test/setup/leftovers.ts');
const { sweep } = await loadTypeScript('test/setup/sweep.ts');

/**
 * Makes one, hands it to `use`, and removes it, also when somebody ends us meanwhile.
 * `use` gets { exec(command, env): the exit code, with our streams; out: the folder here that is /job/out there }.
 * @param directories images are plain directories, as where there is no btrfs
 * @returns what `use` does
 */
export async function withTestHost(say, use, { directories = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), `${mark()}-`));
  const host = hostIn(folder, directories);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  // What runs in it ends with it, and then all of this does.
  const end = () => host.destroy();
  for (const signal of signals) process.on(signal, end);
  try {
    host.boot(say);
    return await use(host);
  } finally {
    host.destroy();
    unmountDisk(folder);
    await sweep(findLeftovers(basename(folder)));
    for (const signal of signals) process.off(signal, end);
  }
}

function hostIn(folder, directories) {
  const root = join(folder, 'root');
  const env = { ...process.env, TSMACHINE_ROOT: root, TSMACHINE_CGROUP_PARENT: basename(folder) };
  delete env.NODE_EXTRA_CA_CERTS;
  const tsmachine = (...words) =>
    spawnSync(process.execPath, [program, ...words], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  return {
    out: join(folder, 'out'),
    boot(say) {
      const image = debianImage(root);
      const binds = bindsOf(folder, directories).flatMap((bind) => ['--set', `bind=${bind}`]);
      const settings = ['privileged=true', 'nesting=true'].flatMap((setting) => ['--set', setting]);
      const words = [
        'create',
        NAME,
        '-t',
        'debian',
        ...settings,
        ...binds,
        '--start',
        '--wait',
        '--',
        ...image,
      ];
      const { status, stderr } = tsmachine(...words);
      if (status === 0) return;
      say(tsmachine('console', NAME, '--log').stdout);
      throw new Error(`the test host does not start: ${stderr}`);
    },
    exec(command, variables) {
      const given = Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
      const words = ['exec', NAME, '--directory', project, ...given, '--', ...command];
      const child = spawn(process.execPath, [program, ...words], { env, stdio: 'inherit' });
      return new Promise((done) => child.on('close', (code) => done(code ?? 1)));
    },
    destroy: () => tsmachine('destroy', NAME, '--force', '--now'),
  };
}

/** What it sees of this host: the project and Node, which it cannot change, its disk, and the folder of what tests write. */
function bindsOf(folder, directories) {
  const { disk, machines } = makeDisk(folder, directories);
  mkdirSync(join(folder, 'out'));
  return [
    `${project}:${project}:ro`,
    `${process.execPath}:/usr/local/bin/node:ro`,
    `${disk}:/var/lib/tsmachine-test`,
    `${machines}:/var/lib/machines`,
    `${join(folder, 'out')}:${OUT}`,
    // Masked: its host keys take longer to make than all else of the boot.
    '/dev/null:/etc/systemd/system/ssh.service:ro',
  ];
}

/** @returns the options of the template */
function debianImage(root) {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const script = join(import.meta.dirname, '../debian-image.mjs');
  const { status, stdout } = spawnSync(process.execPath, [script, root], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error("Debian's image cannot be made");
  return JSON.parse(stdout).options;
}

/** Of a run of all tests, which looks for whatever carries it afterwards; else one of ours. */
function mark() {
  return process.env.TSMACHINE_TEST_RUN ?? `tsmtest-${String(process.pid).padStart(7, '0')}`;
}
