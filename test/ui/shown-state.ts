/** States of the dashboard for tests: some machines, and what a test wants otherwise. */
import type { MachineSummary } from '../../src/machines/machines.ts';
import { type DashboardState, initialState } from '../../src/ui/state/dashboard-state.ts';

export function machine(name: string, more: Partial<MachineSummary> = {}): MachineSummary {
  const running = (more.state ?? 'stopped') !== 'stopped';
  return {
    name,
    backend: 'native',
    state: 'stopped',
    template: 'busybox',
    privileged: false,
    pid: running ? 4711 : null,
    addresses: [],
    memoryBytes: null,
    cpuUsec: null,
    tasks: null,
    snapshots: 0,
    createdAt: '2026-11-01T10:00:00.000Z',
    startedAt: running ? '2026-11-01T10:00:00.000Z' : null,
    restartAt: null,
    ephemeral: false,
    ...more,
  };
}

/** All are shown, and the first is selected. */
export function shown(
  machines: readonly MachineSummary[],
  more: Partial<DashboardState> = {},
): DashboardState {
  const names = machines.map(({ name }) => name);
  return {
    ...initialState({ size: { columns: 120, rows: 40 }, hostName: 'alpha', readOnly: false }),
    machines,
    known: true,
    order: names,
    selected: names[0],
    ...more,
  };
}
