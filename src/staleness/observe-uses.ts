import type { ConfigRef } from '../types.ts';
import { compareFiles, compareVariables, nothing } from './compare-inside.ts';
import type { KnownContent } from './expected-content.ts';
import type { ExpectedEnvironment } from './expected-environment.ts';
import type { ExpectedMount } from './expected-files.ts';
import type { Seen } from './inside.ts';
import type { ObserveContainer } from './observe.ts';
import type { SeenEnvironment } from './observe-environment.ts';
import { listVariables, readEnvironment } from './observe-environment.ts';
import type { Blind, FoundFile } from './observe-files.ts';
import { findSame, readAll } from './observe-files.ts';
import type { SizedReading } from './observe-readings.ts';
import { isBefore, keyOfReading, linkOf, readNames, START } from './observe-readings.ts';
import type { Reading } from './observe-script.ts';

/** A use and what it should give. */
export interface View {
  use: ConfigRef;
  content: KnownContent;
  /** `null` for variables, and where it cannot be told. */
  mount: ExpectedMount | null;
}

/** Values by key; `null` for a key that is not there. */
export type HeldBytes = ReadonlyMap<string, Uint8Array | null>;

/** What was seen of one use. */
export interface SeenUse {
  use: ConfigRef;
  seen: Seen;
  /** Of the keys that differ, where they were asked for and could be read. */
  values: HeldBytes;
}

/** A use of which nothing was seen. */
export function unseen(use: ConfigRef, seen: Seen): SeenUse {
  return { use, seen, values: new Map() };
}

/** True where a use sets variables, and mounts no files. */
export function isVariable({ via }: ConfigRef): boolean {
  return via === 'env' || via === 'envFrom';
}

/** What was seen from the views on one container. */
interface Looked {
  uses: SeenUse[];
  refusal: string | null;
  /** `null` where it was not read. */
  block: SeenEnvironment | null;
}

/** Reads in one container all that the views on it need, and compares. */
export async function lookAt(
  views: readonly View[],
  expected: ExpectedEnvironment,
  observe: ObserveContainer,
  keepsValues: boolean,
): Promise<Looked> {
  const fail = ({ why, isOfImage, isRefused }: Blind): Looked => {
    const uses = views.map(({ use }) => unseen(use, nothing(why, isOfImage)));
    return { uses, refusal: isRefused ? why : null, block: null };
  };
  const same = await findSame(
    views.flatMap(({ mount }) => mount ?? []),
    observe,
  );
  if ('seen' in same) return fail(same);
  const readings = listReadings(views).filter(({ reading }) => reading.read !== 'file' || !same.has(reading.path));
  const found = await readAll(readings, observe, keepsValues ? listHashes(views) : null);
  if ('seen' in found) return fail(found);
  for (const [path, hash] of same) found.files.set(path, { found: 'file', hash });
  const { others, files } = found;
  const findFile = (path: string) => files.get(path);
  const bytesOf = (reading: Reading): Uint8Array | null => {
    const finding = others.get(keyOfReading(reading));
    return finding?.found === 'bytes' ? finding.bytes : null;
  };
  const bytes = bytesOf({ read: 'environment' });
  const block = bytes === null ? null : readEnvironment(bytes);
  const startedAt = bytesOf(START);
  const uses = views.map(({ use, content, mount }): SeenUse => {
    if (isVariable(use)) {
      const seen = compareVariables(use, content, expected, block);
      const keys = keepsValues && seen.seen === 'different' ? seen.keys : [];
      return { use, seen, values: keys.length === 0 || bytes === null ? new Map() : readVariables(use, keys, bytes) };
    }
    const names = mount?.folder == null ? null : bytesOf({ read: 'names', path: mount.folder });
    const writtenAt = mount?.folder == null ? null : bytesOf(linkOf(mount.folder));
    const seen = compareFiles(use, content, mount, {
      find: findFile,
      names: names === null ? null : readNames(names),
      isRewritten: writtenAt === null || startedAt === null ? null : !isBefore(writtenAt, startedAt),
    });
    const keys = keepsValues && seen.seen === 'different' ? seen.keys : [];
    return { use, seen, values: mount === null ? new Map() : readFiles(keys, mount, findFile) };
  });
  return { uses, refusal: null, block };
}

function listHashes(views: readonly View[]): Set<string> {
  return new Set(views.flatMap(({ mount }) => mount?.files.flatMap(({ value }) => value?.hash ?? []) ?? []));
}

/** The values of the variables that a use sets, out of an environment as `/proc/PID/environ` has it. */
function readVariables(use: ConfigRef, keys: readonly string[], bytes: Uint8Array): HeldBytes {
  const names = new Map(keys.map((key) => [use.via === 'env' ? use.at : `${use.at.slice(0, -1)}${key}`, key]));
  const values = new Map<string, Uint8Array | null>(keys.map((key) => [key, null]));
  for (const { name, value } of listVariables(bytes)) {
    const key = names.get(name);
    // Of a name that is there twice, programs get the first.
    if (key !== undefined && values.get(key) === null) values.set(key, Uint8Array.from(value));
  }
  return values;
}

function readFiles(
  keys: readonly string[],
  mount: ExpectedMount,
  findFile: (path: string) => FoundFile | undefined,
): HeldBytes {
  const paths = new Map([...mount.files, ...mount.gone].map(({ key, path }) => [key, path]));
  const values = new Map<string, Uint8Array | null>();
  for (const key of keys) {
    const path = paths.get(key);
    const file = path === undefined ? undefined : findFile(path);
    if (file?.bytes !== undefined) values.set(key, file.bytes);
    else if (file?.found === 'nothing') values.set(key, null);
  }
  return values;
}

function listReadings(views: readonly View[]): SizedReading[] {
  const readings = new Map<string, SizedReading>();
  const add = (reading: Reading, size = 0) => readings.set(keyOfReading(reading), { reading, size });
  const rewritten = new Set<string>();
  for (const { use, mount } of views) {
    if (isVariable(use)) add({ read: 'environment' });
    if (mount === null) continue;
    for (const { path, value } of mount.files) add({ read: 'file', path }, value?.size ?? 0);
    for (const { path } of mount.gone) add({ read: 'file', path });
    if (mount.folder !== null && mount.names !== null) add({ read: 'names', path: mount.folder });
    if (mount.folder !== null && mount.isRewritten) rewritten.add(mount.folder);
  }
  // Times come last: files that are written while we look must not have an older time than what was read of them.
  if (rewritten.size > 0) add(START);
  for (const folder of rewritten) add(linkOf(folder));
  return [...readings.values()];
}
