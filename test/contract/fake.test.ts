import { describeContract } from './describe-contract.ts';
import { createFakeWorld } from './worlds/fake-world.ts';

describeContract(createFakeWorld());
