/** The same surroundings for every test file, whatever shell, terminal or machine it runs on. */
import { join } from 'node:path';
import { runFolder, runMark } from './test-run.ts';

/** Says where an image is that is made once a host, and nothing of what the program does. */
const kept = 'TSMACHINE_DEBIAN_CACHE';
for (const name of Object.keys(process.env)) {
  const isOurs = name.startsWith('TSMACHINE_') && !name.startsWith('TSMACHINE_TEST_');
  if (isOurs && name !== kept) delete process.env[name];
}

// Tests run what is built: a script that builds first (scripts/preparation.mjs) would do it under all that run beside this one.
process.env['TSMACHINE_PREPARED'] = '1';

process.env['NO_COLOR'] = '1';
process.env['TERM'] = 'xterm-256color';
process.env['LANG'] = 'C.UTF-8';
process.env['LC_ALL'] = 'C.UTF-8';
process.env['TZ'] = 'UTC';
// What a person has set on this machine is no matter here, and stays as it is.
process.env['XDG_CONFIG_HOME'] = join(runFolder(), 'config');
// 38 ms at each start of Node 20, and nothing here speaks TLS.
delete process.env['NODE_EXTRA_CA_CERTS'];

// A test that forgets to name its own root and parent must still never reach the host's machines.
process.env['TSMACHINE_ROOT'] = join(runFolder(), 'unnamed');
process.env['TSMACHINE_CGROUP_PARENT'] = `${runMark()}-unnamed`;
