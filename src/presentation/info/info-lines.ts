/** The sections of `info`: a machine as it is stored, and as the kernel has it. Pure. */
import type { LayerSize } from '../../machines/machines.ts';
import type { ShownMachine } from '../../machines/shown-machine.ts';
import { diskWords } from '../machine-list.ts';
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
    fileSection(machine),
    ...(inspection === null ? [storedIds(machine)] : kernelSections(inspection)),
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

/** What a start will map. */
function storedIds({ config, privileged }: ShownMachine): Section {
  const { base, count } = config.idRange;
  const lines = privileged ? [] : ['uid', 'gid'].map((kind) => `${kind} 0 ${base} ${count}`);
  return { title: 'Ids', phrase: 'who its users will be outside', entries: idEntries(lines) };
}

/** What is left to the kernel or empty says nothing here; `config` has it all. */
function configurationSection(settings: Readonly<Record<string, string>>): Section {
  return {
    title: 'Configuration',
    phrase: 'what a start goes by: change it with `tsmachine set`',
    entries: Object.entries(settings).filter(([, value]) => value !== ''),
  };
}
