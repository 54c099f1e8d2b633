import { readFile } from 'node:fs/promises';
import { ReloadError } from '../error.ts';
import type { ClientCertificate, Source } from './credentials.ts';
import { readableCause } from './file-error.ts';
import type { KubeconfigUser } from './kubeconfig.ts';

/**
 * The client certificate of a user entry; `undefined` when it has none. Files are read again when the server rejects it.
 * @throws ReloadError when a file cannot be read or data is no base64
 */
export async function readClientCertificate(
  user: KubeconfigUser,
): Promise<Source<ClientCertificate | undefined> | undefined> {
  if (!user['client-certificate'] && !user['client-certificate-data']) return undefined;
  const read = async (): Promise<ClientCertificate> => ({
    certificate: await readPem(user['client-certificate-data'], user['client-certificate'], 'client-certificate-data'),
    key: await readPem(user['client-key-data'], user['client-key'], 'client-key-data'),
  });
  let certificate = await read();
  return {
    current: async () => certificate,
    async renew() {
      const found = await read().catch(() => certificate);
      const isNew = found.certificate !== certificate.certificate || found.key !== certificate.key;
      certificate = found;
      return isNew;
    },
  };
}

/**
 * Inline data of a kubeconfig, or else the file.
 * @param field name of the data field, for error messages
 * @returns PEM; '' when there is neither
 * @throws ReloadError when the file cannot be read or the data is no base64
 */
export async function readPem(data: string, file: string, field: string): Promise<string> {
  if (data) return decodeBase64(data, field);
  if (!file) return '';
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ReloadError(`unable to read ${file}: ${readableCause(error)}`, {
      hint: 'check the paths in the kubeconfig, they start from its folder',
      cause: error,
    });
  }
}

function decodeBase64(text: string, field: string): string {
  const compact = text.replace(/[\r\n]/g, '');
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) {
    throw new ReloadError(`${field} in the kubeconfig is not valid base64`, {
      hint: 'it must be the base64 of a PEM file: base64 -w0 FILE',
    });
  }
  return Buffer.from(compact, 'base64').toString('utf8');
}
