import type { KeyObject } from 'node:crypto';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A certificate and its private key, both PEM. */
export interface CertificatePair {
  cert: string;
  key: string;
}

/** When a certificate is valid. */
export interface Term {
  from: Date;
  to: Date;
}

/** A certificate authority of one test cluster. */
export interface Authority {
  cert: string;
  /** A certificate for an API client: `name` is the user, `groups` are its groups; for many years, unless it is said for how long. */
  issueClient(name: string, groups?: readonly string[], term?: Term): CertificatePair;
  /** A certificate for a server on 127.0.0.1 and localhost. */
  issueServer(name: string): CertificatePair;
}

/**
 * Makes a certificate authority. Written by hand (X.509 is a dozen nested DER values) because node:crypto reads
 * certificates but makes none, and the openssl program is not everywhere.
 */
export function createAuthority(name: string): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = distinguishedName(name, []);
  const issue = (subject: Buffer, key: KeyObject, extensions: Buffer[], term = LONG_TERM) => {
    const body = sequence(
      explicit(0, integer(Buffer.from([2]))),
      integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
      ecdsaWithSha256,
      issuer,
      sequence(time(term.from), time(term.to)),
      subject,
      key.export({ type: 'spki', format: 'der' }),
      explicit(3, sequence(...extensions)),
    );
    return pem(sequence(body, ecdsaWithSha256, bits(sign('sha256', body, privateKey))));
  };
  const authorityKey = createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
  const issuedBy = extension(oid.authorityKeyIdentifier, sequence(der(0x80, authorityKey)));
  const pair = (subject: Buffer, extensions: Buffer[], term?: Term): CertificatePair => {
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return {
      cert: issue(subject, keys.publicKey, [issuedBy, ...extensions], term),
      key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  };
  return {
    cert: issue(issuer, publicKey, [
      extension(oid.basicConstraints, sequence(der(0x01, Buffer.from([0xff]))), true),
      extension(oid.subjectKeyIdentifier, der(0x04, authorityKey)),
    ]),
    issueClient: (user, groups = [], term) =>
      pair(distinguishedName(user, groups), [extension(oid.extendedKeyUsage, sequence(oid.clientAuth))], term),
    issueServer: (server) =>
      pair(distinguishedName(server, []), [
        extension(oid.extendedKeyUsage, sequence(oid.serverAuth)),
        extension(
          oid.subjectAltName,
          sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1]))),
        ),
      ]),
  };
}

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const size = content.length;
  if (size < 0x80) return Buffer.concat([Buffer.from([tag, size]), content]);
  const length = size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...contents: Buffer[]) => der(0x30, ...contents);
const explicit = (tag: number, content: Buffer) => der(0xa0 | tag, content);
const integer = (bytes: Buffer) => der(0x02, bytes);
const bits = (bytes: Buffer) => der(0x03, Buffer.from([0]), bytes);
/** X.509 wants the short form of a time before 2050 and the long one after. */
function time(date: Date): Buffer {
  const digits = `${date.toISOString().slice(0, 19).replace(/\D/g, '')}Z`;
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
}

const LONG_TERM: Term = { from: new Date('2020-01-01T00:00:00Z'), to: new Date('2099-12-31T23:59:59Z') };
const objectId = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));

const oid = {
  commonName: objectId('550403'),
  organization: objectId('55040a'),
  subjectKeyIdentifier: objectId('551d0e'),
  subjectAltName: objectId('551d11'),
  basicConstraints: objectId('551d13'),
  authorityKeyIdentifier: objectId('551d23'),
  extendedKeyUsage: objectId('551d25'),
  serverAuth: objectId('2b06010505070301'),
  clientAuth: objectId('2b06010505070302'),
};

const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'));

function distinguishedName(commonName: string, organizations: readonly string[]): Buffer {
  const part = (type: Buffer, value: string) => der(0x31, sequence(type, der(0x0c, Buffer.from(value))));
  return sequence(
    ...organizations.map((organization) => part(oid.organization, organization)),
    part(oid.commonName, commonName),
  );
}

function extension(type: Buffer, value: Buffer, critical = false): Buffer {
  return sequence(type, ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
