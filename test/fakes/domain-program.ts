/**
 * A program on the fake backend, to be killed: `VERB ROOT ARGUMENT...`. What it leaves on disk is real; that its machines
 * run is not.
 */
import { makeMachinesIn, request } from './machines-in.ts';

const [, , verb, root = '', name = '', other = ''] = process.argv;
const { machines } = makeMachinesIn(root);

switch (verb) {
  case 'create':
    await machines.create(request(name));
    break;
  case 'rename':
    await machines.rename(name, other);
    break;
  case 'destroy':
    await machines.destroy(name, { force: false, now: other === 'now' });
    break;
  default:
    throw new Error(`no such verb: ${verb}`);
}
