import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ZipFile } from 'yazl';
import { packTar } from '../../test/cluster/tar.ts';

/** A file of an archive. */
export interface Packed {
  path: string;
  mode: number;
  content: Buffer;
}

/** Packs files as tar.gz, the same bytes at any time and place. */
export async function packTarGz(files: readonly Packed[]): Promise<Buffer> {
  return promisify(gzip)(packTar(files.map((file) => ({ kind: 'file', ...file }))));
}

/** Packs files as zip, the same bytes at any time and place. */
export async function packZip(files: readonly Packed[]): Promise<Buffer> {
  const zip = new ZipFile();
  // A zip holds local time: the first moment that it can write, in whatever zone this is.
  const mtime = new Date(1980, 0, 1);
  for (const { path, mode, content } of files) {
    zip.addBuffer(content, path, { mtime, mode: 0o100000 | mode, forceDosTimestamp: true });
  }
  zip.end();
  return buffer(zip.outputStream);
}
