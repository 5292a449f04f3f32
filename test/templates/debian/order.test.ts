import { describe, expect, it } from 'vitest';
import { debian } from '../../../src/templates/debian/debian.ts';
import { orderOf } from '../../../src/templates/debian/order.ts';

const host = { id: 'debian', release: 'bookworm' };
const defaults = Object.fromEntries(debian.options.map(({ name, default: value }) => [name, value]));

function order(options: Readonly<Record<string, string>> = {}, on: Parameters<typeof orderOf>[1] = host) {
  return orderOf({ ...defaults, ...options }, on);
}

describe('what is ordered of a Debian machine', () => {
  it("is the host's own release where the host is of that distribution", () => {
    expect(order()).toMatchObject({ release: 'bookworm', variant: 'minbase', mirror: undefined });
  });

  it('is the stable release on any other host', () => {
    expect(order({}, { id: 'fedora', release: undefined }).release).toBe('stable');
    expect(order({ distribution: 'ubuntu' }).release).toBe('noble');
  });

  it('has what makes a machine, and the packages that were asked for, each once', () => {
    const { packages } = order({ packages: 'tmux, g++ python3.11  tmux,dbus' });
    expect(packages).toEqual(expect.arrayContaining(['systemd-sysv', 'dbus', 'tmux', 'g++', 'python3.11']));
    expect(packages.filter((name) => name === 'tmux' || name === 'dbus')).toHaveLength(2);
    expect([...packages].sort()).toEqual(packages);
  });

  it('is the same whatever order the packages are named in', () => {
    expect(order({ packages: 'tmux,vim' })).toEqual(order({ packages: 'vim tmux' }));
  });

  it('takes a mirror by http or https, with a port and a path', () => {
    for (const mirror of ['https://mirror.example/debian', 'http://[::1]:3142/debian', 'http://10.0.0.1']) {
      expect(order({ mirror }).mirror).toBe(mirror);
    }
    expect(order({ mirror: 'https://mirror.example/debian/' }).mirror).toBe('https://mirror.example/debian');
  });

  it.each([
    ['release', '--help'],
    ['release', '-'],
    ['release', '../etc'],
    ['release', 'bookworm stable'],
    ['release', 'bookworm\n'],
    ['variant', '--mode=sudo'],
    ['variant', 'custom'],
    ['variant', 'essential'],
    ['distribution', 'arch'],
    ['console-login', 'none'],
    ['packages', '--allow-unauthenticated'],
    ['packages', '-y'],
    ['packages', 'systemd-'],
    ['packages', './evil.deb'],
    ['packages', '/tmp/evil.deb'],
    ['packages', '?true'],
    ['packages', '~i'],
    ['packages', 'tmux=1'],
    ['packages', 'tmux/sid'],
    ['packages', '$(reboot)'],
    ['packages', 'x'],
    ['mirror', '--aptopt=x'],
    ['mirror', '-'],
    ['mirror', 'file:/srv/debian'],
    ['mirror', 'copy:/srv/debian'],
    ['mirror', 'cdrom:x'],
    ['mirror', 'ftp://mirror.example/debian'],
    ['mirror', 'https://me:secret@mirror.example/debian'],
    ['mirror', 'https://mirror.example/debian sid main'],
    ['mirror', 'https://mirror.example/debian\ndeb http://evil.example x main'],
    ['mirror', 'https://mirror.example/?x'],
    ['mirror', 'https://mirror.example/[trusted=yes]'],
  ])('refuses %s=%s before anything is done', (name, value) => {
    expect(() => order({ [name]: value })).toThrow(
      expect.objectContaining({ name: 'TemplateError', usage: true }),
    );
  });

  it('says how a release of Ubuntu is had', () => {
    expect(() => order({ release: 'noble' })).toThrow(
      expect.objectContaining({ hint: 'add distribution=ubuntu' }),
    );
    expect(order({ release: 'jammy', distribution: 'ubuntu' }).release).toBe('jammy');
  });
});
