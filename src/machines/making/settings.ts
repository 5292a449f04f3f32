/** Changes of the stored config. Limits hold at once; what else makes a machine, from its next start or reboot on. */
import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { parseConfig } from '../config/config-file.ts';
import type { MachineConfig } from '../config/config-schema.ts';
import { type StoredMachine, storedMachine } from '../config/spec.ts';
import { type Domain, record } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { applySettings, limitsAmong } from '../keys/config-keys.ts';
import { saveWithDiskLimit } from '../limits/disk-limit.ts';
import { saveWithLimits } from '../limits/live-limits.ts';
import { settle, wrongState } from '../recovery/settle.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { loadMachine, machineExists, noSuchMachine } from '../store/store.ts';

/** Throws `usage` for a wrong key or value; then nothing is changed. */
export async function changeSettings(
  domain: Domain,
  name: string,
  changes: Readonly<Record<string, string>>,
): Promise<void> {
  await withMachines(domain, [name], async () => {
    const before = loadMachine(domain.paths, name);
    const config = check(domain, name, applySettings(before.config, changes));
    const next = storedMachine(name, config, domain.paths);
    const named = limitsAmong(Object.keys(changes));
    await saveWithLimits(domain, before, next, named, () => save(domain, before, next));
    record(domain, name, 'config-changed', { keys: Object.keys(changes).join(' ') });
  });
}

/** The way to repair a broken config too: the old one is not looked at if it cannot be read. */
export async function replaceConfig(domain: Domain, name: string, json: string): Promise<void> {
  await withMachines(domain, [name], async () => {
    if (!machineExists(domain.paths, name)) {
      throw noSuchMachine(domain.paths, name);
    }
    const config = parseConfig(json, { name, path: 'the edited text', previous: undefined });
    await checkTies(domain, name, config);
    const next = storedMachine(name, config, domain.paths);
    const present = readable(domain, name);
    if (present !== undefined) checkFiles(name, present.config, config);
    if (present === undefined) await save(domain, present, next);
    else await saveWithLimits(domain, present, next, [], () => save(domain, present, next));
    record(domain, name, 'config-changed');
  });
}

/** What the config only repeats must stay true: the range that is reserved, layers that exist, the backend in use. */
async function checkTies(domain: Domain, name: string, config: MachineConfig): Promise<void> {
  const ranges = await domain.backend.idRangesOf(name);
  const { base, count } = config.idRange;
  if (!ranges.some((range) => range.base === base && range.count === count)) {
    const reserved = ranges.map((range) => `base ${range.base}, count ${range.count}`).join(' or ');
    throw fixed(name, 'idRange', `it must be the reserved one: ${reserved || 'none is'}`);
  }
  const missing = config.storage.layers.find((id) => !existsSync(domain.paths.layerTree(id)));
  if (missing !== undefined) {
    throw fixed(name, 'storage.layers', `there is no layer ${missing}`);
  }
  if (config.backend !== domain.backend.name) {
    throw fixed(name, 'backend', `it must be ${domain.backend.name}`);
  }
}

/** Meanwhile a snapshot may have moved the files: the machine would go on without what it has written. */
function checkFiles(name: string, present: MachineConfig, config: MachineConfig): void {
  if (!isDeepStrictEqual(present.storage, config.storage)) {
    throw fixed(
      name,
      'storage',
      'it says where the files lie, which a snapshot may have changed meanwhile',
      `take over what \`tsmachine config ${name} --edit\` shows now`,
    );
  }
}

function fixed(name: string, key: string, why: string, hint = 'put the value back as it was'): MachineError {
  return new MachineError('invalid-config', `"${key}" cannot be changed by hand: ${why}`, {
    subject: name,
    hint,
  });
}

/** host name and machine-id also lie in files of the machine, which must not change under a mounted overlay. */
async function save(domain: Domain, before: StoredMachine | undefined, next: StoredMachine): Promise<void> {
  const identity =
    before?.handle.spec.hostname !== next.handle.spec.hostname ||
    before.handle.spec.machineId !== next.handle.spec.machineId;
  if (identity) {
    const { status } = await settle(domain, next);
    if (status.state !== 'stopped') {
      throw wrongState(
        next.name,
        status.state,
        'host name and machine-id can only change while it is stopped',
      );
    }
  }
  await saveWithDiskLimit(domain, before, next);
  if (identity) {
    await domain.backend.storage.writeIdentity(next.handle);
  }
}

function check(domain: Domain, name: string, config: MachineConfig): MachineConfig {
  const path = `${domain.paths.machine(name)}/config.json`;
  return parseConfig(JSON.stringify(config), { name, path, previous: undefined });
}

function readable(domain: Domain, name: string): StoredMachine | undefined {
  try {
    return loadMachine(domain.paths, name);
  } catch {
    return undefined;
  }
}
