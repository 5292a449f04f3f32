/** What dist/dashboard.mjs gives to the program. */
export { openDashboard } from './open-dashboard.ts';
