import { readdir, stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { ReloadError } from '../error.ts';

/** What a directory is searched for, as kubectl does. */
const EXTENSIONS = ['.json', '.yaml', '.yml'];

/** How files are found. */
interface ListOptions {
  cwd: string;
  /** Look into directories of directories. */
  recursive: boolean;
}

/**
 * The files that a `-f` names: itself, or the manifests in a directory, sorted.
 * @throws ReloadError when it is not there, cannot be read, or is a directory without manifests
 */
export async function listFiles(name: string, { cwd, recursive }: ListOptions): Promise<string[]> {
  try {
    const status = await stat(resolve(cwd, name));
    if (!status.isDirectory()) return [name];
    const files = await listDirectory(name, cwd, recursive);
    if (files.length > 0) return files;
  } catch (error) {
    throw explainFileError(name, error);
  }
  throw new ReloadError(`no manifests in ${name}: recognized file extensions are ${EXTENSIONS.join(', ')}`, {
    hint: recursive ? 'Give the files by name.' : 'Use -R to look into its directories too.',
  });
}

async function listDirectory(name: string, cwd: string, recursive: boolean): Promise<string[]> {
  const entries = await readdir(resolve(cwd, name), { withFileTypes: true });
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(name, entry.name);
    // Links to directories are not followed, so that no circle is walked; links to files are read.
    if (entry.isDirectory()) files.push(...(recursive ? await listDirectory(path, cwd, true) : []));
    else if (EXTENSIONS.includes(extname(entry.name))) files.push(path);
  }
  return files;
}

/** A file system error in the words of kubectl. */
export function explainFileError(name: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new ReloadError(`the path "${name}" does not exist`, { cause: error });
  }
  if (code === 'EACCES' || code === 'EPERM') return new ReloadError(`${name}: permission denied`, { cause: error });
  if (code === 'EISDIR') return new ReloadError(`${name} is a directory`, { cause: error });
  if (code === 'ELOOP') return new ReloadError(`${name} is a link that leads to itself`, { cause: error });
  return error;
}
