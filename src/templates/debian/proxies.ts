/** The way to the network: what the environment says, else what the host's apt is configured with, which an installation does not read. */
import { run } from '../run.ts';

const schemes = ['http', 'https'] as const;

/** Variables for who fetches packages. */
export async function proxies(
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy']) {
    const value = environment[name] ?? environment[name.toUpperCase()];
    if (value !== undefined) found[name] = value;
  }
  for (const scheme of schemes) {
    const value = found[`${scheme}_proxy`] ?? (await proxyOfApt(scheme, signal));
    if (value !== '') found[`${scheme}_proxy`] = value;
  }
  return found;
}

/** Empty: none. apt-config(8); DIRECT is apt's word for none. */
async function proxyOfApt(scheme: (typeof schemes)[number], signal: AbortSignal): Promise<string> {
  const words = ['--format', '%v%n', 'dump', `Acquire::${scheme}::Proxy`];
  const { stdout } = await run('apt-config', words, { signal }).catch(() => ({ stdout: '' }));
  const value = stdout.trim();
  return /^https?:\/\/\S+$/.test(value) ? value : '';
}
