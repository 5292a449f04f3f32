/**
 * A real bus of its own, with a service on it that answers as it is told (dbus-service.mjs). It stands in for machined where a test needs
 * what no real one does on order: to hang, to be refused by polkit, to die in the middle of a call, to come back.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PrivateBus {
  readonly socket: string;
  /** The daemon ends, and with it each connection; what it had started ends too. */
  stop(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** @param names well-known names; who has one is started at the first call, as systemd starts machined */
export async function openPrivateBus(names: readonly string[]): Promise<PrivateBus> {
  const folder = mkdtempSync(join(tmpdir(), 'tsm-bus-'));
  const socket = join(folder, 'socket');
  const configuration = join(folder, 'bus.conf');
  writeFileSync(configuration, daemonConfiguration(socket, folder));
  for (const name of names) writeFileSync(join(folder, `${name}.service`), activation(name, folder));
  let daemon: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    daemon = spawn('dbus-daemon', [`--config-file=${configuration}`, '--nofork', '--print-address'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    // It prints the address when it listens.
    await once(daemon.stdout as NonNullable<typeof daemon.stdout>, 'data');
  };
  const stop = async (): Promise<void> => {
    if (daemon === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = once(daemon, 'exit');
    daemon.kill('SIGKILL');
    await ended;
    rmSync(socket, { force: true });
  };
  await start();
  return {
    socket,
    stop,
    start,
    remove: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function daemonConfiguration(socket: string, folder: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path=${socket}</listen>
  <servicedir>${folder}</servicedir>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/><allow user="*"/>
  </policy>
</busconfig>
`;
}

function activation(name: string, folder: string): string {
  const program = join(import.meta.dirname, 'dbus-service.mjs');
  return `[D-BUS Service]\nName=${name}\nExec=${process.execPath} ${program} ${name} ${folder}\n`;
}
