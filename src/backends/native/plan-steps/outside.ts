import { nameOfRule } from '../cgroups/devices/default-rules.ts';
import type { OutsideOperationName } from '../operations.ts';
import { ROOT_SLOT } from '../plan/root.ts';
import type { Explain } from './explain.ts';

export const explainOutside: Readonly<Record<OutsideOperationName, Explain>> = {
  'cgroup-create': ([path]) => `makes the control group ${path}`,
  'cgroup-write': ([path = '', value = '', optional]) =>
    `${explainWrite(path, value)}${optional === undefined ? '' : ', if the kernel has that file'}`,
  'cgroup-devices': () => 'lets the machine open these devices and no others, whatever nodes it has or makes',
  'cgroup-marks': () => 'marks the packets that its sockets send, for tc and nft',
  'cgroup-monitor': ([path]) =>
    `puts the monitor into ${path}, so that it is not frozen or killed with its machine`,
  'cgroup-payload': ([path]) => `has init born in ${path}, so that none of its processes is ever outside`,
  'cgroup-kill': ([path]) => `ends whatever is left of the machine through ${path}/cgroup.kill`,
  namespaces: (args) => explainNamespaces(args),
  'clock-zero': () => "starts the machine's uptime at zero, whatever the host's is",
  'id-map': ([kind, inside, outside, count]) =>
    `maps ${kind}s ${span(inside, count)} inside to ${span(outside, count)} of the host, where they have no rights`,
  'cgroup-delegate': ([path, ...files]) =>
    `gives ${path} (${files.join(', ')}) to the machine's root, so that its init can divide it among services`,
  overlay: ([, mapping, directory, ...layers]) =>
    `prepares the root file system: ${count(layers.length, 'read-only layer')} under the machine's own changes in ` +
    `${directory}${mapping === 'mapped' ? ', its ids mapped, so that no file is ever chowned' : ''}`,
  tree: ([slot, mapping, mode, path, devices]) =>
    (slot === ROOT_SLOT
      ? `prepares the root file system: the machine's own tree ${path}`
      : `prepares ${path} of the host to be seen in the machine, ${mode}`) +
    `${mapping === 'mapped' ? ', its ids mapped' : ", with the host's ids"}` +
    `${devices === undefined ? '' : ', device nodes included'}`,
};

function explainWrite(path: string, value: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1);
  if (file === 'cgroup.subtree_control')
    return `lets groups below ${path.slice(0, -file.length - 1)} be limited: ${value}`;
  if (file === 'devices.deny') return `takes all devices from the machine, but those that follow (${path})`;
  if (file === 'devices.allow') return `lets the machine use ${nameOfRule(value)} (${path})`;
  return `limits the machine: ${file} becomes ${value} (${path})`;
}

function explainNamespaces(names: readonly string[]): string {
  const list = `makes the machine's own namespaces: ${names.join(', ')}`;
  if (names.includes('user')) return list;
  return `${list}; PRIVILEGED: no user namespace, so root inside is root of the host`;
}

function span(first = '0', count = '1'): string {
  return `${first} to ${Number(first) + Number(count) - 1}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
