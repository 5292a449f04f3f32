/** Where things are: from --root, the environment and the user, by the rules of README.md. Pure. */
import { join, resolve } from 'node:path';

export interface Folders {
  readonly root: string;
  readonly runRoot: string;
  /** Set by a person; undefined: the backend chooses what suits the host. */
  readonly cgroupParent: string | undefined;
  readonly helperPath: string;
  /** This program as a monitor runs it: its environment has only PATH and HOME, so all else is said here. */
  readonly selfArgv: (...words: readonly string[]) => readonly string[];
}

export interface FoldersRequest {
  readonly rootOption: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  /** Asked for only where it matters. */
  readonly home: () => string;
  /** The program's own file, and the node that runs it. */
  readonly program: string;
  readonly node: string;
}

/** Variables that the program obeys and that a machine's end must see as its start did. */
const passedOn = ['TSMACHINE_CGROUP_PARENT', 'TSMACHINE_HELPER'] as const;

export function findFolders(request: FoldersRequest): Folders {
  const { environment, uid, home, program, node } = request;
  const given = request.rootOption ?? nonEmpty(environment['TSMACHINE_ROOT']);
  const data = () => nonEmpty(environment['XDG_DATA_HOME']) ?? join(home(), '.local/share');
  const root = resolve(given ?? (uid === 0 ? '/var/lib/tsmachine' : join(data(), 'tsmachine')));
  const standard = given === undefined && uid === 0;
  const variables = passedOn.flatMap((name) => {
    const value = nonEmpty(environment[name]);
    return value === undefined ? [] : [`${name}=${value}`];
  });
  return {
    root,
    runRoot: standard ? '/run/tsmachine' : join(root, 'run'),
    cgroupParent: nonEmpty(environment['TSMACHINE_CGROUP_PARENT']),
    helperPath: nonEmpty(environment['TSMACHINE_HELPER']) ?? resolve(program, '../../build/tsmachine-helper'),
    selfArgv: (...words) => [
      ...(variables.length === 0 ? [] : ['/usr/bin/env', ...variables]),
      node,
      program,
      ...(standard ? [] : ['--root', root]),
      ...words,
    ],
  };
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
