/**
 * The composition root: picks the backend and the folders, and hands the words of the command line to commands/.
 * What runs machines is loaded only when a command asks for machines: help and completion scripts never do.
 */

import { realpathSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { createInterface } from 'node:readline';
import { version } from '../package.json';
import type { Manager } from './backends/manager/machine-manager.ts';
import { catalogue } from './commands/program/catalogue.ts';
import type { OpenDashboard } from './commands/program/command-definition.ts';
import { findFolders } from './commands/program/folders.ts';
import { type GlobalOptions, optionsWithValue } from './commands/program/global-options.ts';
import { runCommandLine } from './commands/program/run-command-line.ts';
import { settingsFile } from './files/settings-file.ts';
import type { Machines } from './machines/machines.ts';
import { createWarnings, printWarning } from './presentation/output/warnings.ts';
import type { OwnProgram, ownWords } from './terminal/dashboard-outside.ts';
import { processTerminals } from './terminal/process-terminals.ts';

/** How this host is called where a person sits who came by --host. */
const shownHost = (): string => process.env['TSMACHINE_SHOWN_HOST'] || hostname();

type LoadDashboard = () => typeof import('./ui/dashboard-bundle.ts');
type LoadNspawn = () => typeof import('./backends/nspawn/nspawn-bundle.ts');

const warnings = createWarnings();

async function openMachines(options: GlobalOptions): Promise<Machines> {
  const [native, locking, waiting, opening, backends, registry] = await Promise.all([
    import('./backends/native/native-backend.ts'),
    import('./backends/native/launching/locker.ts'),
    import('./backends/native/launching/later.ts'),
    import('./machines/open-machines.ts'),
    import('./open-backends.ts'),
    import('./templates/registry.ts'),
  ]);
  const folders = findFolders({
    rootOption: options.root,
    environment: process.env,
    uid: process.getuid?.() ?? 0,
    home: homedir,
    // Node has followed its links already.
    program: process.mainModule?.filename ?? realpathSync(process.argv[1] ?? ''),
    node: process.execPath,
  });
  const domain = opening.makeDomain({
    backend: native.createNativeBackend(folders),
    root: folders.root,
    runRoot: folders.runRoot,
    templates: registry.templates,
    lock: locking.createLocker(folders.helperPath),
    later: waiting.createLater(folders.selfArgv),
  });
  warnings.tellTo((text) => printWarning(text, options.json, processTerminals));
  return backends.openBackends({
    options,
    environment: process.env,
    domain,
    native: opening.openDomain(domain),
    createManager: () => createManager(folders.helperPath),
    warn: warnings.warn,
  });
}

/** Of a script of its own (dist/nspawn.cjs), as what is drawn: only machines of systemd-nspawn need what speaks D-Bus. */
function createManager(helperPath: string): Manager {
  const load: LoadNspawn = require('./load-nspawn.cjs');
  return load().createNspawnManager({ environment: process.env, helperPath });
}

/** A script of its own (dist/dashboard.cjs), beside this program, and loaded only here. */
const openDashboard: OpenDashboard = async (machines, choice) => {
  const { dashboardOutside, ownWords } = await import('./terminal/dashboard-outside.ts');
  const load: LoadDashboard = require('./load-dashboard.cjs');
  const { openDashboard: open, openPlain } = load();
  if (choice.plain) {
    const lines = createInterface({ input: process.stdin, terminal: false });
    const print = (line: string): void => processTerminals.write(1, `${line}\n`);
    const request = { machines, lines, print, hostName: shownHost(), readOnly: choice.readOnly };
    return openPlain({ ...request, onWarning: warnings.tellTo, stop: () => lines.close() });
  }
  return open({
    machines,
    ...choice,
    hostName: shownHost(),
    settingsFile: settingsFile('dashboard.json', process.env, homedir()),
    outside: dashboardOutside(ownProgram(ownWords), process.env),
    commands: typedCommands(),
    onWarning: warnings.tellTo,
    loadDrawing,
    stdin: process.stdin,
    stdout: process.stdout,
  });
};

/** What can be typed in the dashboard, the dashboard itself apart. */
const typedCommands = () =>
  catalogue
    .filter(({ name, hidden }) => hidden !== true && name !== 'dashboard')
    .map(({ name, aliases, summary }) => ({ names: [name, ...aliases], summary }));

/** Of what blessed-contrib draws (dist/charts.cjs); beside this program too, and loaded when charts are looked at. */
const loadDrawing = async () => {
  const { drawing }: typeof import('./ui/charts/charts-bundle.ts') = require('./charts.cjs');
  return drawing;
};

function ownProgram(withoutCommand: typeof ownWords): OwnProgram {
  const [file, program = '', ...given] = process.argv;
  return { file: file ?? process.execPath, words: [program, ...withoutCommand(given, optionsWithValue)] };
}

runCommandLine(process.argv.slice(2), {
  version,
  environment: process.env,
  terminals: processTerminals,
  openMachines,
  openDashboard,
  runRemotely: async (request) =>
    (await import('./remote/run-remotely.ts')).runRemotely({ ...request, environment: process.env }),
}).then((exitCode) => process.exit(exitCode));
