/** A manager's machine as a config: what its settings file, its unit and its image say, in the words that all machines have. */

import type { BackendName } from '../../../backends/backend.ts';
import type { CgroupLimits } from '../../../backends/limits.ts';
import type { ManagedSettings } from '../../../backends/manager/settings.ts';
import type { ManagedMachine } from '../../../backends/manager/views.ts';
import { anyMachine } from '../../config/blank-config.ts';
import type { MachineConfig } from '../../config/config-schema.ts';
import { MachineError } from '../../errors.ts';
import { type OwnFacts, readOwnFacts } from '../images/own-facts.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { isPrivileged } from './isolation-words.ts';
import { readSettings } from './translation.ts';
import type { ValuesOf } from './word.ts';

/** Of what the manager's own tools made. */
const NOT_OURS = 'none';

/** What is known of a machine's settings besides their text. */
export interface ManagedState {
  readonly machine: ManagedMachine;
  readonly text: string | undefined;
  readonly limits: CgroupLimits;
  /** Whether it is started with the host. */
  readonly enabled: boolean;
  /** By what it says itself, where its settings say none; absent: it was not asked for. */
  readonly machineId?: string | undefined;
}

/** @throws MachineError 'no-such-machine'; BackendError */
export async function managedConfig({ manager }: ManagedDomain, name: string): Promise<MachineConfig> {
  const keeper = await manager();
  return configOf(keeper.name, keeper.settings, await readState(keeper, name));
}

type Keeper = Awaited<ReturnType<ManagedDomain['manager']>>;

/** @throws MachineError 'no-such-machine'; BackendError */
export async function readState({ views, settings, life }: Keeper, name: string): Promise<ManagedState> {
  const [machine, text, limits, enabled] = await Promise.all([
    views.find(name),
    settings.read(name),
    settings.storedLimits(name),
    life.isEnabled(name),
  ]);
  if (machine === undefined) throw noSuchMachine(name);
  const said = machineIdOf((section, key) => settings.values(text, section, key));
  const machineId = said ?? (await views.machineId(name));
  return { machine, text, limits, enabled, machineId };
}

/** @throws MachineError 'no-such-machine'; BackendError */
export async function requireManaged(
  { views }: Pick<Keeper, 'views'>,
  name: string,
): Promise<ManagedMachine> {
  const machine = await views.find(name);
  if (machine === undefined) throw noSuchMachine(name);
  return machine;
}

function noSuchMachine(name: string): MachineError {
  return new MachineError('no-such-machine', `there is no machine "${name}"`, {
    subject: name,
    hint: 'tsmachine list shows all machines',
  });
}

/** What a list shows of a config: all of it is read where one machine is looked at. */
export type Outline = Pick<MachineConfig, 'createdAt' | 'privileged' | 'ephemeral'> &
  Pick<OwnFacts, 'template'>;

export function outlineOf(
  settings: Pick<ManagedSettings, 'values'>,
  { machine, text }: Pick<ManagedState, 'machine' | 'text'>,
): Outline {
  const { template, createdAt, ephemeral } = readOwnFacts(settings, text);
  return {
    createdAt: createdAt ?? imageMoment(machine),
    privileged: isPrivileged(settings.values(text, 'Exec', 'PrivateUsers').at(-1)),
    ...(template === undefined ? {} : { template }),
    ...(ephemeral === undefined ? {} : { ephemeral }),
  };
}

export function configOf(
  backend: BackendName,
  settings: Pick<ManagedSettings, 'values'>,
  { machine, text, limits, enabled, machineId }: ManagedState,
): MachineConfig {
  const values: ValuesOf = (section, key) => settings.values(text, section, key);
  const { image } = machine;
  const { template, templateOptions, imageKey, createdAt, goesOnFrom, ephemeral } = readOwnFacts(
    settings,
    text,
  );
  const config = readSettings(
    {
      ...anyMachine,
      backend,
      createdAt: createdAt ?? imageMoment(machine),
      machineId: machineIdOf(values) ?? machineId ?? anyMachine.machineId,
      template: { name: template ?? NOT_OURS, options: templateOptions ?? {} },
      imageKey: imageKey ?? NOT_OURS,
      storage: {
        driver: image?.kind === 'subvolume' ? 'btrfs' : 'dir',
        layers: [],
        ...(goesOnFrom === undefined ? {} : { snapshot: goesOnFrom }),
      },
      ...(image === null || image.limitBytes === null ? {} : { disk: { maxBytes: image.limitBytes } }),
      ...(ephemeral === undefined ? {} : { ephemeral }),
      limits,
    },
    values,
  );
  return enabled ? { ...config, autostart: { enabled, ...config.autostart } } : config;
}

function imageMoment({ image }: ManagedMachine): string {
  return new Date(image?.createdAt ?? image?.modifiedAt ?? 0).toISOString();
}

function machineIdOf(values: ValuesOf): string | undefined {
  const id = values('Exec', 'MachineID').at(-1)?.replaceAll('-', '').toLowerCase() ?? '';
  return /^[0-9a-f]{32}$/.test(id) ? id : undefined;
}
