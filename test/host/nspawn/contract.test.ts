/** What docs/backends.md says of machines of systemd-nspawn. */
import { afterAll } from 'vitest';
import { describeContract } from '../../contract/describe-contract.ts';
import { createNspawnWorld } from '../../contract/worlds/nspawn-world.ts';
import { nspawnMachines } from '../../contract/worlds/program-domain.ts';
import { withNspawnHost } from './nspawn-host.ts';

const host = withNspawnHost();
const machines = nspawnMachines(host);
afterAll(machines.close);

describeContract(createNspawnWorld(host, machines));
