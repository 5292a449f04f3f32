/** What a machine's init understands: its settings say, or it is found out. */
import { constants } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { type ManagedSettings, OWN_SECTION, REBOOT_SIGNAL } from '../../manager/settings.ts';
import { hearsSignal, signalNumber } from '../../native/life/signals.ts';

/** What `machinectl poweroff` and `machinectl reboot` send: see systemd(1). */
const SYSTEMD_POWEROFF = 'SIGRTMIN+4';
const REBOOT = 'SIGINT';
/** As lxc and native machines have it. */
const OTHERS_POWEROFF = 'SIGPWR';

export interface InitAsked {
  readonly name: string;
  /** On the host. */
  readonly leader: number;
}

/** Of init's first moments, in milliseconds: nothing tells when it begins to listen. */
const NOT_YET_LISTENING_MS = 1000;
const LOOK_EVERY_MS = 20;

/** A name for what was asked. @param asked a name with SIG, 'halt' or 'reboot': these two are of use once init listens, and waited with so long */
export async function signalFor(
  settings: Pick<ManagedSettings, 'read' | 'values'>,
  { name, leader }: InitAsked,
  asked: string,
): Promise<string> {
  if (asked !== 'halt' && asked !== 'reboot') return asked;
  const text = await settings.read(name);
  const said =
    asked === 'halt'
      ? settings.values(text, 'Exec', 'KillSignal')
      : settings.values(text, OWN_SECTION, REBOOT_SIGNAL);
  const signal = said.map(withSig).findLast(isSignal);
  if (signal !== undefined) return heard(leader, [signal]);
  return heard(leader, asked === 'halt' ? [SYSTEMD_POWEROFF, OTHERS_POWEROFF] : [REBOOT]);
}

/** The first of them that init listens to; if it listens to none, the last. */
async function heard(leader: number, signals: readonly string[]): Promise<string> {
  const deadline = performance.now() + NOT_YET_LISTENING_MS;
  for (;;) {
    const found = signals.find((signal) => hearsSignal(leader, signalNumber(signal)));
    if (found !== undefined) return found;
    if (performance.now() > deadline) return signals.at(-1) as string;
    await wait(LOOK_EVERY_MS);
  }
}

/** systemd warns of any other word, and goes on. */
function isSignal(name: string): boolean {
  try {
    return signalNumber(name) > 0;
  } catch {
    return false;
  }
}

/** signal_from_string of systemd takes both, and numbers. */
function withSig(signal: string): string {
  const name = /^\d+$/.test(signal) ? signalName(Number(signal)) : signal;
  return name.startsWith('SIG') ? name : `SIG${name}`;
}

function signalName(number: number): string {
  return (
    Object.entries(constants.signals).find(([, one]) => one === number)?.[0] ?? `SIGRTMIN+${number - 34}`
  );
}
