import type { OutgoingHttpHeaders } from 'node:http';
import type { KubeconfigUser } from './kubeconfig.ts';

/**
 * The headers that ask the server to act as somebody else; none when the user entry says nothing of it.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
 */
export function impersonationHeaders(user: KubeconfigUser): OutgoingHttpHeaders {
  if (!user.as) return {};
  const headers: OutgoingHttpHeaders = { 'Impersonate-User': toBytes(user.as) };
  if (user['as-uid']) headers['Impersonate-Uid'] = toBytes(user['as-uid']);
  if (user['as-groups'].length > 0) headers['Impersonate-Group'] = user['as-groups'].map(toBytes);
  for (const [key, values] of Object.entries(user['as-user-extra'])) {
    if (values.length > 0) headers[`Impersonate-Extra-${escapeKey(key)}`] = values.map(toBytes);
  }
  return headers;
}

/** A header name may hold few characters: the others, and `%`, are percent-encoded byte by byte. */
function escapeKey(key: string): string {
  return [...Buffer.from(key)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9!#$&'*+.^_`|~-]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

/** Node writes a header one byte a character: its bytes must be those of UTF-8. */
function toBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}
