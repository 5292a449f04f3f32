/**
 * How a machine is set: a part of the seam to a manager. The settings file (systemd.nspawn(5)) and the properties of its unit are the truth; what
 * somebody else wrote in them stays as it is.
 */
import type { CgroupLimits, LimitName, LimitsInForce } from '../limits.ts';

/** Of a settings file: systemd leaves sections with X- alone (systemd.syntax(7)), and the manager takes them along. */
export const OWN_SECTION = 'X-Tsmachine';
/** In it: what asks the machine's init to reboot, since systemd-nspawn has no word for it. */
export const REBOOT_SIGNAL = 'RebootSignal';

export interface SettingsChange {
  /** For example Exec, Network, Files; sections with X- are nobody's but ours. */
  readonly section: string;
  readonly key: string;
  /** Each a line of its own; none: the key goes. */
  readonly values: readonly string[];
}

export interface SettingsFault {
  /** From 1. */
  readonly line: number;
  readonly why: string;
}

export interface ManagedSettings {
  /**
   * The text of the settings file that counts; undefined if there is none. Of one that came with an image, and is trusted little, what the manager
   * does not take from it stands as a comment: so it can be written back where all is trusted.
   */
  read(name: string): Promise<string | undefined>;
  /** As `read`, of those that have a file which can be read. */
  readAll(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Values of a key that count, in the order of the file: of a key with one value it is the last; none if it is not set. */
  values(text: string | undefined, section: string, key: string): readonly string[];
  /** Pure: the text with some keys changed, everything else, comments too, as it was. */
  changed(text: string | undefined, changes: readonly SettingsChange[]): string;
  /** Pure: lines that the manager would leave out, or for which it would take nothing at all, and that are no comments. */
  faults(text: string): readonly SettingsFault[];
  /** In a place where the administrator's settings are, which are trusted; at once, or not at all. Undefined: there is none then. */
  write(name: string, text: string | undefined): Promise<void>;
  /** What the unit says that is kept for the next start. */
  storedLimits(name: string): Promise<CgroupLimits>;
  /** What was set for this machine: without what its unit says for all. One that it has not, where all have it, is `max`, or the kernel's default. */
  ownLimits(name: string): Promise<CgroupLimits>;
  /** Of a live machine; undefined while it is down. */
  limitsInForce(name: string): Promise<LimitsInForce | undefined>;
  /**
   * Live, if it runs, and kept for the next start: all or none.
   * @throws BackendError 'unsupported' for a limit that the manager has no word for
   */
  changeLimits(name: string, limits: CgroupLimits, names: readonly LimitName[]): Promise<void>;
  /** Of a machine that is gone, or has another name: a later one of the name finds no limits but those that all have. */
  forgetLimits(name: string): Promise<void>;
}
