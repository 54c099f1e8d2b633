import {
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Path below the volume -> content. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/**
 * A ConfigMap, Secret or projected volume as the kubelet's AtomicWriter keeps it: the files stand in a folder that is
 * named after the time, `..data` points to it, each top-level name is a link through `..data`; a change makes a new
 * folder and renames a new link over `..data`.
 */
export class AtomicVolume {
  readonly folder: string;
  #version = 0;

  constructor(folder: string, files: Files) {
    this.folder = folder;
    mkdirSync(folder);
    this.write(files);
  }

  /** Makes a new version with just these files. */
  write(files: Files): void {
    const before = this.#target();
    this.#version += 1;
    const next = `..2026_01_01_00_00_00.${String(this.#version).padStart(9, '0')}`;
    mkdirSync(join(this.folder, next));
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, next, path)), { recursive: true });
      writeFileSync(join(this.folder, next, path), content);
    }
    symlinkSync(next, join(this.folder, '..data_tmp'));
    renameSync(join(this.folder, '..data_tmp'), join(this.folder, '..data'));
    const names = new Set(Object.keys(files).map((path) => path.split('/')[0] ?? path));
    for (const name of readdirSync(this.folder)) {
      if (!name.startsWith('..') && !names.has(name)) rmSync(join(this.folder, name));
    }
    for (const name of names) {
      const link = join(this.folder, name);
      if (lstatSync(link, { throwIfNoEntry: false }) === undefined) symlinkSync(`..data/${name}`, link);
    }
    if (before !== undefined) rmSync(join(this.folder, before), { recursive: true });
  }

  /** Dates the last swap: for clocks that were set. */
  dateSwap(time: Date): void {
    lutimesSync(join(this.folder, '..data'), time, time);
  }

  /** Nanoseconds since 1970 of the last swap. */
  get swapped(): bigint {
    return lstatSync(join(this.folder, '..data'), { bigint: true }).mtimeNs;
  }

  /** The folder that `..data` points to. */
  get current(): string {
    return join(this.folder, this.#target() ?? '');
  }

  /** Takes `..data` away: what is left is no mounted volume. */
  vanish(): void {
    rmSync(join(this.folder, '..data'));
  }

  #target(): string | undefined {
    return readdirSync(this.folder).find((name) => /^\.\.\d/.test(name));
  }
}
