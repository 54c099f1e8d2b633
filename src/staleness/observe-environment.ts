import { isIP } from 'node:net';
import type { Fingerprint } from './expected-content.ts';
import { takeFingerprint } from './expected-content.ts';

/** The environment of a container. */
export interface SeenEnvironment {
  variables: ReadonlyMap<string, Fingerprint>;
  /** Variables that Kubernetes or the container runtime sets by itself. */
  given: ReadonlySet<string>;
}

/** The variables of an environment as `/proc/PID/environ` has it: `NAME=VALUE`, each with a NUL behind it. */
export function* listVariables(bytes: Uint8Array): Generator<{ name: string; value: Uint8Array }> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < buffer.length; ) {
    const nul = buffer.indexOf(0, at);
    const end = nul === -1 ? buffer.length : nul;
    const equals = buffer.subarray(at, end).indexOf('=');
    if (equals > 0)
      yield { name: buffer.toString('utf8', at, at + equals), value: buffer.subarray(at + equals + 1, end) };
    at = end + 1;
  }
}

/** Reads an environment as `/proc/PID/environ` has it. */
export function readEnvironment(bytes: Uint8Array): SeenEnvironment {
  const variables = new Map<string, Fingerprint>();
  const links = new Map<string, string>();
  for (const { name, value } of listVariables(bytes)) {
    // Of a name that is there twice, programs get the first.
    if (variables.has(name)) continue;
    variables.set(name, takeFingerprint(value));
    if (name.length <= LONGEST_NAME && value.length <= LONGEST_LINK && LINK.test(name))
      links.set(name, Buffer.from(value).toString('utf8'));
  }
  return { variables, given: new Set([...RUNTIME_NAMES, ...findServiceLinks(links)]) };
}

/** What container runtimes set themselves. */
const RUNTIME_NAMES = ['PATH', 'HOME', 'HOSTNAME', 'TERM'];

const LINK = /_(SERVICE_HOST|SERVICE_PORT(_[^=]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;
/** As long as the name of a Service can be, and more than what stands behind it. */
const LONGEST_NAME = 253;
/** Longer than any address, number or URL of one. */
const LONGEST_LINK = 100;

/**
 * The variables that tell of Services, by their values too, as a key of a config may well be called `DB_PORT`.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
function findServiceLinks(links: ReadonlyMap<string, string>): string[] {
  const hosts = new Map<string, string>();
  for (const [name, value] of links) {
    const service = /^(.+)_SERVICE_HOST$/.exec(name)?.[1];
    if (service !== undefined && isIP(value) !== 0) hosts.set(service, value);
  }
  return [...links].flatMap(([name, value]) => {
    // The name of a Service may itself look like the end of a link.
    for (let at = name.indexOf('_'); at !== -1; at = name.indexOf('_', at + 1)) {
      const address = hosts.get(name.slice(0, at));
      if (address !== undefined && isLinkOf(name.slice(at), address, value)) return [name];
    }
    return [];
  });
}

function isLinkOf(rest: string, address: string, value: string): boolean {
  if (rest === '_SERVICE_HOST' || rest.endsWith('_ADDR')) return value === address;
  if (rest.endsWith('_PROTO')) return /^(tcp|udp|sctp)$/.test(value);
  if (/^_SERVICE_PORT(_|$)/.test(rest) || /_[0-9]+_(TCP|UDP|SCTP)_PORT$/.test(rest)) return /^[0-9]+$/.test(value);
  const host = isIP(address) === 6 ? `[${address}]` : address;
  return /^(tcp|udp|sctp):\/\/(.+):[0-9]+$/.exec(value)?.[2] === host;
}
