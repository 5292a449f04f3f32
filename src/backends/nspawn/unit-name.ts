/** Names of units and of their objects (systemd.unit(5), systemd-escape(1)). Pure. */

const BEFORE = 'systemd-nspawn@';
const AFTER = '.service';

/** What may stand in the name of an instance as it is: VALID_CHARS of systemd. */
const plainInstance = /^[A-Za-z0-9:_.@-]+$/;

/**
 * Of a machine that is started by name, as `machinectl start` does: the unit gives nspawn its instance as it stands (`--machine=%i`), so it is not
 * escaped. Names that are no machine's are, so that they are names of units.
 */
export function unitOfMachine(name: string): string {
  return `${BEFORE}${plainInstance.test(name) ? name : escapeUnitName(name)}${AFTER}`;
}

/** Undefined: the unit is no instance of systemd-nspawn@.service. */
export function machineOfUnit(unit: string): string | undefined {
  const instance = unit.slice(BEFORE.length, -AFTER.length);
  return unit === `${BEFORE}${instance}${AFTER}` && instance !== '' ? instance : undefined;
}

/** As `systemd-escape`. */
function escapeUnitName(text: string): string {
  return [...Buffer.from(text)].map((byte, index) => escapedByte(String.fromCharCode(byte), index)).join('');
}

function escapedByte(character: string, index: number): string {
  if (character === '/') return '-';
  if (/[A-Za-z0-9:_]/.test(character) || (character === '.' && index > 0)) return character;
  return `\\x${hex(character)}`;
}

/** The object of a unit, whether it is loaded or not: to ask it is to load it. */
export function unitPath(unit: string): string {
  return `/org/freedesktop/systemd1/unit/${escapeLabel(unit)}`;
}

/** As a part of an object's path. */
export function escapeLabel(text: string): string {
  const escaped = [...Buffer.from(text)].map((byte, index) => {
    const character = String.fromCharCode(byte);
    return (index === 0 ? /[A-Za-z]/ : /[A-Za-z0-9]/).test(character) ? character : `_${hex(character)}`;
  });
  return escaped.join('') || '_';
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(2, '0');
}
