/** What docs/backends.md says of native machines. */
import { describeContract } from '../contract/describe-contract.ts';
import { createNativeWorld } from '../contract/worlds/native-world.ts';
import { withRoot } from '../setup/with-root.ts';

describeContract(createNativeWorld(withRoot()));
