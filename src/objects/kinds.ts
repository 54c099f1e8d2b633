import { findNearestWord } from '../nearest-word.ts';
import type { ConfigKind, ObjectReference } from '../types.ts';

/** A kind of object that we read, as the API serves it. */
export interface ResourceKind {
  apiVersion: string;
  kind: string;
  /** The resource as in the API path. */
  plural: string;
  singular: string;
  /** As `kubectl api-resources` lists them. */
  shortNames: readonly string[];
  namespaced: boolean;
  /** Where the pod template is, from the object's root; `[]` for a Pod, which is its own; `null` where there is none. */
  template: readonly string[] | null;
}

const TEMPLATE = ['spec', 'template'];

const CONFIG_MAP = resourceKind('v1', 'ConfigMap', ['cm'], null);
const SECRET = resourceKind('v1', 'Secret', [], null);

/** Every kind that we read by its own name, in the order in which kubectl would look them up. */
export const RESOURCE_KINDS: readonly ResourceKind[] = [
  resourceKind('apps/v1', 'Deployment', ['deploy'], TEMPLATE),
  resourceKind('apps/v1', 'StatefulSet', ['sts'], TEMPLATE),
  resourceKind('apps/v1', 'DaemonSet', ['ds'], TEMPLATE),
  resourceKind('apps/v1', 'ReplicaSet', ['rs'], TEMPLATE),
  resourceKind('v1', 'ReplicationController', ['rc'], TEMPLATE),
  resourceKind('batch/v1', 'Job', [], TEMPLATE),
  resourceKind('batch/v1', 'CronJob', ['cj'], ['spec', 'jobTemplate', 'spec', 'template']),
  resourceKind('v1', 'Pod', ['po'], []),
  resourceKind('argoproj.io/v1alpha1', 'Rollout', ['ro'], TEMPLATE),
  resourceKind('apps.openshift.io/v1', 'DeploymentConfig', ['dc'], TEMPLATE),
  CONFIG_MAP,
  SECRET,
  resourceKind('v1', 'ServiceAccount', ['sa'], null),
];

function resourceKind(
  apiVersion: string,
  kind: string,
  shortNames: readonly string[],
  template: readonly string[] | null,
): ResourceKind {
  const singular = kind.toLowerCase();
  return { apiVersion, kind, plural: `${singular}s`, singular, shortNames, namespaced: true, template };
}

/**
 * The kind that a word on the command line names: its plural, singular or short name in any case, alone, with its group
 * (`deployments.apps`) or with version and group (`deployment.v1.apps`, `pods.v1.`), as kubectl takes it.
 * `undefined` for a word that names none of ours.
 */
export function findKind(word: string): ResourceKind | undefined {
  const [name = '', ...rest] = word.toLowerCase().split('.');
  const qualifier = rest.join('.');
  return RESOURCE_KINDS.find(
    (kind) => namesOf(kind).includes(name) && (rest.length === 0 || qualifiersOf(kind).includes(qualifier)),
  );
}

function namesOf(kind: ResourceKind): string[] {
  return [kind.plural, kind.singular, ...kind.shortNames];
}

function qualifiersOf(kind: ResourceKind): string[] {
  const group = groupOf(kind.apiVersion);
  const version = kind.apiVersion.slice(kind.apiVersion.indexOf('/') + 1);
  return group === '' ? [`${version}.`] : [group, `${version}.${group}`];
}

/** The kind of an object by what it says of itself; any version of the group will do. */
export function findKindOf(apiVersion: string, kind: string): ResourceKind | undefined {
  const group = groupOf(apiVersion);
  return RESOURCE_KINDS.find((known) => known.kind === kind && groupOf(known.apiVersion) === group);
}

/** The kind of a config in the table. */
export function configKind(kind: ConfigKind): ResourceKind {
  return kind === 'ConfigMap' ? CONFIG_MAP : SECRET;
}

/** True for the name of one of the two kinds that hold configuration. */
export function isConfigKind(kind: string): kind is ConfigKind {
  return kind === 'ConfigMap' || kind === 'Secret';
}

/** The API group of an apiVersion: `apps` of `apps/v1`; '' for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

/** Where the API has the objects of a kind. */
type ResourcePlace = Pick<ResourceKind, 'apiVersion' | 'plural' | 'namespaced'>;

/** The API path that lists a kind, of one namespace or, for '', of all. */
export function listPath(kind: ResourcePlace, namespace: string): string {
  const root = groupOf(kind.apiVersion) === '' ? '/api' : '/apis';
  const scope = kind.namespaced && namespace !== '' ? `/namespaces/${encodePart(namespace)}` : '';
  return `${root}/${kind.apiVersion}${scope}/${kind.plural}`;
}

/** The API path of one object. */
export function objectPath(kind: ResourcePlace, ref: Pick<ObjectReference, 'namespace' | 'name'>): string {
  return `${listPath(kind, ref.namespace)}/${encodePart(ref.name)}`;
}

/** A manifest may hold half a letter of two units, which has no UTF-8. */
function encodePart(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** The plural of ours that a mistyped word comes nearest to; `undefined` when none is near. */
export function suggestKind(word: string): string | undefined {
  const typed = word.toLowerCase().split('.')[0] ?? '';
  // Two letters are near to any other two.
  const names = RESOURCE_KINDS.flatMap(namesOf).filter(({ length }) => length > 2);
  const nearest = findNearestWord(typed, names);
  return nearest === undefined ? undefined : findKind(nearest)?.plural;
}
