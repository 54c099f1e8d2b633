import { randomBytes } from 'node:crypto';
import { chmod, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { Environment } from './environment.ts';
import { errorCode, readableCause } from './file-error.ts';
import { pause } from './retry.ts';

const TRIES = 20;

/**
 * Writes the tokens of a refreshed login into the user's entry of the kubeconfig file that holds it; the rest of the file
 * stays as it is, comments included, and so do its mode and a link that leads to it. What goes wrong is only said: the login works without it, this time.
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
      if (updated !== undefined) await replaceFile(file, updated);
    });
  } catch (error) {
    const why = `could not save the new login in ${file}: ${readableCause(error)}`;
    environment.stderr.write(`warning: ${why}\n`);
  }
}

async function replaceTokens(text: string, user: string, login: Record<string, string>): Promise<string | undefined> {
  const { isMap, isSeq, parseDocument } = await import('yaml');
  const document = parseDocument(text, { uniqueKeys: false, merge: true, logLevel: 'error' });
  const users = document.get('users');
  const index = isSeq(users) ? users.items.findIndex((entry) => isMap(entry) && entry.get('name') === user) : -1;
  if (index < 0) return undefined;
  for (const field of ['id-token', 'refresh-token']) {
    document.setIn(['users', index, 'user', 'auth-provider', 'config', field], login[field]);
  }
  return document.toString({ lineWidth: 0 });
}

/**
 * At once, so that nobody reads half a file and a full disk loses nothing; where the folder cannot be written, or the file is a mount of
 * its own, into the file as it is: many providers accept the old token only once.
 */
async function replaceFile(link: string, text: string): Promise<void> {
  const file = await realpath(link);
  const { mode } = await stat(file);
  const beside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(beside, text, { flag: 'wx', mode: 0o600 });
    await chmod(beside, mode & 0o777);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    if (errorCode(error) === 'ENOSPC') throw error;
    await writeFile(file, text);
  }
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
