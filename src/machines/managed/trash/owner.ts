/** Which machine a removed kept state, or what paths were before a revert, belongs to. */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { noOwner } from '../../trash/owner.ts';
import type { TrashedImage } from '../images/trash-names.ts';
import { factsOf } from '../images/written-facts.ts';

/**
 * A rename takes them along, so it is the machine of that name; but another may have come in its stead. When a machine was made is a fact of
 * it, and of all that was made from it: where both are known they must be the same.
 * @param what is of the machine, for the error `no-such-machine`
 */
export async function findOwner(
  manager: Manager,
  { image, entry, machine }: TrashedImage,
  what: string,
): Promise<string> {
  const found = await manager.views.find(machine);
  if (found !== undefined) {
    const [was, is] = await Promise.all([factsOf(manager, image), factsOf(manager, machine)]);
    const isAnother =
      was.createdAt !== undefined && is.createdAt !== undefined && was.createdAt !== is.createdAt;
    if (!isAnother) return machine;
  }
  throw noOwner(entry, machine, what);
}
