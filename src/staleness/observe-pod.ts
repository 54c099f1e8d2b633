import type { JsonObject } from '../objects/json.ts';
import { isJsonObject, readObject, readObjects, readText } from '../objects/json.ts';
import { findReferences } from '../objects/references.ts';
import type { ConfigKind, ConfigRef, ObjectReference, PodObject } from '../types.ts';
import { compareFiles, compareVariables, nothing } from './compare-inside.ts';
import type { FindContent, KnownContent } from './expected-content.ts';
import type { ExpectedEnvironment } from './expected-environment.ts';
import { expectEnvironment } from './expected-environment.ts';
import type { ExpectedMount } from './expected-files.ts';
import { expectMount } from './expected-files.ts';
import type { Seen } from './inside.ts';
import type { RunCommand } from './observe.ts';
import { observeContainer } from './observe.ts';
import { readEnvironment } from './observe-environment.ts';
import type { SizedReading } from './observe-readings.ts';
import { isBefore, keyOfReading, linkOf, makeBatches, readNames, START } from './observe-readings.ts';
import type { Finding, Reading } from './observe-script.ts';

/** Reads what a config holds now. */
export type ReadContent = (kind: ConfigKind, ref: ObjectReference) => Promise<KnownContent>;

/** What to look at in a pod. */
export interface ObservePodOptions {
  pod: PodObject;
  /** As the API has it now; anything else than an object when it is gone. */
  raw: unknown;
  uses: readonly ConfigRef[];
  run: (container: string) => RunCommand;
  readContent: ReadContent;
}

/** What was seen of each use, and why the user may not look at all. */
export interface SeenPod {
  uses: [ConfigRef, Seen][];
  refusal: string | null;
}

/** Looks into the containers of a pod, each once, and compares what they hold with what they would hold if they started now. */
export async function observePod({ pod, raw, uses, run, readContent }: ObservePodOptions): Promise<SeenPod> {
  const whole = isJsonObject(raw) ? raw : undefined;
  if (readText(readObject(whole, 'metadata'), 'uid') !== pod.uid) {
    return { uses: uses.map((use) => [use, nothing('the pod is gone')]), refusal: null };
  }
  const spec = readObject(whole, 'spec');
  const names = [...new Set(uses.map(({ container }) => container ?? ''))];
  const seen = await Promise.all(
    names.map(async (name) => {
      const find = await readContents(findReferences(spec, pod.ref.namespace, { all: true }), name, readContent);
      const container = findContainer(spec, name);
      const environment = expectEnvironment(container, whole, find);
      const views = uses
        .filter((use) => use.container === name)
        .map((use): View => {
          const mount = isVariable(use) ? null : expectMount(use, container, spec, environment, find);
          return { use, content: find(kindOf(use), use.config.name), mount };
        });
      return lookAt(views, environment, run(name));
    }),
  );
  return {
    uses: seen.flatMap((one) => one.uses),
    refusal: seen.find(({ refusal }) => refusal !== null)?.refusal ?? null,
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

function isVariable({ via }: ConfigRef): boolean {
  return via === 'env' || via === 'envFrom';
}

function findContainer(spec: JsonObject | undefined, name: string): JsonObject {
  const containers = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((field) =>
    readObjects(spec, field),
  );
  return containers.find((container) => readText(container, 'name') === name) ?? {};
}

/** A use and what it should give. */
interface View {
  use: ConfigRef;
  content: KnownContent;
  /** `null` for variables, and where it cannot be told. */
  mount: ExpectedMount | null;
}

async function lookAt(views: readonly View[], expected: ExpectedEnvironment, run: RunCommand): Promise<SeenPod> {
  const found = new Map<string, Finding>();
  for (const batch of makeBatches(listReadings(views))) {
    const observation = await observeContainer(run, batch);
    if (observation.seen === 'nothing') {
      const { why, isOfImage, isRefused } = observation;
      return { uses: views.map(({ use }) => [use, nothing(why, isOfImage)]), refusal: isRefused ? why : null };
    }
    batch.forEach((reading, index) => {
      const finding = observation.findings[index];
      if (finding !== undefined) found.set(keyOfReading(reading), finding);
    });
  }
  const bytesOf = (reading: Reading): Uint8Array | null => {
    const finding = found.get(keyOfReading(reading));
    return finding?.found === 'bytes' ? finding.bytes : null;
  };
  const block = bytesOf({ read: 'environment' });
  const environment = block === null ? null : readEnvironment(block);
  const startedAt = bytesOf(START);
  const uses = views.map(({ use, content, mount }): [ConfigRef, Seen] => {
    if (isVariable(use)) return [use, compareVariables(use, content, expected, environment)];
    const names = mount?.folder == null ? null : bytesOf({ read: 'names', path: mount.folder });
    const writtenAt = mount?.folder == null ? null : bytesOf(linkOf(mount.folder));
    const seen = {
      find: (path: string) => found.get(keyOfReading({ read: 'file', path })),
      names: names === null ? null : readNames(names),
      isRewritten: writtenAt === null || startedAt === null ? null : !isBefore(writtenAt, startedAt),
    };
    return [use, compareFiles(use, content, mount, seen)];
  });
  return { uses, refusal: null };
}

function listReadings(views: readonly View[]): SizedReading[] {
  const readings = new Map<string, SizedReading>();
  const add = (reading: Reading, size = 0) => readings.set(keyOfReading(reading), { reading, size });
  const rewritten = new Set<string>();
  for (const { use, mount } of views) {
    if (isVariable(use)) add({ read: 'environment' });
    if (mount === null) continue;
    for (const { path, value } of mount.files) add({ read: 'file', path }, value?.size ?? 0);
    for (const { path } of mount.gone) add({ read: 'file', path });
    if (mount.folder !== null && mount.names !== null) add({ read: 'names', path: mount.folder });
    if (mount.folder !== null && mount.isRewritten) rewritten.add(mount.folder);
  }
  // Times come last: files that are written while we look must not have an older time than what was read of them.
  if (rewritten.size > 0) add(START);
  for (const folder of rewritten) add(linkOf(folder));
  return [...readings.values()];
}
