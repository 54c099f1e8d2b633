import { expandVariables } from '../objects/expand-variables.ts';
import type { JsonObject } from '../objects/json.ts';
import { readFlag, readObject, readObjects, readText } from '../objects/json.ts';
import type { ConfigKind, ConfigRef } from '../types.ts';
import type { FindContent, Fingerprint } from './expected-content.ts';

/** A key of a config of which a variable is made, as the reference that it belongs to names it. */
export interface VariableSource {
  kind: ConfigKind;
  name: string;
  key: string;
  via: 'env' | 'envFrom';
  /** As in `ConfigRef`. */
  at: string;
}

/** A variable that the kubelet would set. */
export interface ExpectedVariable {
  /** The key whose value it has; `null` for other variables. */
  source: VariableSource | null;
  /** Its value where it is a key's; `null` where that is not known. */
  value: Fingerprint | null;
  /** Its value where the pod itself tells it; `null` otherwise. */
  text: string | null;
  /** The keys that its text was made of, by `$(NAME)`. */
  madeOf: ReadonlySet<VariableSource>;
  /** A config that may not be read comes after it, and may have the same variable. */
  mayBeHidden: boolean;
}

/** What the environment of a container would be if it started now. */
export interface ExpectedEnvironment {
  variables: ReadonlyMap<string, ExpectedVariable>;
  /** The prefixes of its `envFrom` entries. */
  prefixes: readonly string[];
}

const OTHER: ExpectedVariable = { source: null, value: null, text: null, madeOf: new Set(), mayBeHidden: false };

/**
 * Makes the environment as the kubelet would: `envFrom` in its order, the later over the earlier, then `env` over both, where an
 * optional key that is missing leaves what was there before.
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables
 * @param container a raw container
 * @param pod the raw pod, for the fields that variables take their values from
 */
export function expectEnvironment(
  container: JsonObject,
  pod: JsonObject | undefined,
  find: FindContent,
): ExpectedEnvironment {
  const variables = new Map<string, ExpectedVariable>();
  const prefixes = readObjects(container, 'envFrom').map((source) => {
    const prefix = readText(source, 'prefix');
    addAll(variables, source, prefix, find);
    return prefix;
  });
  for (const variable of readObjects(container, 'env')) {
    const name = readText(variable, 'name');
    const expected = expectVariable(variable, variables, pod, find);
    if (expected !== null) variables.set(name, expected);
  }
  return { variables, prefixes };
}

function addAll(variables: Map<string, ExpectedVariable>, from: JsonObject, prefix: string, find: FindContent): void {
  for (const [kind, field] of [
    ['ConfigMap', 'configMapRef'],
    ['Secret', 'secretRef'],
  ] as const) {
    const name = readText(readObject(from, field), 'name');
    if (name === '') continue;
    const content = find(kind, name);
    if (content === 'absent') continue;
    if (content === 'unseen') {
      for (const [variable, expected] of variables) variables.set(variable, { ...expected, mayBeHidden: true });
      continue;
    }
    for (const [key, value] of content.variables) {
      const source: VariableSource = { kind, name, key, via: 'envFrom', at: `${prefix}*` };
      variables.set(prefix + key, { ...OTHER, source, value });
    }
  }
}

/** `null` where the kubelet leaves the variable out. */
function expectVariable(
  variable: JsonObject,
  before: ReadonlyMap<string, ExpectedVariable>,
  pod: JsonObject | undefined,
  find: FindContent,
): ExpectedVariable | null {
  const value = readText(variable, 'value');
  const from = readObject(variable, 'valueFrom');
  if (value !== '' || from === undefined) return expectLiteral(value, before);
  const at = readText(variable, 'name');
  for (const [kind, field] of [
    ['ConfigMap', 'configMapKeyRef'],
    ['Secret', 'secretKeyRef'],
  ] as const) {
    const reference = readObject(from, field);
    if (reference === undefined) continue;
    const source: VariableSource = {
      kind,
      name: readText(reference, 'name'),
      key: readText(reference, 'key'),
      via: 'env',
      at,
    };
    const content = find(kind, source.name);
    if (content === 'unseen') return { ...OTHER, source };
    const found = content === 'absent' ? undefined : content.variables.get(source.key);
    if (found !== undefined) return { ...OTHER, source, value: found };
    return readFlag(reference, 'optional') ? null : { ...OTHER, source };
  }
  const text = readPodField(pod, readText(readObject(from, 'fieldRef'), 'fieldPath'));
  return { ...OTHER, text };
}

function expectLiteral(value: string, before: ReadonlyMap<string, ExpectedVariable>): ExpectedVariable {
  const madeOf = new Set<VariableSource>();
  const text = expandVariables(value, (name) => {
    const used = before.get(name);
    for (const source of used?.madeOf ?? []) madeOf.add(source);
    if (used?.source) madeOf.add(used.source);
    return used?.text ?? null;
  });
  return { ...OTHER, text, madeOf };
}

/** Fields of a pod that stay the same while it runs. */
const POD_FIELDS: readonly string[] = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
];

function readPodField(pod: JsonObject | undefined, path: string): string | null {
  const [part = '', field = ''] = path.split('.');
  return POD_FIELDS.includes(path) ? readText(readObject(pod, part), field) : null;
}

/** True for a key that belongs to this use. */
export function isSourceOf(source: VariableSource, use: ConfigRef): boolean {
  return (
    source.via === use.via &&
    source.at === use.at &&
    source.kind === use.config.kind &&
    source.name === use.config.name &&
    (use.keys === null || use.keys.includes(source.key))
  );
}
