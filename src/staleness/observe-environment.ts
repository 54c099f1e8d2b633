import { isIP } from 'node:net';
import type { Fingerprint } from './expected-content.ts';
import { takeFingerprint } from './expected-content.ts';

/** The environment of a container. */
export interface SeenEnvironment {
  variables: ReadonlyMap<string, Fingerprint>;
  /** Variables that Kubernetes or the container runtime sets by itself. */
  given: ReadonlySet<string>;
}

/** Reads an environment as `/proc/PID/environ` has it: `NAME=VALUE`, each with a NUL behind it. */
export function readEnvironment(bytes: Uint8Array): SeenEnvironment {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const variables = new Map<string, Fingerprint>();
  const links = new Map<string, string>();
  for (let at = 0; at < buffer.length; ) {
    const nul = buffer.indexOf(0, at);
    const end = nul === -1 ? buffer.length : nul;
    const equals = buffer.indexOf('=', at);
    if (equals > at && equals < end) {
      const name = buffer.toString('utf8', at, equals);
      // Of a name that is there twice, programs get the first.
      if (!variables.has(name)) variables.set(name, takeFingerprint(buffer.subarray(equals + 1, end)));
      if (LINK.test(name) && end - equals <= LONGEST_LINK) links.set(name, buffer.toString('utf8', equals + 1, end));
    }
    at = end + 1;
  }
  return { variables, given: new Set([...RUNTIME_NAMES, ...findServiceLinks(links)]) };
}

/** What container runtimes set themselves. */
const RUNTIME_NAMES = ['PATH', 'HOME', 'HOSTNAME', 'TERM'];

const LINK = /_(SERVICE_HOST|SERVICE_PORT(_[^=]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;
/** Longer than any address, number or URL of one. */
const LONGEST_LINK = 100;

/**
 * The variables that tell of Services, by their values too, as a key of a config may well be called `DB_PORT`.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
function findServiceLinks(links: ReadonlyMap<string, string>): string[] {
  const hosts = [...links].flatMap(([name, value]) => {
    const service = /^(.+)_SERVICE_HOST$/.exec(name)?.[1];
    return service === undefined || isIP(value) === 0 ? [] : [{ service, address: value }];
  });
  return [...links.keys()].filter((name) =>
    hosts.some(({ service, address }) =>
      isLinkOf(name.slice(service.length), address, links.get(name) ?? '', name.startsWith(`${service}_`)),
    ),
  );
}

function isLinkOf(rest: string, address: string, value: string, isOfService: boolean): boolean {
  if (!isOfService) return false;
  if (rest === '_SERVICE_HOST' || rest.endsWith('_ADDR')) return value === address;
  if (rest.endsWith('_PROTO')) return /^(tcp|udp|sctp)$/.test(value);
  if (/^_SERVICE_PORT(_|$)/.test(rest) || /_[0-9]+_(TCP|UDP|SCTP)_PORT$/.test(rest)) return /^[0-9]+$/.test(value);
  const host = isIP(address) === 6 ? `[${address}]` : address;
  return /^(tcp|udp|sctp):\/\/(.+):[0-9]+$/.exec(value)?.[2] === host;
}
