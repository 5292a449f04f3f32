/** What a host lacks for machines of systemd-nspawn, with the fix. Nobody need have such machines: what keeps them from working is told quietly. */
import { readFileSync } from 'node:fs';
import { BackendError, type Finding } from '../../backend.ts';
import { type CgroupLayout, readLayout } from '../../native/cgroups/layout.ts';
import { isSystemdHost } from '../../native/cgroups/systemd-scope.ts';
import { text } from '../bus/values.ts';
import type { NspawnContext } from '../context.ts';
import { examinePolkit } from './polkit.ts';
import { examineCgroups, examinePool, examineVersion, lackOfMachined } from './requirements.ts';

/** Where it is looked; tests point it at a tree of their own. */
export interface ExaminedHost {
  /** Prefix of paths such as /etc/os-release. */
  readonly hostRoot: string;
  readonly layout: CgroupLayout;
  readonly uid: number;
}

/** Never throws. */
export async function examineHost(
  context: NspawnContext,
  readHost: () => ExaminedHost = thisHost,
): Promise<readonly Finding[]> {
  try {
    const host = readHost();
    return isSystemdHost(host.hostRoot) ? await examineSystemd(context, host) : [notSystemd];
  } catch (error) {
    return [unreachable(error)];
  }
}

function thisHost(): ExaminedHost {
  return {
    hostRoot: '',
    layout: readLayout(readFileSync('/proc/self/mountinfo', 'utf8')),
    uid: process.getuid?.() ?? -1,
  };
}

const SUBJECT = 'systemd-nspawn';

const notSystemd: Finding = {
  subject: SUBJECT,
  verdict: 'note',
  detail: "the nspawn backend cannot be used here: systemd is not this host's init",
  fix: 'Native machines need none of it.',
};

async function examineSystemd(context: NspawnContext, host: ExaminedHost): Promise<readonly Finding[]> {
  const { machine1, systemd1 } = context;
  const version = await systemd1.managerProperty('Version');
  let machines: number;
  let images: number;
  try {
    const lists = await Promise.all([machine1.listMachines(), machine1.listImages()]);
    machines = lists[0].filter(({ class: of }) => of === 'container').length;
    images = lists[1].filter(({ name }) => !name.startsWith('.')).length;
  } catch (error) {
    if (error instanceof BackendError && error.code === 'unsupported') return [lackOfMachined(host.hostRoot)];
    throw error;
  }
  return [
    examineVersion(text(version)),
    {
      subject: 'systemd-machined',
      verdict: 'ok',
      detail: `${counted(machines, 'machine')} running, ${counted(images, 'image')}`,
    },
    examinePool(host.hostRoot),
    examineCgroups(host.layout),
    ...(await examinePolkit(context.bus, host.uid)),
  ];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** systemd is there, and does not answer: whoever has native machines alone is not to be alarmed. */
function unreachable(error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof BackendError ? error.hint : undefined;
  return {
    subject: SUBJECT,
    verdict: 'note',
    detail: `the nspawn backend cannot be used: ${message}`,
    fix: hint ?? 'See `journalctl -u dbus -u systemd-machined`.',
  };
}
