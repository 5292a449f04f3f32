/** Parts of a config that are there only while something in them is set: what nobody set is not stored. */
import type { MachineConfig } from '../config/config-schema.ts';

type PartName = 'autostart' | 'pressure' | 'restart' | 'snapshots';
type Part<N extends PartName> = NonNullable<MachineConfig[N]>;

export function withMember<N extends PartName, M extends keyof Part<N>>(
  config: MachineConfig,
  name: N,
  member: M,
  value: Part<N>[M] | undefined,
): MachineConfig {
  const { [name]: before = {}, ...others } = config as MachineConfig & { [K in N]?: Partial<Part<N>> };
  const { [member]: _, ...rest } = before as Partial<Part<N>>;
  const part = value === undefined ? rest : { ...rest, [member]: value };
  return { ...others, ...(Object.keys(part).length === 0 ? {} : { [name]: part }) } as MachineConfig;
}
