/** Which of a manager's machines are started with the host, and in which order. */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { type AutostartCandidate, chooseAutostart } from '../../looking/autostart-order.ts';
import type { AutostartChoice, AutostartMachine } from '../../machines.ts';
import { configOf } from '../config/managed-config.ts';
import { isManagedName } from '../images/image-names.ts';

/** A machine without an image has nothing that it could be started from. */
export async function managedAutostart(
  manager: Manager,
  choice: AutostartChoice,
): Promise<readonly AutostartMachine[]> {
  const { views, settings, life } = manager;
  const machines = (await views.all()).filter(({ name, image }) => isManagedName(name) && image !== null);
  const candidates = await Promise.all(
    machines.map(async (machine): Promise<AutostartCandidate> => {
      const { name } = machine;
      const [text, enabled] = await Promise.all([settings.read(name), life.isEnabled(name)]);
      const config = configOf(manager.name, settings, { machine, text, limits: {}, enabled });
      const ephemeral = config.ephemeral === true;
      return {
        machine: { name, state: machine.status.state, restartAt: null, ephemeral },
        config: config.autostart ?? {},
      };
    }),
  );
  return chooseAutostart(candidates, choice);
}
