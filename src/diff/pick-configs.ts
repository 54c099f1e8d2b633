import { ReloadError } from '../error.ts';
import { locateField } from '../manifests/locate-field.ts';
import type { ManifestObject } from '../manifests/manifest.ts';
import { manifestError } from '../manifests/manifest.ts';
import type { JsonObject } from '../objects/json.ts';
import { readObject, readText } from '../objects/json.ts';
import { findKindOf, isConfigKind } from '../objects/kinds.ts';
import { readKind, readTexts } from '../objects/metadata.ts';
import { objectKey } from '../objects/object-key.ts';
import type { ConfigKind, ObjectReference } from '../types.ts';

/** A ConfigMap or Secret of a manifest. */
export interface ManifestConfig {
  kind: ConfigKind;
  ref: ObjectReference;
  /** Names its namespace. */
  raw: JsonObject;
  labels: Record<string, string>;
  /** Where it stands. */
  file: string;
}

/** The configs of manifests, and what is there beside them. */
export interface PickedConfigs {
  configs: ManifestConfig[];
  /** How many objects of each other kind there are. */
  others: Map<string, number>;
  /** Namespaces that the manifests create. */
  namespaces: Set<string>;
}

/**
 * Finds the ConfigMaps and Secrets in manifests; of several of one name the last one counts, as it would when applied.
 * @param namespace of objects that name none
 * @param isEnforced no object may name another namespace, as kubectl has it for `-n`
 * @throws ReloadError for an object in another namespace, without a name, or with a value that is no text
 */
export function pickConfigs(
  manifests: readonly ManifestObject[],
  { namespace, isEnforced }: { namespace: string; isEnforced: boolean },
): PickedConfigs {
  const configs = new Map<string, ManifestConfig>();
  const others = new Map<string, number>();
  const namespaces = new Set<string>();
  for (const manifest of manifests) {
    const { apiVersion, kind: word } = readKind(manifest.raw);
    const kind = findKindOf(apiVersion, word)?.kind;
    const metadata = readObject(manifest.raw, 'metadata');
    if (kind === undefined || !isConfigKind(kind)) {
      if (word === 'Namespace') namespaces.add(readText(metadata, 'name'));
      others.set(word, (others.get(word) ?? 0) + 1);
      continue;
    }
    const own = readText(metadata, 'namespace');
    if (isEnforced && own !== '' && own !== namespace) throw foreignNamespace(own, namespace);
    checkValues(manifest, kind);
    const ref = { apiVersion: 'v1', kind, namespace: own || namespace, name: readText(metadata, 'name') };
    if (ref.name === '') throw misfit(manifest, kind, ['metadata', 'name'], 'is missing');
    const raw = { ...manifest.raw, metadata: { ...metadata, namespace: ref.namespace } };
    configs.set(objectKey(ref), { kind, ref, raw, labels: readTexts(metadata, 'labels'), file: manifest.source.file });
  }
  return { configs: [...configs.values()], others, namespaces };
}

function foreignNamespace(own: string, namespace: string): ReloadError {
  return new ReloadError(
    `the namespace from the provided object "${own}" does not match the namespace "${namespace}"`,
    { hint: `Use -n ${own}, or no -n at all.` },
  );
}

/** The server would refuse these too, but in words that may repeat a Secret's value. */
function checkValues(manifest: ManifestObject, kind: ConfigKind): void {
  for (const field of ['data', 'binaryData', 'stringData']) {
    for (const [key, value] of Object.entries(readObject(manifest.raw, field) ?? {})) {
      if (typeof value === 'string' || value === null) continue;
      throw misfit(manifest, kind, [field, key], 'must be a text (put it in quotes)');
    }
  }
}

function misfit(manifest: ManifestObject, kind: ConfigKind, path: string[], message: string): ReloadError {
  const { raw, source, document } = manifest;
  const name = readText(readObject(raw, 'metadata'), 'name');
  const line = locateField(source, document, [...manifest.path, ...path]);
  return manifestError({ file: source.file, document, line }, `${kind} "${name}": ${path.join('.')} ${message}`);
}
