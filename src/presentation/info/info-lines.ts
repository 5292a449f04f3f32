/** The sections of `info`: a machine as it is stored, and as the kernel has it. Pure. */

import type { ShownMachine } from '../../machines/looking/shown-machine.ts';
import type { LayerSize, ManagedDetails } from '../../machines/machines.ts';
import { diskWords } from '../lists/machine-rows.ts';
import type { Paint } from '../paint.ts';
import { formatBytes } from '../units.ts';
import { idEntries, kernelSections } from './kernel-sections.ts';
import { columns, known, SECTION_WIDTH, type Section, sectionLines } from './section.ts';
import { stateEntries } from './state-entries.ts';
import { limitUseSection } from './use-section.ts';

export function infoLines(
  machine: ShownMachine,
  settings: Readonly<Record<string, string>>,
  now: number,
  paint: Paint,
  width = SECTION_WIDTH,
): readonly string[] {
  const { inspection } = machine;
  return [
    { title: machine.name, entries: stateEntries(machine, inspection, now) },
    limitUseSection(machine, inspection, settings),
    machine.managed === null ? fileSection(machine) : imageSection(machine, machine.managed),
    ...(inspection === null ? storedIds(machine) : kernelSections(inspection)),
    configurationSection(settings),
  ]
    .map((section) => sectionLines(section, paint, width))
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

function fileSection({ config, disk, snapshots, currentSnapshot, layers }: ShownMachine): Section {
  return {
    title: 'Files',
    phrase: 'read-only layers, top first, below what it changed itself',
    entries: known([
      ['storage', config.storage.driver],
      ['disk', disk === null ? undefined : diskWords(disk)],
      ['disk limit', config.disk === undefined ? undefined : formatBytes(config.disk.maxBytes)],
      ['snapshots', String(snapshots)],
      ['goes on from', currentSnapshot ?? undefined],
      ['layers', layers.length === 0 ? undefined : columns(layers.map(layerCells))],
    ]),
  };
}

function layerCells({ id, bytes }: LayerSize): readonly string[] {
  return [id, bytes === null ? '' : formatBytes(bytes)];
}

function imageSection(
  { config, disk, snapshots, currentSnapshot }: ShownMachine,
  { image, rootDirectory }: ManagedDetails,
): Section {
  return {
    title: 'Files',
    phrase: image === null ? 'it has no image: where it runs from' : 'the image that the machine has',
    entries: known([
      ['image', image?.path],
      ['kind', image === null ? undefined : kindWords(image)],
      ['root', rootDirectory === null || rootDirectory === image?.path ? undefined : rootDirectory],
      ['disk', disk === null || image === null ? undefined : diskWords(disk)],
      ['disk limit', config.disk === undefined ? undefined : formatBytes(config.disk.maxBytes)],
      ['snapshots', String(snapshots)],
      ['goes on from', currentSnapshot ?? undefined],
    ]),
  };
}

const kinds: Readonly<Record<NonNullable<ManagedDetails['image']>['kind'], string>> = {
  directory: 'directory',
  subvolume: 'subvolume of a btrfs: snapshots and clones are made at once',
  raw: 'disk image in a file',
  block: 'block device',
};

function kindWords({ kind, readOnly }: NonNullable<ManagedDetails['image']>): string {
  return readOnly ? `${kinds[kind]}; READ-ONLY` : kinds[kind];
}

/** What a start will map. Of others whom a manager starts, that is settled then. */
function storedIds({ config, privileged, managed }: ShownMachine): readonly Section[] {
  if (managed !== null) return [];
  const { base, count } = config.idRange;
  const lines = privileged ? [] : ['uid', 'gid'].map((kind) => `${kind} 0 ${base} ${count}`);
  return [{ title: 'Ids', phrase: 'who its users will be outside', entries: idEntries(lines) }];
}

/** What is left to the kernel or empty says nothing here; `config` has it all. */
function configurationSection(settings: Readonly<Record<string, string>>): Section {
  return {
    title: 'Configuration',
    phrase: 'what a start goes by: change it with `tsmachine set`',
    entries: Object.entries(settings).filter(([, value]) => value !== ''),
  };
}
