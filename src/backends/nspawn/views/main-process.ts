/** What systemd knows of the main process of a unit: org.freedesktop.systemd1(5). */
import { integer, list, text, texts } from '../bus/values.ts';
import type { Systemd1, UnitInterface } from '../systemd1.ts';
import { exitRecord } from './exit-record.ts';
import type { MainProcess } from './status.ts';

/** Of a service. Properties one by one, sent at once: all of them are some hundreds, several of which systemd has to look up in files. */
export async function readMainProcess(systemd1: Systemd1, unit: string): Promise<MainProcess> {
  const get = async (of: UnitInterface, name: string) => integer(await systemd1.unitProperty(unit, of, name));
  const [pid, code, status, endedAt, upSince] = await Promise.all([
    get('Service', 'MainPID'),
    get('Service', 'ExecMainCode'),
    get('Service', 'ExecMainStatus'),
    get('Service', 'ExecMainExitTimestamp'),
    get('Unit', 'ActiveEnterTimestamp'),
  ]);
  return {
    pid,
    lastExit: exitRecord({ code, status, endedAt }),
    // Of the run that is now: a new one has none before it is up.
    readyAt: pid === 0 || upSince === 0 ? undefined : Math.trunc(upSince / 1000),
  };
}

/** Empty if the unit is down. */
export async function readControlGroup(systemd1: Systemd1, unit: string): Promise<string> {
  const of = unit.endsWith('.scope') ? 'Scope' : 'Service';
  return text(await systemd1.unitProperty(unit, of, 'ControlGroup'));
}

/** ExecStart is `a(sasbttttuii)`: program, words, and how its last run went. A service of this kind has one. */
export async function readStartCommand(systemd1: Systemd1, unit: string): Promise<readonly string[]> {
  const [command] = list(await systemd1.unitProperty(unit, 'Service', 'ExecStart'));
  return command === undefined ? [] : texts(list(command)[1]);
}
