import { open, readFile, rm, writeFile } from 'node:fs/promises';
import type { Environment } from './environment.ts';
import { readableCause } from './file-error.ts';
import { pause } from './retry.ts';

const TRIES = 20;

/**
 * Writes the tokens of a refreshed login into the user's entry of the kubeconfig file that holds it; the rest of the file
 * stays as it is, comments included. What goes wrong is only said: the login works without it, this time.
 * @param file '' when no file holds the entry
 */
export async function saveLogin(
  file: string,
  user: string,
  login: Record<string, string>,
  environment: Environment,
): Promise<void> {
  if (!file) return;
  try {
    await withLock(`${file}.lock`, async () => {
      const updated = await replaceTokens(await readFile(file, 'utf8'), user, login);
      if (updated !== undefined) await writeFile(file, updated);
    });
  } catch (error) {
    const why = `could not save the new login in ${file}: ${readableCause(error)}`;
    environment.stderr.write(`warning: ${why}\n`);
  }
}

async function replaceTokens(text: string, user: string, login: Record<string, string>): Promise<string | undefined> {
  const { isMap, isSeq, parseDocument } = await import('yaml');
  const document = parseDocument(text, { uniqueKeys: false, merge: true });
  const users = document.get('users');
  const index = isSeq(users) ? users.items.findIndex((entry) => isMap(entry) && entry.get('name') === user) : -1;
  if (index < 0) return undefined;
  for (const field of ['id-token', 'refresh-token']) {
    document.setIn(['users', index, 'user', 'auth-provider', 'config', field], login[field]);
  }
  return document.toString({ lineWidth: 0 });
}

/** The lock file of kubectl's own writes. */
async function withLock(lock: string, write: () => Promise<void>): Promise<void> {
  for (let tried = 1; ; tried++) {
    try {
      await (await open(lock, 'wx')).close();
      break;
    } catch (error) {
      if (tried === TRIES) throw error;
      await pause(50);
    }
  }
  try {
    await write();
  } finally {
    await rm(lock, { force: true });
  }
}
