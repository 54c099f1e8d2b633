import type { JsonObject } from '../objects/json.ts';
import { isJsonObject, readObject, readObjects, readText, readTextList } from '../objects/json.ts';
import { isMet, readLabel, readRequirement } from '../objects/label-requirements.ts';
import { readTexts } from '../objects/metadata.ts';

/** What of a node decides whether a pod can run on it, and which program runs there. */
export interface NodeFacts {
  name: string;
  labels: Readonly<Record<string, string>>;
  taints: readonly { key: string; value: string; effect: string }[];
  /** As the node says it: `amd64`. */
  architecture: string;
  operatingSystem: string;
}

/** Reduces a raw Node. */
export function projectNode(raw: unknown): NodeFacts {
  const object = isJsonObject(raw) ? raw : undefined;
  const metadata = readObject(object, 'metadata');
  const facts = readObject(readObject(object, 'status'), 'nodeInfo');
  const labels = readTexts(metadata, 'labels');
  return {
    name: readText(metadata, 'name'),
    labels,
    taints: readObjects(readObject(object, 'spec'), 'taints').map((taint) => ({
      key: readText(taint, 'key'),
      value: readText(taint, 'value'),
      effect: readText(taint, 'effect'),
    })),
    architecture: readText(facts, 'architecture') || (labels['kubernetes.io/arch'] ?? ''),
    operatingSystem: readText(facts, 'operatingSystem') || (labels['kubernetes.io/os'] ?? 'linux'),
  };
}

/**
 * True where the scheduler may put a pod of this spec, as far as the node's own words decide it; whether there is room is no matter.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
 */
export function canRunOn(podSpec: JsonObject, node: NodeFacts): boolean {
  const selector = Object.entries(readTexts(podSpec, 'nodeSelector'));
  return (
    selector.every(([key, value]) => readLabel(node.labels, key) === value) &&
    suitsAffinity(podSpec, node) &&
    node.taints.every((taint) => isBorne(taint, podSpec))
  );
}

/** The terms of a required node affinity: one of them has to fit. */
export function readTerms(podSpec: JsonObject): readonly JsonObject[] | null {
  const affinity = readObject(readObject(podSpec, 'affinity'), 'nodeAffinity');
  const required = readObject(affinity, 'requiredDuringSchedulingIgnoredDuringExecution');
  return required === undefined ? null : readObjects(required, 'nodeSelectorTerms');
}

function suitsAffinity(podSpec: JsonObject, node: NodeFacts): boolean {
  const terms = readTerms(podSpec);
  if (terms === null) return true;
  return terms.some((term) => {
    const labels = readObjects(term, 'matchExpressions');
    const fields = readObjects(term, 'matchFields');
    // An empty term fits no node.
    if (labels.length + fields.length === 0) return false;
    return (
      labels.every((one) => suits(one, readLabel(node.labels, readText(one, 'key')))) &&
      fields.every((one) => suits(one, readText(one, 'key') === 'metadata.name' ? node.name : undefined))
    );
  });
}

/** A node may also be required by numbers, which no label selector knows. */
function suits(expression: JsonObject, value: string | undefined): boolean {
  const requirement = readRequirement(expression);
  if (requirement !== null) return isMet(requirement, value);
  const bound = Number(readTextList(expression, 'values')[0]);
  switch (readText(expression, 'operator')) {
    case 'Gt':
      return value !== undefined && Number(value) > bound;
    case 'Lt':
      return value !== undefined && Number(value) < bound;
    default:
      return false;
  }
}

/** What the cluster itself puts on a node in trouble passes. */
const PASSING = 'node.kubernetes.io/';

function isBorne(taint: NodeFacts['taints'][number], podSpec: JsonObject): boolean {
  if (taint.effect === 'PreferNoSchedule' || taint.key.startsWith(PASSING)) return true;
  return readObjects(podSpec, 'tolerations').some((toleration) => {
    const key = readText(toleration, 'key');
    const effect = readText(toleration, 'effect');
    const isAny = readText(toleration, 'operator') === 'Exists';
    return (
      (key === '' ? isAny : key === taint.key) &&
      (effect === '' || effect === taint.effect) &&
      (isAny || readText(toleration, 'value') === taint.value)
    );
  });
}
