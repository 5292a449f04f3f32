/** What fails on the bus, in a person's words. Error names are those of the D-Bus Specification, systemd's bus-common-errors and polkit. */
import { BackendError, type BackendErrorCode } from '../../backend.ts';
import type { MethodCall } from './calls.ts';
import { LinkLost, NoAnswer, Refusal } from './failures.ts';

const DBUS = 'org.freedesktop.DBus.Error.';

/** Refusals that are told apart; each other one is 'failed'. */
const codes: Readonly<Record<string, BackendErrorCode>> = {
  [`${DBUS}AccessDenied`]: 'permission',
  [`${DBUS}AuthFailed`]: 'permission',
  [`${DBUS}InteractiveAuthorizationRequired`]: 'permission',
  'org.freedesktop.PolicyKit1.Error.NotAuthorized': 'permission',
  'System.Error.EACCES': 'permission',
  'System.Error.EPERM': 'permission',
  'org.freedesktop.machine1.NoSuchMachine': 'not-running',
  'org.freedesktop.machine1.NoMachineForPID': 'not-running',
  'org.freedesktop.systemd1.NoSuchUnit': 'not-running',
  'org.freedesktop.machine1.NoSuchImage': 'no-such-machine',
  [`${DBUS}NotSupported`]: 'unsupported',
  [`${DBUS}UnknownMethod`]: 'unsupported',
  [`${DBUS}UnknownProperty`]: 'unsupported',
  'System.Error.EOPNOTSUPP': 'unsupported',
  'System.Error.ENOSYS': 'unsupported',
  [`${DBUS}FileExists`]: 'busy',
  'System.Error.EEXIST': 'busy',
  'System.Error.EBUSY': 'busy',
};

/** Nobody has the name, and nobody can be started who would. */
const nobody: ReadonlySet<string> = new Set([
  `${DBUS}ServiceUnknown`,
  `${DBUS}NameHasNoOwner`,
  `${DBUS}Spawn.ServiceNotFound`,
  `${DBUS}Spawn.ExecFailed`,
  `${DBUS}Spawn.FileInvalid`,
]);

const died: ReadonlySet<string> = new Set([`${DBUS}NoReply`, `${DBUS}Disconnected`]);

interface Service {
  readonly name: string;
  readonly unit: string;
  readonly missing: string;
}

const services: Readonly<Record<string, Service>> = {
  'org.freedesktop.machine1': {
    name: 'systemd-machined',
    unit: 'systemd-machined.service',
    missing:
      'install the package systemd-container: `apt install systemd-container` (Debian, Ubuntu), `dnf install systemd-container` ' +
      '(Fedora); on Arch it is part of systemd. Is it there, see `systemctl status systemd-machined`',
  },
  'org.freedesktop.systemd1': {
    name: 'systemd',
    unit: 'init.scope',
    missing: "systemd must be this host's init for machines of systemd-nspawn: use the native backend here",
  },
  'org.freedesktop.DBus': { name: 'the bus', unit: 'dbus.service', missing: '' },
};

/** The name of the D-Bus error behind what `Bus.call` threw; undefined if there was none. */
export function dbusErrorName(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Refusal ? cause.errorName : undefined;
}

/** What `call` failed of, as it is thrown from here; an abort as it is. */
export function busFailure(error: unknown, call: MethodCall): unknown {
  const service = services[call.destination] ?? { name: call.destination, unit: 'dbus.service', missing: '' };
  const what = `${call.member} of ${service.name}`;
  if (error instanceof Refusal) return refused(error, service, what, call);
  if (error instanceof LinkLost) return lost(error, service, what, call);
  if (error instanceof NoAnswer) {
    return new BackendError(
      'timeout',
      `${service.name} has not answered ${call.member} for ${error.milliseconds / 1000} s`,
      {
        hint: `see what it is about with \`systemctl status ${service.unit}\`; whether it has been done, or will be, is not known`,
        cause: error,
      },
    );
  }
  if (error instanceof BackendError || call.abort?.aborted === true) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new BackendError('failed', `${what} cannot be called so: ${text}`, { cause: error });
}

function refused(error: Refusal, service: Service, what: string, call: MethodCall): BackendError {
  if (nobody.has(error.errorName) || isMissingUnit(error)) {
    return new BackendError('unsupported', `nobody answers for ${service.name} on the system bus`, {
      hint: service.missing || 'see `busctl list` for who is there',
      cause: error,
    });
  }
  if (died.has(error.errorName)) return diedAt(error, service, call);
  const code = codes[error.errorName] ?? 'failed';
  const [, errno] = /^System\.Error\.(E[A-Z0-9]+)$/.exec(error.errorName) ?? [];
  return new BackendError(code, `${what}: ${error.message || error.errorName}`, {
    ...(errno === undefined ? {} : { errno }),
    ...hintOf(error, code, service, call),
    cause: error,
  });
}

/** A service that the bus would start by a unit that is not installed: the text is all that tells this from a unit that was asked for. */
function isMissingUnit({ errorName, message }: Refusal): boolean {
  return (
    errorName === 'org.freedesktop.systemd1.NoSuchUnit' &&
    /^Unit dbus-org\.freedesktop\.\S+\.service not found/.test(message)
  );
}

function hintOf(
  { errorName }: Refusal,
  code: BackendErrorCode,
  { unit }: Service,
  { destination }: MethodCall,
): { readonly hint?: string } {
  if (code === 'permission') return { hint: permissionHint(destination) };
  if (errorName !== 'org.freedesktop.systemd1.UnitMasked') return {};
  // systemd is asked for units of all kinds; of any other service it is its own that the bus could not start.
  const masked = destination === 'org.freedesktop.systemd1' ? 'UNIT' : unit;
  return { hint: `somebody has switched it off; to allow it again: systemctl unmask ${masked}` };
}

function permissionHint(destination: string): string {
  const actions =
    destination === 'org.freedesktop.systemd1' ? 'org.freedesktop.systemd1.*' : `${destination}.*`;
  return `run it as root, for example with sudo, or allow the actions ${actions} to your user by a rule of polkit(8)`;
}

function lost(error: LinkLost, service: Service, what: string, call: MethodCall): BackendError {
  if (error.errno === 'EACCES' || error.errno === 'EPERM') {
    return new BackendError('permission', `the system bus cannot be reached: ${error.message}`, {
      errno: error.errno,
      hint: 'run it as root, for example with sudo',
      cause: error,
    });
  }
  if (error.errno === 'ENOENT' || error.errno === 'ECONNREFUSED') {
    return new BackendError('unsupported', `there is no system bus: ${error.message}`, {
      errno: error.errno,
      hint: 'machines of systemd-nspawn need a host with systemd: `systemctl start dbus.socket` there, else use the native backend',
      cause: error,
    });
  }
  return call.reads === true
    ? new BackendError('failed', `the system bus was lost (${error.message}) in ${what}`, {
        hint: 'try again',
        cause: error,
      })
    : diedAt(error, { ...service, name: 'the system bus', unit: 'dbus.service' }, call);
}

function diedAt(error: Error, service: Service, call: MethodCall): BackendError {
  const doubt = call.reads === true ? '' : ': whether it was done is not known';
  return new BackendError('failed', `${service.name} ended in the middle of ${call.member}${doubt}`, {
    hint: `look (\`tsmachine list\`), then try again; why it ended, \`journalctl -u ${service.unit}\` says`,
    cause: error,
  });
}
