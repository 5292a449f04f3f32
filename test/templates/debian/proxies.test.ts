import { describe, expect, it } from 'vitest';
import { proxies } from '../../../src/templates/debian/proxies.ts';
import { fakeCommands } from '../fake-host.ts';

const { signal } = new AbortController();

describe('the proxies of an installation', () => {
  it("are those of the environment, whatever the host's apt has", async () => {
    fakeCommands({ 'apt-config': 'echo http://apt.example:3142' });
    expect(
      await proxies({ HTTP_PROXY: 'http://own.example', https_proxy: '', PATH: '/bin' }, signal),
    ).toEqual({
      http_proxy: 'http://own.example',
      https_proxy: '',
    });
  });

  it("are else those of the host's apt", async () => {
    fakeCommands({
      'apt-config': 'case "$4" in *::http::*) echo http://apt.example:3142;; *) echo DIRECT;; esac',
    });
    expect(await proxies({}, signal)).toEqual({ http_proxy: 'http://apt.example:3142' });
  });

  it('are none where there is no apt', async () => {
    fakeCommands({}, { alone: true });
    expect(await proxies({}, signal)).toEqual({});
  });
});
