import { anyMachine } from '../config/blank-config.ts';
import { applySettings } from './config-keys.ts';

/** Settings of a machine that is yet to be made. Throws `usage` for the first one that is wrong. */
export function checkNewSettings(settings: Readonly<Record<string, string>>): void {
  applySettings(anyMachine, settings);
}
