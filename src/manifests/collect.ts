import { projectConfig } from '../objects/config.ts';
import type { JsonObject } from '../objects/json.ts';
import { isJsonObject, readObject, readObjectAt, readObjects, readText } from '../objects/json.ts';
import type { ResourceKind } from '../objects/kinds.ts';
import { findKindOf, isConfigKind } from '../objects/kinds.ts';
import { readController, readKind } from '../objects/metadata.ts';
import { objectKey } from '../objects/object-key.ts';
import { makePodProjection } from '../objects/pod.ts';
import type { ReferenceOptions } from '../objects/references.ts';
import { projectServiceAccount } from '../objects/service-account.ts';
import { projectWorkload } from '../objects/workload.ts';
import type { ObjectReference, ObjectSet } from '../types.ts';
import { locateField } from './locate-field.ts';
import type { ManifestObject } from './manifest.ts';
import { manifestError } from './manifest.ts';
import { CONFIG, findMisfit, formatPath, POD_SPEC, shapeAt } from './pod-spec-shape.ts';

/** How manifests become objects. */
export interface CollectOptions extends ReferenceOptions {
  /** Of objects that name none. */
  namespace: string;
}

/**
 * The objects of manifests as the cluster would give them, without what only the cluster knows. A later object replaces an earlier
 * one of the same name, as it would when applied. Every kind with a pod template in `spec.template` is a workload; other kinds
 * are passed over.
 * @throws ReloadError with file, document and line where a field that matters has the wrong type
 */
export function collectManifests(manifests: readonly ManifestObject[], options: CollectOptions): ObjectSet {
  const set: ObjectSet = {
    workloads: [],
    pods: [],
    configs: [],
    serviceAccounts: [],
    owners: [],
    unseen: [],
    offline: true,
  };
  const projectPod = makePodProjection(options);
  for (const manifest of keepLast(manifests, options.namespace)) {
    const { raw, kind } = manifest;
    const name = kind?.kind;
    if (name !== undefined && isConfigKind(name)) set.configs.push(projectConfig({ object: raw }, name));
    else if (name === 'ServiceAccount') set.serviceAccounts.push(projectServiceAccount(raw));
    else if (name === 'Pod' && readController(raw) !== null) set.pods.push(projectPod(raw));
    else set.workloads.push(projectWorkload(raw, readKind(raw), options));
  }
  return set;
}

/** An object that concerns us, in a namespace. */
interface Concern {
  raw: JsonObject;
  /** `undefined` for a custom resource with a pod template. */
  kind: ResourceKind | undefined;
}

function keepLast(manifests: readonly ManifestObject[], namespace: string): Iterable<Concern> {
  const last = new Map<string, Concern>();
  manifests.forEach((manifest, index) => {
    const { apiVersion, kind } = readKind(manifest.raw);
    const known = findKindOf(apiVersion, kind);
    if (known === undefined && !hasPodTemplate(manifest.raw)) return;
    const raw = setNamespace(manifest, namespace);
    checkShape(manifest, known);
    const metadata = readObject(raw, 'metadata');
    const ref: ObjectReference = {
      apiVersion,
      kind,
      namespace: readText(metadata, 'namespace'),
      name: readText(metadata, 'name'),
    };
    // The server makes a name of its own for each object that has only the beginning of one.
    last.set(ref.name === '' ? String(index) : objectKey(ref), { raw, kind: known });
  });
  return last.values();
}

/** True for a custom resource that runs pods as Deployments do. */
function hasPodTemplate(raw: JsonObject): boolean {
  const podSpec = readObjectAt(raw, ['spec', 'template', 'spec']);
  return readObjects(podSpec, 'containers').some((container) => readText(container, 'name') !== '');
}

function setNamespace(manifest: ManifestObject, namespace: string): JsonObject {
  const { raw } = manifest;
  const { metadata } = raw;
  if (metadata !== undefined && metadata !== null && !isJsonObject(metadata))
    fail(manifest, ['metadata'], 'must be a mapping');
  const named = isJsonObject(metadata) ? metadata : {};
  for (const field of ['name', 'generateName', 'namespace']) {
    const value = named[field];
    if (value !== undefined && value !== null && typeof value !== 'string') {
      fail(manifest, ['metadata', field], 'must be a text (put it in quotes)');
    }
  }
  if (!named.name && !named.generateName) fail(manifest, ['metadata', 'name'], 'is missing');
  return named.namespace ? raw : { ...raw, metadata: { ...named, namespace } };
}

function checkShape(manifest: ManifestObject, kind: ResourceKind | undefined): void {
  const template = kind === undefined ? ['spec', 'template'] : kind.template;
  const shape =
    template !== null
      ? shapeAt([...template, 'spec'], POD_SPEC)
      : kind?.kind === 'ServiceAccount'
        ? ({ imagePullSecrets: [{ name: 'text' }] } as const)
        : CONFIG;
  const misfit = findMisfit(manifest.raw, shape);
  if (misfit !== undefined) fail(manifest, misfit.path, misfit.message);
}

function fail(manifest: ManifestObject, path: readonly (string | number)[], message: string): never {
  const { raw, source, document } = manifest;
  const { kind } = readKind(raw);
  const name = readText(readObject(raw, 'metadata'), 'name');
  const line = locateField(source, document, [...manifest.path, ...path]);
  const subject = name === '' ? kind : `${kind} "${name}"`;
  throw manifestError({ file: source.file, document, line }, `${subject}: ${formatPath(path)} ${message}`);
}
