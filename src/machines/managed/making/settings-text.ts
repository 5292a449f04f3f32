/** Texts of settings files of machines that are being made. Pure. */
import type { ManagedSettings } from '../../../backends/manager/settings.ts';
import { anyMachine } from '../../config/blank-config.ts';
import type { MachineConfig } from '../../config/config-schema.ts';
import { readSettings, settingsChanges } from '../config/translation.ts';
import { noKeptFacts, type OwnFacts, withOwnFacts } from '../images/own-facts.ts';

type TextOf = Pick<ManagedSettings, 'values' | 'changed'>;

/** Of a machine that has none yet. @throws MachineError 'unsupported' for what no settings file can say */
export function newText(settings: TextOf, config: MachineConfig, facts: OwnFacts): string {
  const none = () => [];
  const changes = settingsChanges(readSettings(anyMachine, none), config, none);
  return withOwnFacts(settings, settings.changed(undefined, changes), facts);
}

export function factsOf({ template, imageKey, createdAt, storage, ephemeral }: MachineConfig): OwnFacts {
  return {
    template: template.name,
    templateOptions: template.options,
    imageKey,
    createdAt,
    ...(storage.snapshot === undefined ? {} : { goesOnFrom: storage.snapshot }),
    ...(ephemeral === undefined ? {} : { ephemeral }),
  };
}

/** A copy with an identity of its own has no host name and machine-id of the original; one that keeps it has them written out. */
export function clonedText(
  settings: TextOf,
  text: string | undefined,
  identity:
    | { readonly kept: true; readonly hostname: string }
    | { readonly kept: false; readonly now: string },
  ephemeral: boolean,
): string {
  const own = {
    ...noKeptFacts,
    goesOnFrom: undefined,
    // Of the original's it does nothing: it has what was done.
    firstBoot: undefined,
    ephemeral: ephemeral ? (true as const) : undefined,
  };
  const exec = (key: string, ...values: readonly string[]) => ({ section: 'Exec', key, values });
  return identity.kept
    ? withOwnFacts(settings, settings.changed(text, [exec('Hostname', identity.hostname)]), own)
    : withOwnFacts(settings, settings.changed(text, [exec('Hostname'), exec('MachineID')]), {
        ...own,
        createdAt: identity.now,
      });
}
