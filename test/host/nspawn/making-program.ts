/**
 * `N VERB ARGUMENT...`: does a verb of the nspawn backend, and before the Nth call that changes something (machined's own are among them) somebody
 * dies by SIGKILL: this program, or systemd-machined (VICTIM). Between two of them nothing changes.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Manager } from '../../../src/backends/manager/machine-manager.ts';
import { busSocket } from '../../../src/backends/nspawn/bus/address.ts';
import { createBus } from '../../../src/backends/nspawn/bus/bus.ts';
import { createImages } from '../../../src/backends/nspawn/images/images.ts';
import { createMachine1 } from '../../../src/backends/nspawn/machine1.ts';
import { request, work } from '../../fakes/deeds.ts';
import { snapshotRequest } from '../../fakes/machine-files.ts';
import { openReal } from './real-managed.ts';

const [, , last = '0', verb = '', name = '', other = ''] = process.argv;
const changing = {
  machine1: ['cloneImage', 'renameImage', 'removeImage', 'markImageReadOnly'],
  images: ['make', 'setSizeLimit'],
  trees: ['copyTree', 'assemble', 'writeNewIdentity', 'renewIdentity', 'writeHostname'],
  settings: ['write', 'changeLimits', 'forgetLimits'],
  life: ['setEnabled'],
} as const;
let left = Number(last);

function mayDie(): void {
  left -= 1;
  if (left !== 0) return;
  if (process.env['VICTIM'] !== 'machined') process.kill(process.pid, 'SIGKILL');
  execFileSync('systemctl', ['kill', '--signal=KILL', 'systemd-machined']);
  console.log('machined is killed');
}

function dyingBefore<Part extends object>(part: Part, verbs: readonly string[]): Part {
  return new Proxy(part, {
    get(target, key) {
      const value = Reflect.get(target, key);
      if (typeof value !== 'function' || !verbs.includes(String(key))) return value;
      return (...given: readonly unknown[]) => {
        mayDie();
        return Reflect.apply(value, target, given);
      };
    },
  });
}

const bus = createBus({ socket: () => busSocket(process.env) });
const wrap = (manager: Manager, helperPath: string): Manager => {
  const machine1 = dyingBefore(createMachine1(bus), changing.machine1);
  const images = createImages({ machine1, folders: { helperPath } });
  return {
    ...manager,
    images: dyingBefore(images, changing.images),
    trees: dyingBefore(manager.trees, changing.trees),
    settings: dyingBefore(manager.settings, changing.settings),
    life: dyingBefore(manager.life, changing.life),
  };
};

const { machines, manager } = openReal({ TSMACHINE_ROOT: process.env['TSMACHINE_ROOT'] ?? '' }, wrap);
const verbs: Readonly<Record<string, () => Promise<unknown>>> = {
  create: () =>
    machines.create(
      request(name, {
        templateOptions: { busybox: join(process.env['BUSYBOX'] ?? '') },
        settings: { 'memory.max': '64M' },
      }),
    ),
  clone: () => machines.clone(name, other, { keepIdentity: false, ...work }),
  rename: () => machines.rename(name, other),
  destroy: () => machines.destroy(name, { force: false, now: other === 'now' }),
  snapshot: () => machines.snapshot(name, snapshotRequest({ snapshot: other, comment: 'kept' })),
  restore: () => machines.restore(name, other, work),
  import: () =>
    machines.importMachine({
      source: { path: name },
      name: other,
      storage: undefined,
      keepIdentity: false,
      trust: false,
      maxBytes: undefined,
      ...work,
    }),
};
try {
  await verbs[verb]?.();
} finally {
  manager.close();
  bus.close();
}
