import { describe, expect, it } from 'vitest';
import { type FoldersRequest, findFolders } from '../../../src/commands/program/folders.ts';

const request: FoldersRequest = {
  rootOption: undefined,
  environment: {},
  uid: 0,
  home: () => '/home/ann',
  program: '/opt/tsmachine/dist/cli.cjs',
  node: '/usr/bin/node',
};

describe('folders', () => {
  it("are the system's for root", () => {
    expect(findFolders(request)).toMatchObject({
      root: '/var/lib/tsmachine',
      runRoot: '/run/tsmachine',
      cgroupParent: undefined,
      helperPath: '/opt/tsmachine/build/tsmachine-helper',
    });
  });

  it('follow TSMACHINE_ROOT, and --root before it', () => {
    const environment = { TSMACHINE_ROOT: '/a' };
    expect(findFolders({ ...request, environment })).toMatchObject({ root: '/a', runRoot: '/a/run' });
    expect(findFolders({ ...request, environment, rootOption: '/b' })).toMatchObject({
      root: '/b',
      runRoot: '/b/run',
    });
  });

  it('leave the groups to the backend unless a person names them', () => {
    expect(findFolders(request).cgroupParent).toBeUndefined();
    const environment = { TSMACHINE_CGROUP_PARENT: 'lab' };
    expect(findFolders({ ...request, environment }).cgroupParent).toBe('lab');
    expect(
      findFolders({ ...request, environment: { TSMACHINE_CGROUP_PARENT: '' } }).cgroupParent,
    ).toBeUndefined();
  });

  it("are in the person's data folder without root", () => {
    expect(findFolders({ ...request, uid: 1000 }).root).toBe('/home/ann/.local/share/tsmachine');
    const environment = { XDG_DATA_HOME: '/data' };
    expect(findFolders({ ...request, uid: 1000, environment }).root).toBe('/data/tsmachine');
  });

  it('let what a monitor runs find what the start found, though its environment is empty', () => {
    expect(findFolders(request).selfArgv('internal', 'exited', 'web')).toEqual([
      '/usr/bin/node',
      '/opt/tsmachine/dist/cli.cjs',
      'internal',
      'exited',
      'web',
    ]);
    const environment = { TSMACHINE_ROOT: '/a', TSMACHINE_CGROUP_PARENT: 'lab', TSMACHINE_HELPER: '/h' };
    expect(findFolders({ ...request, environment }).selfArgv('internal', 'exited', 'web')).toEqual([
      '/usr/bin/env',
      'TSMACHINE_CGROUP_PARENT=lab',
      'TSMACHINE_HELPER=/h',
      '/usr/bin/node',
      '/opt/tsmachine/dist/cli.cjs',
      '--root',
      '/a',
      'internal',
      'exited',
      'web',
    ]);
  });
});
