/** What a start of a manager's machine will do, as far as it is settled before: systemd and systemd-nspawn do the rest by themselves. */
import type { PlanStep } from '../../../backends/backend.ts';
import type { ManagedMachine } from '../../../backends/manager/views.ts';
import type { MachineConfig } from '../../config/config-schema.ts';
import { AFTER_BOOT_WORDS, firstBootSteps } from '../../first-boot/plan-steps.ts';
import { limitsAmong, printSettings } from '../../keys/config-keys.ts';
import { configOf, readState } from '../config/managed-config.ts';
import { pendingFirstBoot } from '../first-boot/kept.ts';
import { checkManagedName } from '../images/image-names.ts';
import { startableImage } from '../lifecycle/start.ts';
import type { ManagedDomain } from '../managed-domain.ts';

const BEFORE_INIT_WORDS =
  'of its first boot: before the unit is started, in a systemd-nspawn of its own without init and network, confined as the machine';

type Section = PlanStep['section'];
type Step = Omit<PlanStep, 'section' | 'index'>;

/** @throws MachineError `usage`, `no-such-machine`, `unsupported`; BackendError */
export async function startSteps(managed: ManagedDomain, name: string): Promise<readonly PlanStep[]> {
  checkManagedName(name);
  const manager = await managed.manager();
  const state = await readState(manager, name);
  const { machine, text } = state;
  const image = startableImage(machine);
  const command = await manager.views.startCommand(name);
  const config = configOf(manager.name, manager.settings, state);
  const firstBoot = (await pendingFirstBoot(managed, manager, name))?.firstBoot;
  return [
    ...numbered('machine', [unitStep(machine), ...limitSteps(config)]),
    ...numbered('outside', [commandStep(command), imageStep(image), ...settingsSteps(text)]),
    ...numbered('inside', [
      ...mountSteps(config),
      ...firstBootSteps(firstBoot, 'before-init', BEFORE_INIT_WORDS),
      initStep(config),
      ...firstBootSteps(firstBoot, 'after-boot', AFTER_BOOT_WORDS),
    ]),
  ];
}

/** Each section counts from 0, as those of a native machine do. */
function numbered(section: Section, steps: readonly Step[]): readonly PlanStep[] {
  return steps.map((step, index) => ({ section, index, ...step }));
}

function unitStep({ unit }: ManagedMachine): Step {
  return {
    operation: 'start-unit',
    arguments: [unit],
    explanation:
      'systemd starts it, in a control group of its own, and starts it again when the machine reboots',
  };
}

function limitSteps(config: MachineConfig): readonly Step[] {
  const isSet = (key: string) => limitsAmong([key]).some((limit) => config.limits[limit] !== undefined);
  return Object.entries(printSettings(config))
    .filter(([key]) => isSet(key))
    .map(([key, value]) => ({
      operation: 'limit',
      arguments: [key, value],
      explanation: 'a property of the unit, which systemd writes into the files of its control group',
    }));
}

function commandStep(command: readonly string[]): Step {
  return {
    operation: 'exec',
    arguments: command,
    explanation:
      'what the unit executes; namespaces, devices, masks, system calls and the network are made by systemd-nspawn itself, see systemd-nspawn(1)',
  };
}

function imageStep({ kind, path, readOnly }: NonNullable<ManagedMachine['image']>): Step {
  return {
    operation: 'root',
    arguments: [kind, path, ...(readOnly ? ['ro'] : [])],
    explanation: 'the image whose files the machine has',
  };
}

/** As they are written, but for our own: comments and sections that systemd leaves out say nothing here. */
function settingsSteps(text: string | undefined): readonly Step[] {
  const sections: { readonly name: string; readonly lines: string[] }[] = [];
  for (const line of (text ?? '').split('\n').map((one) => one.trim())) {
    if (/^\[.*\]$/.test(line)) sections.push({ name: line, lines: [] });
    else if (line !== '' && !/^[#;]/.test(line)) sections.at(-1)?.lines.push(line);
  }
  return sections
    .filter(({ name, lines }) => lines.length > 0 && !name.startsWith('[X-'))
    .map(({ name, lines }) => ({
      operation: 'settings',
      arguments: [name, ...lines],
      explanation: 'of its settings file, as systemd-nspawn reads it: systemd.nspawn(5)',
    }));
}

function mountSteps({ binds, tmpfs }: MachineConfig): readonly Step[] {
  return [
    ...binds.map(({ source, path, readOnly }) => ({
      operation: 'mount',
      arguments: ['bind', source, path, ...(readOnly ? ['ro'] : [])],
      explanation: 'a directory or file of the host, seen in the machine',
    })),
    ...tmpfs.map(({ path, sizeBytes }) => ({
      operation: 'mount',
      arguments: ['tmpfs', path, ...(sizeBytes === undefined ? [] : [`size=${sizeBytes}`])],
      explanation: 'a file system in memory, gone when the machine ends',
    })),
  ];
}

function initStep({ init }: MachineConfig): Step {
  return {
    operation: 'exec',
    arguments: init.argv,
    explanation: init.notifies
      ? 'its init, which says when it has booted: until then the start waits'
      : 'its init; the start is done as soon as it runs',
  };
}
