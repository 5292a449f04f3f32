import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type ListenOptions, type Server } from 'node:net';
import os from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';
import { withTarget } from './target.ts';

const host = withRoot();
const machine = withTarget(host, 'machine');
const withoutNetwork = withTarget(host, 'on-the-host-network', {
  settings: ['privileged=true'],
  weakenings: [{ of: 'namespaces', omit: 'network' }],
});

const withoutIpc = withTarget(host, 'on-the-host-ipc', {
  settings: ['privileged=true'],
  weakenings: [{ of: 'namespaces', omit: 'ipc' }, { without: '^clock-zero' }],
});

const abstractName = `tsmachine-attack-${process.pid}`;
const servers = [createServer(), createServer()] as const;
let port = 0;

beforeAll(async () => {
  const [abstract, loopback] = servers;
  await listening(abstract, { path: `\0${abstractName}` });
  await listening(loopback, { port: 0, host: '127.0.0.1' });
  port = (loopback.address() as AddressInfo).port;
});
afterAll(() => {
  for (const server of servers) server.close();
});

describe('the network of the host', () => {
  it('is reached neither through its loopback nor through its abstract sockets', async () => {
    expect(await machine.attack('sockets', abstractName, String(port))).toEqual({
      abstract: 'ECONNREFUSED',
      loopback: 'ECONNREFUSED',
    });
  });

  it('would be reached by a machine without a network namespace', async () => {
    expect(await withoutNetwork.attack('sockets', abstractName, String(port))).toEqual({
      abstract: 'ok',
      loopback: 'ok',
    });
  });

  it('shows none of its interfaces', async () => {
    const interfaces = (await machine.ask('ls /sys/class/net')).split(/\s+/);
    expect(
      interfaces.filter(
        (name) =>
          !/^(lo|host0|eth0|tunl0|sit0|ip6tnl0|gre0|gretap0|erspan0|ip_vti0|ip6_vti0|ip6gre0)$/.test(name),
      ),
    ).toEqual([]);
  });
});

describe('names and messages of the host', () => {
  it('keep their values when a machine sets its host name', async () => {
    const before = os.hostname();
    await machine.ask('hostname taken-over');
    expect(os.hostname()).toBe(before);
    expect(await machine.ask('hostname')).toBe('taken-over');
  });

  it('are not seen in shared memory or message queues of System V', async () => {
    const id = /\d+/.exec(execFileSync('ipcmk', ['--queue'], { encoding: 'utf8' }))?.[0] ?? '';
    try {
      expect(readFileSync('/proc/sysvipc/msg', 'utf8')).toMatch(new RegExp(`\\b${id}\\b`));
      expect((await machine.ask('cat /proc/sysvipc/msg')).split('\n')).toHaveLength(1);
      expect(await withoutIpc.ask('cat /proc/sysvipc/msg')).toMatch(new RegExp(`\\b${id}\\b`));
    } finally {
      execFileSync('ipcrm', ['--queue-id', id]);
    }
  });
});

describe('the uptime of the host', () => {
  it('is not told by the clocks of a machine, which begin with it', async () => {
    const uptime = async (target: typeof machine) =>
      Number((await target.ask('cat /proc/uptime')).split(' ')[0]);
    expect(await uptime(machine)).toBeLessThan(300);
    expect(Math.abs((await uptime(withoutIpc)) - os.uptime())).toBeLessThan(60);
  });
});

describe('a bind propagation', () => {
  it('does not carry a mount of the machine to the host', async () => {
    await machine.ask('mkdir -p /carried && mount -t tmpfs carried-by-nobody /carried');
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain('carried-by-nobody');
    expect(readFileSync('/proc/1/mountinfo', 'utf8')).not.toContain('carried-by-nobody');
  });
});

function listening(server: Server, where: ListenOptions): Promise<void> {
  return new Promise((resolve) => server.listen(where, resolve));
}
