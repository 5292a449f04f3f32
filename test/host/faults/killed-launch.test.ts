/** The helper dies by SIGKILL in mid-launch, at system calls of both its halves (injected by strace). */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtHelper } from '../../setup/run-cli.ts';
import { withRoot } from '../../setup/with-root.ts';
import { expectConsistentStore, expectUsable, listed, stateOf } from './store-state.ts';

const host = withRoot();

/** System calls of a launch, and which one of its kind is the fatal one. */
const fatal = [
  ['flock', 1],
  ['setsid', 1],
  ['unshare', 1],
  ['clone3', 1],
  ['mount_setattr', 2],
  ['fsmount', 1],
  ['sendmsg', 1],
  ['move_mount', 3],
  ['mount', 1],
  ['pivot_root', 1],
  ['sethostname', 1],
  ['capset', 1],
  ['seccomp', 1],
  ['epoll_wait', 1],
] as const;

/** A stand-in for the helper that runs the real one under strace and kills whoever makes the fatal call. */
function fragileHelper(call: string, nth: number): string {
  const path = join(host.root, `fragile-${call}`);
  const strace = `strace -f -qq -o /dev/null -e trace=${call} -e inject=${call}:signal=SIGKILL:when=${nth}`;
  const script = `#!/bin/sh\ncase "$1" in launch) exec ${strace} ${builtHelper} "$@";; *) exec ${builtHelper} "$@";; esac\n`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return path;
}

beforeEach(() => host.done(['create', 'web', '-t', 'busybox']));
afterEach(async () => {
  for (const { name } of await listed(host)) await host.done(['destroy', name, '--force', '--now']);
});

describe('a launch killed at a system call', () => {
  it.each(fatal)('%s (number %i): nothing runs on, and the next start works', async (call, nth) => {
    await host.cli(['start', 'web'], { env: { TSMACHINE_HELPER: fragileHelper(call, nth) } });
    expect(['stopped', 'error']).toContain(await stateOf(host, 'web'));
    await expectUsable(host, 'web');
    expectConsistentStore(host);
  });
});
