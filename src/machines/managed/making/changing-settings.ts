/** Changes of how a manager's machine is set: all that was asked, or nothing. Limits hold at once, all else from its next start on. */
import { isDeepStrictEqual } from 'node:util';
import type { LimitName } from '../../../backends/limits.ts';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { parseConfig } from '../../config/config-file.ts';
import type { MachineConfig } from '../../config/config-schema.ts';
import { MachineError } from '../../errors.ts';
import { applySettings, limitsAmong } from '../../keys/config-keys.ts';
import { requireWords } from '../config/lacking.ts';
import { configOf, type ManagedState, readState } from '../config/managed-config.ts';
import { settingsChanges } from '../config/translation.ts';

type Step = readonly [carryOut: () => Promise<void>, takeBack: () => Promise<void>];

/** @throws MachineError 'usage', 'unsupported', 'invalid-config', 'no-such-machine'; BackendError. Then nothing is changed. */
export async function changeManagedSettings(
  manager: Manager,
  name: string,
  changes: Readonly<Record<string, string>>,
): Promise<void> {
  const state = await readState(manager, name);
  requireImage(state);
  const before = configOf(manager.name, manager.settings, state);
  const after = checked(name, applySettings(before, changes));
  requireWords(name, before, after);
  const text = changedText(manager, state, before, after);
  await carryOut([
    ...limitSteps(manager, name, before, after, limitsAmong(Object.keys(changes))),
    ...diskSteps(manager, name, before, after),
    ...autostartSteps(manager, name, before, after),
    // The last one: then it never has to be taken back.
    ...(text === (state.text ?? '') ? [] : [[() => manager.settings.write(name, text), nothing] as const]),
  ]);
}

/** The whole settings file, as a person edited it. @throws MachineError 'invalid-config' that names the line */
export async function replaceManagedText(manager: Manager, name: string, text: string): Promise<void> {
  const state = await readState(manager, name);
  requireImage(state);
  const [fault] = manager.settings.faults(text);
  if (fault !== undefined) {
    throw new MachineError('invalid-config', `line ${fault.line}: ${fault.why}`, {
      subject: name,
      hint: 'systemd.nspawn(5) and systemd.syntax(7) say how settings are written',
    });
  }
  if (text !== state.text) await manager.settings.write(name, text.trim() === '' ? undefined : text);
}

/** What `config NAME --edit` begins with. Limits are not in it: they are the unit's. */
export function editableText(name: string, text: string | undefined): string {
  return (
    text ??
    `# Settings of ${name}: systemd.nspawn(5). Limits and autostart are its unit's: tsmachine set ${name} KEY=VALUE.\n`
  );
}

/** Whoever runs a machine from somewhere else has its own ways. */
function requireImage({ machine: { name, image, unit } }: ManagedState): void {
  if (image !== null) return;
  throw new MachineError('unsupported', `${name} has no image: its settings are kept by whoever started it`, {
    subject: name,
    hint: `look at how it was started: systemctl status '${unit}'`,
  });
}

function checked(name: string, config: MachineConfig): MachineConfig {
  return parseConfig(JSON.stringify(config), { name, path: 'the changed settings', previous: undefined });
}

function changedText(
  { settings }: Manager,
  { text }: ManagedState,
  before: MachineConfig,
  after: MachineConfig,
) {
  const values = (section: string, key: string) => settings.values(text, section, key);
  return settings.changed(text, settingsChanges(before, after, values));
}

/** @param named by a person: they are set even if they are so already, since somebody else may have set others meanwhile */
function limitSteps(
  { settings }: Manager,
  name: string,
  before: MachineConfig,
  after: MachineConfig,
  named: readonly LimitName[],
): readonly Step[] {
  const all = [...Object.keys(before.limits), ...Object.keys(after.limits)] as LimitName[];
  const changed = all.filter((limit) => !isDeepStrictEqual(before.limits[limit], after.limits[limit]));
  const names = [...new Set([...changed, ...named])].sort();
  if (names.length === 0) return [];
  return [
    [
      () => settings.changeLimits(name, after.limits, names),
      () => settings.changeLimits(name, before.limits, names),
    ],
  ];
}

function diskSteps(
  { images }: Manager,
  name: string,
  before: MachineConfig,
  after: MachineConfig,
): readonly Step[] {
  const put = (config: MachineConfig) => () => images.setSizeLimit(name, config.disk?.maxBytes ?? 'max');
  return isDeepStrictEqual(before.disk, after.disk) ? [] : [[put(after), put(before)]];
}

function autostartSteps(
  { life }: Manager,
  name: string,
  before: MachineConfig,
  after: MachineConfig,
): readonly Step[] {
  const [was, is] = [before, after].map(({ autostart }) => autostart?.enabled === true);
  if (was === is) return [];
  return [[() => life.setEnabled(name, is === true), () => life.setEnabled(name, was === true)]];
}

async function nothing(): Promise<void> {}

async function carryOut(steps: readonly Step[]): Promise<void> {
  const done: Step[] = [];
  try {
    for (const step of steps) {
      await step[0]();
      done.unshift(step);
    }
  } catch (error) {
    // What was so a moment ago; if that is refused now, the error that led here says what matters.
    for (const [, takeBack] of done) await takeBack().catch(() => {});
    throw error;
  }
}
