import type { JsonObject } from '../objects/json.ts';
import { isJsonObject, readObject, readObjects, readText } from '../objects/json.ts';
import { findReferences } from '../objects/references.ts';
import type { ConfigKind, ConfigRef, ObjectReference, PodObject } from '../types.ts';
import { nothing } from './compare-inside.ts';
import type { FindContent, KnownContent } from './expected-content.ts';
import type { ExpectedEnvironment } from './expected-environment.ts';
import { expectEnvironment } from './expected-environment.ts';
import { expectMount } from './expected-files.ts';
import type { ContainerEnvironment } from './inside.ts';
import type { ObserveContainer } from './observe.ts';
import type { SeenEnvironment } from './observe-environment.ts';
import type { SeenUse, View } from './observe-uses.ts';
import { isVariable, lookAt, unseen } from './observe-uses.ts';

/** Reads what a config holds now. */
export type ReadContent = (kind: ConfigKind, ref: ObjectReference) => Promise<KnownContent>;

/** What to look at in a pod. */
export interface ObservePodOptions {
  pod: PodObject;
  /** As the API has it now; anything else than an object when it is gone. */
  raw: unknown;
  uses: readonly ConfigRef[];
  observe: (container: string) => ObserveContainer;
  readContent: ReadContent;
  /** Keep the values that differ. */
  keepsValues?: boolean;
}

/** What was seen of each use, and why the user may not look at all. */
export interface SeenPod {
  uses: SeenUse[];
  environments: ContainerEnvironment[];
  refusal: string | null;
}

/** Looks into the containers of a pod, each once, and compares what they hold with what they would hold if they started now. */
export async function observePod(options: ObservePodOptions): Promise<SeenPod> {
  const { pod, raw, uses, observe, readContent, keepsValues = false } = options;
  const whole = isJsonObject(raw) ? raw : undefined;
  if (readText(readObject(whole, 'metadata'), 'uid') !== pod.uid) {
    return { uses: uses.map((use) => unseen(use, nothing('the pod is gone'))), environments: [], refusal: null };
  }
  const spec = readObject(whole, 'spec');
  const names = [...new Set(uses.map(({ container }) => container ?? ''))];
  const references = findReferences(spec, pod.ref.namespace, { all: true });
  const seen = await Promise.all(
    names.map(async (name) => {
      const find = await readContents(references, name, readContent);
      const container = findContainer(spec, name);
      const environment = expectEnvironment(container, whole, find);
      const views = uses
        .filter((use) => use.container === name)
        .map((use): View => {
          const mount = isVariable(use) ? null : expectMount(use, container, spec, environment, find);
          return { use, content: find(kindOf(use), use.config.name), mount };
        });
      const { block, ...looked } = await lookAt(views, environment, observe(name), keepsValues);
      const image = readImage(whole, name);
      return {
        ...looked,
        environments: block === null ? [] : [describeEnvironment(container, image, block, environment)],
      };
    }),
  );
  return {
    uses: seen.flatMap((one) => one.uses),
    environments: seen.flatMap((one) => one.environments),
    refusal: seen.find(({ refusal }) => refusal !== null)?.refusal ?? null,
  };
}

/** What image a container runs, by its content; '' where the kubelet has not told. */
function readImage(pod: JsonObject | undefined, name: string): string {
  const statuses = readObjects(readObject(pod, 'status'), 'containerStatuses');
  return readText(
    statuses.find((status) => readText(status, 'name') === name),
    'imageID',
  );
}

/** What of an environment tells where variables come from that no config explains. */
function describeEnvironment(
  container: JsonObject,
  image: string,
  { variables, given }: SeenEnvironment,
  expected: ExpectedEnvironment,
): ContainerEnvironment {
  const extras = [...variables].filter(([name]) => !expected.variables.has(name) && !given.has(name));
  return {
    container: readText(container, 'name'),
    image,
    names: new Set(variables.keys()),
    prefixes: expected.prefixes,
    declared: new Set(readObjects(container, 'env').map((variable) => readText(variable, 'name'))),
    extras: new Map(extras.map(([name, { hash }]) => [name, hash])),
  };
}

/** What the configs hold that a container uses in whatever way: also those that are not in question may hide the others. */
async function readContents(
  references: readonly ConfigRef[],
  container: string,
  readContent: ReadContent,
): Promise<FindContent> {
  const keyOf = (kind: string, name: string) => `${kind}/${name}`;
  const configs = new Map<string, Promise<KnownContent>>();
  for (const use of references) {
    const key = keyOf(use.config.kind, use.config.name);
    if (use.container === container && !configs.has(key)) configs.set(key, readContent(kindOf(use), use.config));
  }
  const known = new Map(await Promise.all([...configs].map(async ([key, content]) => [key, await content] as const)));
  return (kind, name) => known.get(keyOf(kind, name)) ?? 'unseen';
}

function kindOf({ config }: ConfigRef): ConfigKind {
  return config.kind === 'Secret' ? 'Secret' : 'ConfigMap';
}

function findContainer(spec: JsonObject | undefined, name: string): JsonObject {
  const containers = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((field) =>
    readObjects(spec, field),
  );
  return containers.find((container) => readText(container, 'name') === name) ?? {};
}
