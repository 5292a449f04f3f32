/**
 * The composition root: picks the backend and the folders, and hands the words of the command line to commands/.
 * What runs machines is loaded only when a command asks for machines: help and completion scripts never do.
 */

import { realpathSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { createInterface } from 'node:readline';
import { version } from '../package.json';
import { catalogue } from './commands/program/catalogue.ts';
import type { OpenDashboard } from './commands/program/command-definition.ts';
import { findFolders } from './commands/program/folders.ts';
import { type GlobalOptions, optionsWithValue } from './commands/program/global-options.ts';
import { runCommandLine } from './commands/program/run-command-line.ts';
import { settingsFile } from './files/settings-file.ts';
import { MachineError } from './machines/errors.ts';
import type { Machines } from './machines/machines.ts';
import { dashboardOutside, type OwnProgram, ownWords } from './terminal/dashboard-outside.ts';
import { processTerminals } from './terminal/process-terminals.ts';

type LoadDashboard = () => typeof import('./ui/dashboard-bundle.ts');

async function openMachines(options: GlobalOptions): Promise<Machines> {
  if (options.backend !== 'native') {
    throw new MachineError('unsupported', `the ${options.backend} backend does not exist yet`, {
      hint: 'leave --backend out: native is the default',
    });
  }
  const [native, locking, waiting, domain, registry] = await Promise.all([
    import('./backends/native/native-backend.ts'),
    import('./backends/native/launching/locker.ts'),
    import('./backends/native/launching/later.ts'),
    import('./machines/open-machines.ts'),
    import('./templates/registry.ts'),
  ]);
  const folders = findFolders({
    rootOption: options.root,
    environment: process.env,
    uid: process.getuid?.() ?? 0,
    home: homedir(),
    program: realpathSync(process.argv[1] ?? ''),
    node: process.execPath,
  });
  return domain.openMachines({
    backend: native.createNativeBackend(folders),
    root: folders.root,
    runRoot: folders.runRoot,
    templates: registry.templates,
    lock: locking.createLocker(folders.helperPath),
    later: waiting.createLater(folders.selfArgv),
  });
}

/** A script of its own (dist/dashboard.cjs), beside this program, and loaded only here. */
const openDashboard: OpenDashboard = async (machines, choice) => {
  const load: LoadDashboard = require('./load-dashboard.cjs');
  const { openDashboard: open, openPlain } = load();
  if (choice.plain) {
    const lines = createInterface({ input: process.stdin, terminal: false });
    const print = (line: string): void => processTerminals.write(1, `${line}\n`);
    const request = { machines, lines, print, hostName: hostname(), readOnly: choice.readOnly };
    return openPlain({ ...request, stop: () => lines.close() });
  }
  return open({
    machines,
    ...choice,
    hostName: hostname(),
    settingsFile: settingsFile('dashboard.json', process.env, homedir()),
    outside: dashboardOutside(ownProgram(), process.env),
    commands: typedCommands,
    loadDrawing,
    stdin: process.stdin,
    stdout: process.stdout,
  });
};

/** What can be typed in the dashboard, the dashboard itself apart. */
const typedCommands = catalogue
  .filter(({ name, hidden }) => hidden !== true && name !== 'dashboard')
  .map(({ name, aliases, summary }) => ({ names: [name, ...aliases], summary }));

/** Of what blessed-contrib draws (dist/charts.cjs); beside this program too, and loaded when charts are looked at. */
const loadDrawing = async () => {
  const { drawing }: typeof import('./ui/charts/charts-bundle.ts') = require('./charts.cjs');
  return drawing;
};

function ownProgram(): OwnProgram {
  const [file, program = '', ...given] = process.argv;
  return { file: file ?? process.execPath, words: [program, ...ownWords(given, optionsWithValue)] };
}

runCommandLine(process.argv.slice(2), {
  version,
  environment: process.env,
  terminals: processTerminals,
  openMachines,
  openDashboard,
}).then((exitCode) => process.exit(exitCode));
