import { ReloadError } from '../error.ts';
import type { Credential } from './credentials.ts';
import { readFields } from './fields.ts';
import type { KubeconfigExec } from './kubeconfig.ts';

/**
 * Reads what an exec plugin printed, an `ExecCredential`.
 * @returns `expiresAt` in milliseconds since 1970, `Infinity` when the plugin gave no end
 * @throws ReloadError naming the plugin, never quoting its output
 */
export function readExecCredential(
  output: string,
  exec: KubeconfigExec,
): { credential: Credential; expiresAt: number } {
  const wrong = (why: string) =>
    new ReloadError(`getting credentials: exec plugin ${exec.command}: ${why}`, {
      hint: 'run the plugin by hand and look at what it prints',
    });
  let parsed: unknown;
  try {
    parsed = JSON.parse(output);
  } catch {
    throw wrong('what it printed is not JSON');
  }
  try {
    const fields = readFields(parsed, 'its output');
    const kind = fields.text('kind');
    if (kind !== 'ExecCredential') throw wrong(`it printed the kind "${kind}", not ExecCredential`);
    const apiVersion = fields.text('apiVersion');
    if (apiVersion !== exec.apiVersion) {
      throw wrong(`is configured to use API version ${exec.apiVersion}, plugin returned version ${apiVersion}`);
    }
    const status = fields.fields('status');
    if (!status) throw wrong("didn't return a status field");

    const token = status.text('token');
    const certificate = status.text('clientCertificateData');
    const key = status.text('clientKeyData');
    if (!token && !certificate && !key) throw wrong("didn't return a token or cert/key pair");
    if (!certificate !== !key) throw wrong('returned only certificate or key, not both');
    const expiry = status.text('expirationTimestamp');
    const expiresAt = expiry ? Date.parse(expiry) : Number.POSITIVE_INFINITY;
    if (Number.isNaN(expiresAt)) throw wrong('expirationTimestamp is not a time');
    return {
      credential: {
        authorization: token && `Bearer ${token}`,
        certificate: certificate ? { certificate, key } : undefined,
      },
      expiresAt,
    };
  } catch (error) {
    if (error instanceof ReloadError && !error.hint) throw wrong(error.message);
    throw error;
  }
}
