/** The config of a machine that is being created: the template's defaults, then the settings given. */
import type { IdRange } from '../../backends/backend.ts';
import type { StorageDriverName } from '../../backends/machine-spec.ts';
import type { Template } from '../../templates/template.ts';
import { blankSettings } from '../config/blank-config.ts';
import { CONFIG_VERSION, type MachineConfig } from '../config/config-schema.ts';
import type { Domain } from '../domain.ts';
import type { ConfiguredImage } from '../images/ensure-image.ts';
import { applySettings } from '../keys/config-keys.ts';
import type { CreateRequest } from '../machines.ts';
import { newMachineId } from '../names/identity.ts';
import { isoMoment } from '../values/moments.ts';

/** Throws `usage` for a setting that is wrong. */
export function newMachineConfig(
  domain: Domain,
  request: Pick<CreateRequest, 'settings' | 'ephemeral'> & { readonly storage: StorageDriverName },
  template: Template,
  options: Readonly<Record<string, string>>,
  image: ConfiguredImage,
  idRange: IdRange,
): MachineConfig {
  // In the order of the schema, as every later version of the file has it.
  const { binds, tmpfs, rlimits, limits, console, ...isolation } = blankSettings;
  const { init, signals } = image.defaults ?? template.defaults;
  const config: MachineConfig = {
    version: CONFIG_VERSION,
    backend: domain.backend.name,
    createdAt: isoMoment(Date.now()),
    machineId: newMachineId(),
    template: { name: template.name, options },
    imageKey: image.key,
    storage: { driver: request.storage, layers: image.layers },
    idRange,
    ...isolation,
    init,
    signals,
    binds,
    tmpfs,
    rlimits,
    limits,
    ...(request.ephemeral && { ephemeral: true as const }),
    console,
  };
  return applySettings(config, request.settings);
}
