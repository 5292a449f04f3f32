import type { Inspection } from '../../src/backends/inspection.ts';

/** What is told of a machine whose init cannot be looked at. */
export const noInspection: Inspection = {
  namespaces: {},
  sharedNamespaces: [],
  cgroups: [],
  controllers: {},
  idMap: [],
  layers: [],
  capabilities: [],
  capabilitySets: null,
  seccomp: 'unknown',
  noNewPrivileges: null,
  securityLabel: null,
  devices: null,
  mounts: [],
  listening: [],
  limitsInForce: {},
  swapBytes: null,
  throttling: null,
  oomKills: null,
  rlimits: {},
  oom: null,
  monitorPid: null,
  monitorClients: null,
  incomplete: [],
};
