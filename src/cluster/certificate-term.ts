import { X509Certificate } from 'node:crypto';
import { readPem } from './client-certificate.ts';
import type { KubeconfigUser } from './kubeconfig.ts';

/**
 * What is wrong with the term of the client certificate of a user entry: `expired on 2026-11-01T12:00:00Z`; '' when nothing is, and
 * where there is none that can be read.
 * @param now milliseconds since 1970, by the clock of who judges it
 */
export async function explainTerm(user: KubeconfigUser, now: number): Promise<string> {
  try {
    const { validFrom, validTo } = new X509Certificate(
      await readPem(user['client-certificate-data'], user['client-certificate'], 'client-certificate-data'),
    );
    if (now > Date.parse(validTo)) return `expired on ${formatTime(validTo)}`;
    return now < Date.parse(validFrom) ? `is not valid before ${formatTime(validFrom)}` : '';
  } catch {
    return '';
  }
}

function formatTime(text: string): string {
  return new Date(text).toISOString().replace('.000', '');
}
