import type { JsonObject } from '../objects/json.ts';
import { isJsonObject, readObject, readObjects, readText } from '../objects/json.ts';
import { findReferences } from '../objects/references.ts';
import type { KnownContent } from '../staleness/expected-content.ts';
import { expectEnvironment } from '../staleness/expected-environment.ts';
import { expectMount } from '../staleness/expected-files.ts';
import { Inside } from '../staleness/inside.ts';
import type { RunCommand } from '../staleness/observe.ts';
import { observeContainer } from '../staleness/observe.ts';
import type { ReadContent } from '../staleness/observe-pod.ts';
import { observePod } from '../staleness/observe-pod.ts';
import type { Finding, Reading } from '../staleness/observe-script.ts';
import type { ConfigKind, ConfigRef, ObjectReference, PodObject } from '../types.ts';
import type { ConfigValue } from './config-values.ts';
import type { Verdict } from './held.ts';

/** How to look into containers. */
export interface Observers {
  /** The raw pod; `null` when it is gone or may not be read. */
  readPod: (pod: ObjectReference) => Promise<unknown>;
  readContent: ReadContent;
  run: (pod: ObjectReference, container: string) => RunCommand;
}

/** What was seen of a use in a pod: values by key, `null` for a key that is not there. */
export type SeenValues = ReadonlyMap<string, ConfigValue | null>;

/** What looks into containers have shown. */
export interface Observed {
  inside: Inside;
  find(pod: PodObject, use: ConfigRef): SeenValues | undefined;
}

/** Looks into the containers of verdicts. */
export type Observe = (verdicts: readonly Verdict[]) => Promise<Observed>;

/** The uses of one pod to look at. */
interface PodUses {
  pod: PodObject;
  uses: ConfigRef[];
}

/**
 * Makes what looks into containers, and reads the values of the keys that they hold otherwise than their configs do. Where the user may not
 * look into one pod of a namespace, no other one is tried.
 * @param onRefusal gets the server's words, once a namespace
 */
export function makeObserve(observers: Observers, onRefusal: (message: string) => void): Observe {
  const refused = new Set<string>();
  const look = async ({ pod, uses }: PodUses, inside: Inside): Promise<Map<ConfigRef, SeenValues>> => {
    const { namespace } = pod.ref;
    const values = new Map<ConfigRef, SeenValues>();
    const raw = refused.has(namespace) ? null : await observers.readPod(pod.ref);
    const run = (container: string) => observers.run(pod.ref, container);
    const { readContent } = observers;
    const seen = refused.has(namespace) ? null : await observePod({ pod, raw, uses, run, readContent });
    if (seen === null || seen.refusal !== null) {
      if (seen !== null && seen.refusal !== null && !refused.has(namespace)) onRefusal(seen.refusal);
      refused.add(namespace);
      for (const use of uses) inside.add(pod, use, { seen: 'nothing', why: 'that is not allowed', isOfImage: false });
      return values;
    }
    for (const [use, what] of seen.uses) {
      inside.add(pod, use, what);
      if (what.seen !== 'different' || !isJsonObject(raw) || use.container === null) continue;
      values.set(use, await readValues(use, what.keys, raw, run(use.container), readContent));
    }
    return values;
  };
  return async (verdicts) => {
    const inside = new Inside();
    const values = new Map<string, Map<ConfigRef, SeenValues>>();
    const [first, ...others] = listPods(verdicts);
    const keep = async (one: PodUses) => values.set(one.pod.uid, await look(one, inside));
    if (first !== undefined) await keep(first);
    await Promise.all(others.map(keep));
    return { inside, find: (pod, use) => values.get(pod.uid)?.get(use) };
  };
}

function listPods(verdicts: readonly Verdict[]): PodUses[] {
  const pods = new Map<string, PodUses>();
  for (const { evidence } of verdicts) {
    const { pod, dependency, instance } = evidence;
    if (dependency.container === null || dependency.via === 'annotation' || !instance.running) continue;
    const known = pods.get(pod.uid);
    if (known === undefined) pods.set(pod.uid, { pod, uses: [dependency] });
    else known.uses.push(dependency);
  }
  return [...pods.values()];
}

/** Looks once more, for the values themselves. */
async function readValues(
  use: ConfigRef,
  keys: readonly string[],
  pod: JsonObject,
  run: RunCommand,
  readContent: ReadContent,
): Promise<SeenValues> {
  const isVariable = use.via === 'env' || use.via === 'envFrom';
  const paths = isVariable ? new Map<string, string>() : await findPaths(use, pod, readContent);
  const files = keys.flatMap((key): { key: string; reading: Reading }[] => {
    const path = paths.get(key);
    return path === undefined ? [] : [{ key, reading: { read: 'file', path } }];
  });
  const readings: Reading[] = isVariable ? [{ read: 'environment' }] : files.map(({ reading }) => reading);
  const observation = readings.length === 0 ? null : await observeContainer(run, readings);
  if (observation === null || observation.seen === 'nothing') return new Map();
  if (isVariable) return readVariables(use, keys, observation.findings[0]);
  return new Map(files.flatMap(({ key }, index) => readFile(key, observation.findings[index])));
}

function readFile(key: string, finding: Finding | undefined): [string, ConfigValue | null][] {
  if (finding?.found === 'bytes') return [[key, { bytes: finding.bytes, field: 'data' }]];
  return finding?.found === 'nothing' ? [[key, null]] : [];
}

/** The values of the variables that a use sets, out of an environment as `/proc/PID/environ` has it. */
function readVariables(use: ConfigRef, keys: readonly string[], finding: Finding | undefined): SeenValues {
  if (finding?.found !== 'bytes') return new Map();
  const block = Buffer.from(finding.bytes);
  const names = new Map(keys.map((key) => [use.via === 'env' ? use.at : `${use.at.slice(0, -1)}${key}`, key]));
  const values = new Map<string, ConfigValue | null>(keys.map((key) => [key, null]));
  for (let at = 0; at < block.length; ) {
    const nul = block.indexOf(0, at);
    const end = nul === -1 ? block.length : nul;
    const equals = block.indexOf('=', at);
    const key = equals > at && equals < end ? names.get(block.toString('utf8', at, equals)) : undefined;
    // Of a name that is there twice, programs get the first.
    if (key !== undefined && values.get(key) === null) {
      values.set(key, { bytes: block.subarray(equals + 1, end), field: 'data' });
    }
    at = end + 1;
  }
  return values;
}

/** Where the files of a use are in the container, by key. */
async function findPaths(use: ConfigRef, pod: JsonObject, readContent: ReadContent): Promise<Map<string, string>> {
  const spec = readObject(pod, 'spec');
  const containers = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((field) =>
    readObjects(spec, field),
  );
  const container = containers.find((one) => readText(one, 'name') === use.container) ?? {};
  const contents = new Map<string, KnownContent>();
  for (const { config } of findReferences(spec, use.config.namespace, { all: true })) {
    const kind: ConfigKind = config.kind === 'Secret' ? 'Secret' : 'ConfigMap';
    contents.set(`${kind}/${config.name}`, await readContent(kind, config));
  }
  const find = (kind: ConfigKind, name: string): KnownContent => contents.get(`${kind}/${name}`) ?? 'unseen';
  const mount = expectMount(use, container, spec, expectEnvironment(container, pod, find), find);
  return new Map([...(mount?.files ?? []), ...(mount?.gone ?? [])].map(({ key, path }) => [key, path]));
}
