import type { WorkloadObject } from '../types.ts';
import type { JsonObject } from './json.ts';
import { isJsonObject, readObject, readObjectAt, readObjects, readText } from './json.ts';
import { findKindOf } from './kinds.ts';
import type { ObjectKind } from './metadata.ts';
import { isReadAnnotation, readController, readKind, readReference, readTexts } from './metadata.ts';
import { sumPodResources } from './pod-resources.ts';
import type { ReferenceOptions } from './references.ts';
import { findReferences } from './references.ts';
import { readPolicy } from './rollout-policy.ts';
import { readProgress } from './rollout-progress.ts';

/**
 * A raw object that has a pod template (or is a Pod), reduced to what the graph and a plan need. A custom resource is read as
 * if its template were in `spec.template`.
 * @param raw the object as the API or a manifest gives it; what has the wrong shape is taken as absent
 * @param kind of a member of a list, which does not say it itself
 */
export function projectWorkload(raw: unknown, kind?: ObjectKind, options: ReferenceOptions = {}): WorkloadObject {
  const object = isJsonObject(raw) ? raw : {};
  const ref = readReference(object, kind ?? readKind(object));
  const metadata = readObject(object, 'metadata');
  const template = findTemplate(object, ref);
  const podSpec = readObject(template, 'spec');
  return {
    ref,
    uid: readText(metadata, 'uid'),
    resourceVersion: readText(metadata, 'resourceVersion'),
    controller: readController(object),
    labels: readTexts(metadata, 'labels'),
    annotations: readTexts(metadata, 'annotations', isReadAnnotation),
    templateAnnotations: readTexts(readObject(template, 'metadata'), 'annotations', isReadAnnotation),
    templateLabels: readTexts(readObject(template, 'metadata'), 'labels'),
    serviceAccountName: readServiceAccountName(podSpec),
    references: findReferences(podSpec, ref.namespace, options),
    policy: readPolicy(object, ref),
    progress: readProgress(object, ref.kind),
    unprobed: findUnprobed(podSpec),
    podResources: sumPodResources(podSpec),
  };
}

/** The pod template of a raw object; the object itself for a Pod; `undefined` where there is none. */
export function findTemplate(raw: JsonObject, { apiVersion, kind }: ObjectKind): JsonObject | undefined {
  return readObjectAt(raw, findKindOf(apiVersion, kind)?.template ?? ['spec', 'template']);
}

/** The ServiceAccount that a pod of this spec runs as: the admission puts `default` where none is named. */
export function readServiceAccountName(podSpec: JsonObject | undefined): string {
  return readText(podSpec, 'serviceAccountName') || readText(podSpec, 'serviceAccount') || 'default';
}

const NONE: readonly string[] = [];

function findUnprobed(podSpec: JsonObject | undefined): readonly string[] {
  const unprobed = readObjects(podSpec, 'containers').filter((container) => !readObject(container, 'readinessProbe'));
  return unprobed.length === 0 ? NONE : unprobed.map((container) => readText(container, 'name'));
}
