import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { ReloadError } from '../error.ts';
import { buildKustomization } from './build-kustomization.ts';
import { explainFileError, listFiles } from './list-files.ts';
import type { ManifestObject, ManifestText } from './manifest.ts';
import { readStream } from './read-stream.ts';

/** Where manifests are. */
export interface ManifestPlaces {
  /** Values of `-f`: files, directories, `-` for stdin. */
  files: readonly string[];
  /** Value of `-k`: a directory with a kustomization. */
  kustomize?: string | undefined;
  /** `-R`: look into directories of directories. */
  recursive: boolean;
}

/** What reading needs of its surroundings. */
export interface ManifestReaders {
  cwd: string;
  env: Record<string, string | undefined>;
  stdin: AsyncIterable<Uint8Array | string>;
  /** Ends the reading of a kustomization. */
  interrupted?: AbortSignal;
}

/**
 * Reads manifests into raw objects, each with the place it came from.
 * @throws ReloadError for what cannot be read or parsed, and when there is no object at all
 */
export async function readManifests(places: ManifestPlaces, readers: ManifestReaders): Promise<ManifestObject[]> {
  const { files, kustomize } = places;
  const { parseManifests } = await import('./parse-manifests.ts');
  const objects: ManifestObject[] = [];
  for await (const { file, text } of readManifestTexts(places, readers))
    for (const object of parseManifests(text, file)) objects.push(object);
  if (objects.length > 0) return objects;
  throw new ReloadError(`no objects in ${kustomize ?? files.join(', ')}`, {
    hint: 'A manifest holds objects with apiVersion, kind and metadata, in YAML or JSON.',
  });
}

/**
 * Reads manifests as they are written.
 * @throws ReloadError for what cannot be read
 */
export async function* readManifestTexts(
  places: ManifestPlaces,
  readers: ManifestReaders,
): AsyncGenerator<ManifestText> {
  const { files, kustomize } = places;
  if (kustomize !== undefined && files.length > 0) {
    throw new ReloadError('-f and -k cannot be used together', { hint: 'Give the manifests one way.' });
  }
  if (kustomize === undefined) yield* readFiles(places, readers);
  else {
    const { env, cwd, interrupted: signal } = readers;
    yield await buildKustomization(kustomize, { env, cwd, signal });
  }
}

async function* readFiles(
  { files, recursive }: ManifestPlaces,
  { cwd, stdin }: ManifestReaders,
): AsyncGenerator<ManifestText> {
  if (files.filter((file) => file === '-').length > 1) throw new ReloadError('stdin (-f -) can be read only once');
  for (const name of files) {
    if (name === '-') {
      yield { file: 'stdin', text: await readStream(stdin, 'stdin') };
      continue;
    }
    refuseUrl(name);
    for (const file of await listFiles(name, { cwd, recursive })) {
      try {
        yield { file, text: await readStream(createReadStream(resolve(cwd, file)), file) };
      } catch (error) {
        throw explainFileError(file, error);
      }
    }
  }
}

function refuseUrl(name: string): void {
  if (!/^https?:\/\//i.test(name)) return;
  throw new ReloadError(`${name} is a URL, and nothing is fetched from the network`, {
    hint: `Download it first: curl -fsSL ${name} | kubectl reload deps -f -`,
  });
}
