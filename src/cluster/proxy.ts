import { BlockList, isIP } from 'node:net';

/**
 * The proxy of a kubeconfig's `proxy-url`.
 * @returns `undefined` when it is not an http, https or socks5 URL
 */
export function parseProxy(text: string): URL | undefined {
  const url = URL.parse(text);
  return url && ['http:', 'https:', 'socks5:'].includes(url.protocol) && url.hostname ? url : undefined;
}

/**
 * The proxy that the environment asks for, by the rules of Go's programs, kubectl among them: `HTTPS_PROXY` or
 * `HTTP_PROXY` by the server's scheme (lower case too, upper case wins), never for this machine itself, and not for what
 * `NO_PROXY` lists. https://pkg.go.dev/golang.org/x/net/http/httpproxy
 */
export function findProxy(server: URL, env: Record<string, string | undefined>): URL | undefined {
  const name = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const text = env[name] || env[name.toLowerCase()];
  if (!text || !mayUseProxy(server, env.NO_PROXY || env.no_proxy || '')) return undefined;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? URL.parse(text) : URL.parse(`http://${text}`);
  return url ?? undefined;
}

function mayUseProxy(server: URL, exceptions: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  if (host === 'localhost' || isLoopback(host)) return false;
  return !exceptions.split(',').some((exception) => covers(exception.trim().toLowerCase(), host, port));
}

function isLoopback(host: string): boolean {
  return (isIP(host) === 4 && host.startsWith('127.')) || host === '::1';
}

function covers(exception: string, host: string, port: string): boolean {
  if (!exception) return false;
  if (exception === '*') return true;
  const [network, bits] = splitNetwork(exception);
  if (network) return isIP(host) !== 0 && isInNetwork(host, network, bits);

  const { name, onlyPort } = splitPort(exception);
  if (!name || (onlyPort && onlyPort !== port)) return false;
  if (isIP(name)) return isIP(host) !== 0 && isInNetwork(host, name, isIP(name) === 4 ? 32 : 128);
  if (isIP(host)) return false;
  // `*.example.com` and `.example.com` leave out `example.com` itself.
  const suffix = name.replace(/^\*(?=\.)/, '');
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

function splitNetwork(text: string): [string, number] {
  const [, network = '', bits = ''] = /^([^/]+)\/(\d+)$/.exec(text) ?? [];
  const widest = isIP(network) === 4 ? 32 : 128;
  return isIP(network) && Number(bits) <= widest ? [network, Number(bits)] : ['', 0];
}

function isInNetwork(host: string, network: string, bits: number): boolean {
  if (isIP(host) !== isIP(network)) return false;
  const family = isIP(network) === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, bits, family);
  return list.check(host, family);
}

function splitPort(text: string): { name: string; onlyPort: string } {
  const bracketed = /^\[(.+)\](?::(\d+))?$/.exec(text);
  if (bracketed) return { name: bracketed[1] ?? '', onlyPort: bracketed[2] ?? '' };
  const plain = /^([^:]*):(\d+)$/.exec(text);
  return plain ? { name: plain[1] ?? '', onlyPort: plain[2] ?? '' } : { name: text, onlyPort: '' };
}
