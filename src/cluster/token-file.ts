import { readFile } from 'node:fs/promises';
import { ReloadError } from '../error.ts';
import type { Source } from './credentials.ts';
import type { Environment } from './environment.ts';
import { readableCause } from './file-error.ts';

/** The kubelet renews projected tokens well before they end; kubectl reads them once in this time. */
const MAXIMUM_AGE = 50_000;

/**
 * The `Authorization` header from a token file, which is read again when it is old or the server rejected it.
 * @param fallback the token to use while the file cannot be read; '' for none
 * @throws ReloadError when there is no fallback and the file cannot be read or is empty
 */
export async function makeFileToken(file: string, fallback: string, environment: Environment): Promise<Source<string>> {
  const now = environment.now ?? Date.now;
  let token = fallback;
  let readAt = Number.NEGATIVE_INFINITY;

  const read = async (): Promise<void> => {
    try {
      const text = (await readFile(file, 'utf8')).trim();
      if (!text) throw new ReloadError(`the token file ${file} is empty`, { hint: 'log in again' });
      token = text;
      readAt = now();
    } catch (error) {
      // A token that worked a moment ago may still do.
      if (token) return;
      if (error instanceof ReloadError) throw error;
      throw new ReloadError(`failed to read token file "${file}": ${readableCause(error)}`, {
        hint: 'check tokenFile in the kubeconfig',
        cause: error,
      });
    }
  };

  await read();
  return {
    async current() {
      if (now() - readAt > MAXIMUM_AGE) await read();
      return `Bearer ${token}`;
    },
    async renew(rejected) {
      await read();
      return `Bearer ${token}` !== rejected;
    },
  };
}
