/** What dist/dashboard.cjs gives to the program. */
export { openDashboard } from './open-dashboard.ts';
export { openPlain } from './plain/open-plain.ts';
