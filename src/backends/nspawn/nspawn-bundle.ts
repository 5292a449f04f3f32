/** What dist/nspawn.cjs gives to the program, which loads it when a machine of this backend is asked for. */
export { createNspawnManager } from './nspawn-backend.ts';
