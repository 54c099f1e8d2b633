import { ReloadError } from '../error.ts';
import { findNearestWord } from '../nearest-word.ts';
import { findKind, groupOf, isConfigKind, suggestKind } from '../objects/kinds.ts';
import { objectKey } from '../objects/object-key.ts';
import type { ConfigRef, Graph, ObjectReference } from '../types.ts';
import { parseLabelSelector } from './label-selector.ts';

/** A type and a name as typed; `null` names all of the type. */
interface Wanted {
  type: string;
  name: string | null;
}

/** What there is where something was looked for in vain. */
interface Found {
  ofType: readonly ObjectReference[];
  known: readonly ObjectReference[];
}

/** What the user's targets stand for. */
export interface Selection {
  /** True when there was no target and no selector: everything is meant. */
  everything: boolean;
  /** Workloads that were spelt out by name. */
  named: ObjectReference[];
  /** Workloads that are meant without their name: by their type, by a selector, or because nothing was said. */
  inferred: ObjectReference[];
  /** Configs that were named: they stand for the workloads that use them. */
  configs: ObjectReference[];
  /** True for a use that belongs to the selection. */
  includes(use: ConfigRef & { workload: ObjectReference }): boolean;
}

/**
 * Finds the objects that targets name. A config that does not exist but is used by somebody is found too.
 * @throws ReloadError for a type that nothing here has, or a name that does not exist, with kubectl's words
 */
export function selectTargets(graph: Graph, targets: readonly Wanted[], selector = ''): Selection {
  const isSelected = parseLabelSelector(selector);
  const workloads = graph.workloads.filter(({ labels }) => isSelected(labels));
  const configs = knownConfigs(graph, selector === '' ? null : isSelected);
  const known = [...workloads.map(({ ref }) => ref), ...configs];
  const named = new Map<string, ObjectReference>();
  const inferred = new Map<string, ObjectReference>();
  const namedConfigs = new Map<string, ObjectReference>();

  if (targets.length === 0) for (const { ref } of workloads) inferred.set(objectKey(ref), ref);
  for (const target of targets) {
    const kind = findKind(target.type);
    const isConfig = kind !== undefined && isConfigKind(kind.kind);
    const candidates = isConfig ? configs : workloads.map(({ ref }) => ref);
    const ofType = candidates.filter((ref) => isOfType(ref, target.type));
    if (kind === undefined && ofType.length === 0) throw unknownType(target, known);
    const found = target.name === null ? ofType : ofType.filter(({ name }) => name === target.name);
    if (target.name !== null && found.length === 0) {
      throw notFound(graph, target.type, target.name, { ofType, known });
    }
    const meant = isConfig ? namedConfigs : target.name === null ? inferred : named;
    for (const ref of found) meant.set(objectKey(ref), ref);
  }
  const isMeant = (ref: ObjectReference) => named.has(objectKey(ref)) || inferred.has(objectKey(ref));
  return {
    everything: targets.length === 0 && selector === '',
    named: [...named.values()],
    inferred: [...inferred.values()].filter((ref) => !named.has(objectKey(ref))),
    configs: [...namedConfigs.values()],
    includes: (use) => isMeant(use.workload) || namedConfigs.has(objectKey(use.config)),
  };
}

/** The workloads of a selection, each once: those that are meant themselves, and those that use a config which was named. */
export function listMeant({ dependencies }: Graph, { named, inferred, includes }: Selection): ObjectReference[] {
  const users = dependencies.filter((use) => includes(use)).map(({ workload }) => workload);
  return [...new Map([...named, ...inferred, ...users].map((ref) => [objectKey(ref), ref])).values()];
}

function knownConfigs(
  graph: Graph,
  isSelected: ((labels: Record<string, string>) => boolean) | null,
): ObjectReference[] {
  const known = new Map<string, ObjectReference>();
  for (const { ref, labels } of graph.configs) {
    if (isSelected === null || isSelected(labels)) known.set(objectKey(ref), ref);
  }
  if (isSelected === null) for (const { config } of graph.dependencies) known.set(objectKey(config), config);
  return [...known.values()];
}

/** A known word for a kind of ours; for a custom kind its name or plural, with or without the group. */
function isOfType(ref: ObjectReference, type: string): boolean {
  const known = findKind(type);
  if (known !== undefined) return known.kind === ref.kind && groupOf(known.apiVersion) === groupOf(ref.apiVersion);
  const [word = '', ...group] = type.toLowerCase().split('.');
  const kind = ref.kind.toLowerCase();
  const isKind = word === kind || word === `${kind}s` || word === `${kind}es` || word === kind.replace(/y$/, 'ies');
  return isKind && (group.length === 0 || group.join('.') === groupOf(ref.apiVersion).toLowerCase());
}

/** A target's type that is none of ours, and that nothing here has. */
export class UnknownTypeError extends ReloadError {
  /** What may have been meant, as it can be typed. */
  readonly meant: readonly string[];

  constructor(message: string, meant: readonly string[]) {
    super(message, { hint: meant.length > 0 ? `Did you mean ${meant.join(' or ')}?` : KNOWN_TYPES });
    this.meant = meant;
  }
}

function unknownType({ type, name }: Wanted, known: readonly ObjectReference[]): ReloadError {
  const near = suggestKind(type);
  if (name !== null || near !== undefined) {
    return new UnknownTypeError(`unknown type "${type}"`, near === undefined ? [] : [near]);
  }
  // Somebody who names no type means an object.
  const meant = known.filter((ref) => ref.name === type).map(describe);
  return new UnknownTypeError(`"${type}" is neither a command nor a type`, meant.slice(0, 3));
}

const KNOWN_TYPES =
  'Types are deployments, statefulsets, daemonsets, cronjobs, jobs, pods, configmaps, secrets and owners of pods.\nSee kubectl reload --help for the commands.';

function notFound(graph: Graph, type: string, name: string, { ofType, known }: Found): ReloadError {
  const kind = findKind(type);
  const refused = graph.unseen.find(({ resource }) => resource === kind?.plural);
  if (refused !== undefined) return new ReloadError(refused.message);
  const group = kind === undefined ? '' : groupOf(kind.apiVersion);
  const resource = kind === undefined ? type : group === '' ? kind.plural : `${kind.plural}.${group}`;
  const owner = kind?.kind === 'Pod' ? findOwner(graph, name) : undefined;
  if (owner !== undefined) {
    return new ReloadError(`pod/${name} is one of ${describe(owner)}`, { hint: `Name that: ${describe(owner)}` });
  }
  const nearest = findNearestWord(
    name,
    ofType.map((ref) => ref.name),
  );
  const near = ofType.find((ref) => ref.name === nearest) ?? known.find((ref) => ref.name === name);
  return new ReloadError(`Error from server (NotFound): ${resource} "${name}" not found`, {
    hint:
      near === undefined
        ? 'See kubectl reload deps for what there is, and -n for another namespace.'
        : `Did you mean ${describe(near)}?`,
  });
}

/** As it can be typed. */
function describe({ kind, name }: ObjectReference): string {
  return `${kind.toLowerCase()}/${name}`;
}

/** The workload that a pod of this name belongs to. */
function findOwner({ workloads }: Graph, name: string): ObjectReference | undefined {
  return workloads.find(({ pods }) => pods.some((pod) => pod.ref.name === name))?.ref;
}
